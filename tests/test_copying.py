"""Records made and copied quickly are what `dataclasses` would have made of them."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor import Message, Options, Reply, Text, Usage
from onedoor.types import replace

REPLY = Reply("hello", model="small", usage=Usage(3, 4), metadata={"ticket": 7})
RECORDS = [REPLY, Message("user", (Text("hi"),)), Options(temperature=0.2), Usage(3, 4)]


@given(st.sampled_from(RECORDS), st.data())
def test_a_copy_is_the_one_dataclasses_would_make(record: Any, data: st.DataObject) -> None:
    names = st.sampled_from([field.name for field in dataclasses.fields(record)])
    changes = data.draw(st.dictionaries(names, st.integers() | st.text()))
    before = dataclasses.asdict(record)
    made = replace(record, **changes)
    assert made == dataclasses.replace(record, **changes)
    assert (type(made), dataclasses.asdict(record)) == (type(record), before)


def test_a_field_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="'Reply' object has no attribute 'txt'"):
        replace(REPLY, txt="hello")


@dataclasses.dataclass(frozen=True, slots=True)
class Plain:
    """A reply's fields as `dataclasses` alone makes them."""

    text: str
    usage: Usage = dataclasses.field(default_factory=Usage)


def test_a_quick_record_takes_what_the_plain_one_takes() -> None:
    parameters = inspect.signature(Reply).parameters
    assert list(parameters) == [field.name for field in dataclasses.fields(Reply)]
    assert str(parameters["usage"].default) == str(inspect.signature(Plain).parameters["usage"].default)
    assert Reply("hello").metadata is not Reply("hello").metadata
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'text'"):
        Reply()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'txt'"):
        Reply("hello", txt="hello")  # type: ignore[call-arg]


def test_a_quick_record_is_frozen_and_can_be_copied_and_pickled() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        REPLY.text = "bye"  # type: ignore[misc]
    assert [copy.copy(REPLY), copy.deepcopy(REPLY), pickle.loads(pickle.dumps(REPLY))] == [REPLY] * 3


def test_a_class_derived_from_a_quick_one_stays_what_it_is() -> None:
    class Marked(Reply):
        mark = "mine"

    made = Marked("hello", model="small")
    assert (type(made), made.text, made.model, made.mark) == (Marked, "hello", "small", "mine")
