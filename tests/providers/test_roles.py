"""A conversation is put into roles that its server knows."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.providers import ollama, openai
from onedoor.providers.roles import spoken
from onedoor.types import Candidate, Image, Message, Role, SystemRole, Text, ToolCall

from .asking import asking

ROLES: list[Role] = ["system", "user", "assistant", "tool"]
WORDS = st.text("ab ", max_size=3)
TURNS = st.lists(st.builds(lambda role, text: turn(role, text), st.sampled_from(ROLES), WORDS), max_size=8)
CONVERSATION = (("system", "Be kind."), ("user", "one"), ("user", "two"), ("assistant", "fine"), ("user", "three"))


def turn(role: Role, text: str, **more: object) -> Message:
    return Message(role, (Text(text),), **more)  # type: ignore[arg-type]


def told(*turns: Message, system: SystemRole = "system") -> list[tuple[str, str]]:
    return [(one.role, one.text) for one in spoken(turns, system)]


def test_turns_of_the_user_that_follow_each_other_are_one() -> None:
    """Many chat templates refuse two of them in a row."""
    turns = [turn(role, text) for role, text in CONVERSATION]  # type: ignore[arg-type]
    assert told(*turns) == [
        ("system", "Be kind."),
        ("user", "one\n\ntwo"),
        ("assistant", "fine"),
        ("user", "three"),
    ]


def test_a_model_without_a_system_role_hears_it_from_the_user() -> None:
    turns = [turn(role, text) for role, text in CONVERSATION]  # type: ignore[arg-type]
    assert told(*turns, system="user") == [
        ("user", "Be kind.\n\none\n\ntwo"),
        ("assistant", "fine"),
        ("user", "three"),
    ]


def test_developer_is_the_servers_word_and_changes_no_turn() -> None:
    turns = [turn(role, text) for role, text in CONVERSATION]  # type: ignore[arg-type]
    assert told(*turns, system="developer") == told(*turns)


def test_pictures_and_tools_stay_where_they_are() -> None:
    picture = Message("user", (Image(b"x"), Text("what is this?")))
    calls = Message("assistant", (), (ToolCall("1", "look", "{}"),))
    result = Message("tool", (Text("a dog"),), tool_call_id="1")
    merged, *rest = spoken((turn("user", "hi"), picture, calls, result), "system")
    assert [type(part) for part in merged.parts] == [Text, Text, Image, Text]
    assert rest == [calls, result]


def test_what_is_kept_up_to_its_end_is_still_kept() -> None:
    """A mark on the last of several turns holds for all of them; one inside would no longer be at an end."""
    (both,) = spoken((turn("user", "a"), turn("user", "b", stable=True)), "system")
    assert both.stable


@given(TURNS, st.sampled_from(["system", "developer", "user"]))
def test_no_word_is_lost_and_no_two_user_turns_are_neighbours(turns: list[Message], system: SystemRole) -> None:
    out = list(spoken(turns, system))
    assert "".join(one.text for one in out).replace("\n\n", "") == "".join(one.text for one in turns)
    assert all((one.role, other.role) != ("user", "user") for one, other in pairwise(out))
    assert system != "user" or all(one.role != "system" for one in out)


@given(TURNS)
def test_saying_it_twice_changes_nothing(turns: list[Message]) -> None:
    once = list(spoken(turns, "user"))
    assert list(spoken(once, "user")) == once


WIRES: dict[str, Any] = {"openai": openai.chat_body, "ollama": lambda call: ollama.chat_body(call, "p")}
SENT: dict[SystemRole, tuple[list[str], list[str]]] = {
    "system": (["system", "user"], ["system", "user"]),
    "developer": (["developer", "user"], ["system", "user"]),
    "user": (["user"], ["user"]),
}
"""What OpenAI's servers and Ollama's are sent; Ollama knows no developer."""


@pytest.mark.parametrize("system", SENT)
@pytest.mark.parametrize("wire", WIRES)
def test_the_wire_has_the_role_that_the_model_knows(wire: str, system: SystemRole) -> None:
    call = asking(turn("system", "Be kind."), turn("user", "hi"), candidate=Candidate("m", "p", "m-1", system=system))
    body = WIRES[wire](call)
    assert [one["role"] for one in body["messages"]] == SENT[system][wire == "ollama"]
    assert "Be kind." in str(body["messages"][0]["content"])
