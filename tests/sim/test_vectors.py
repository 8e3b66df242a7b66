from __future__ import annotations

import base64
import json
import math
import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.sim.request import parse
from onedoor.sim.vectors import embed
from onedoor.sim.wire import answer


def _nearness(one: str, other: str) -> float:
    return sum(a * b for a, b in zip(embed(one), embed(other), strict=True))


@given(st.text(), st.integers(1, 100))
def test_a_vector_has_length_one_and_the_size_asked_for(text: str, dimensions: int) -> None:
    vector = embed(text, dimensions)
    assert len(vector) == dimensions
    assert math.hypot(*vector) == pytest.approx(1) or not any(vector)


def test_texts_sharing_words_are_nearer() -> None:
    question = "Where is my parcel?"
    assert _nearness(question, "My parcel is where?") == pytest.approx(1)
    assert _nearness(question, "the parcel is late") > _nearness(question, "a dark theme please") + 0.2


def test_base64_is_the_same_vector_as_floats() -> None:
    floats, packed = (_first(form) for form in ("float", "base64"))
    assert struct.unpack("<64f", base64.b64decode(packed)) == pytest.approx(tuple(floats))


def _first(form: str) -> str:
    body = msgspec.json.encode({"model": "embed", "input": "hello", "encoding_format": form})
    script = answer(parse("POST", "/embeddings", body), seen=0, seed=0)
    return json.loads(script.pieces[0].body)["data"][0]["embedding"]
