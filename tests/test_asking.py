"""What a caller may say with a question, and the call it becomes."""

from __future__ import annotations

import types
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onedoor
from onedoor import Ask, Call, InvalidCall, Limits, Message, Text, Tool
from onedoor.asking import contract_of, new_id
from onedoor.standard import Parts
from onedoor.testing import FakeClock, Scripted

CONFIG: dict[str, Any] = {
    "default_task": "chat",
    "providers": {"hosted": {"kind": "openai"}},
    "models": {"big": {"provider": "hosted", "name": "big-1"}, "small": {"provider": "hosted", "name": "small-1"}},
    "tasks": {
        "chat": {
            "models": ["big"],
            "system": "be short",
            "temperature": 0.2,
            "top_p": 0.9,
            "max_output_tokens": 100,
            "seed": 7,
            "stop": ["END"],
            "reasoning": "low",
            "options": {"top_k": 3, "min_p": 0.1},
        },
        "bulk": {"models": ["small"]},
    },
    "callers": {"ann": {}, "bob": {"tasks": ["bulk"]}, "cleo": {"models": ["small"]}},
}


def sent(prompt: Any = "hi", config: dict[str, Any] = CONFIG, **ask: Any) -> Call:
    """The call that reaches the provider."""
    script = Scripted(["hello"])

    async def once() -> None:
        await onedoor.open_async(config, providers={"hosted": script}, parts=Parts()).ask(prompt, **ask)

    FakeClock().run(once())
    return script.calls[0]


SCHEMA = {"type": "object", "properties": {"tide": {"type": "integer"}}, "required": ["tide"]}


def test_a_schema_given_again_is_the_same_contract_and_a_changed_one_another() -> None:
    given = {**SCHEMA, "properties": {**SCHEMA["properties"]}}
    first = contract_of(given)
    assert contract_of(SCHEMA) is first
    given["properties"]["tide"] = {"type": "string"}
    assert [one and one.schema["properties"]["tide"] for one in (first, contract_of(given))] == [
        {"type": "integer"},
        {"type": "string"},
    ]


@pytest.mark.parametrize("alike", [("const", 1, 1.0), ("const", 1, True), ("enum", ["1"], [1])])
def test_schemas_that_only_look_alike_are_contracts_of_their_own(alike: tuple[str, Any, Any]) -> None:
    key, one, other = alike
    found = [contract_of({"type": "object", "properties": {"tide": {key: value}}}) for value in (one, other)]
    assert [repr(made and made.schema["properties"]["tide"][key]) for made in found] == [repr(one), repr(other)]


def refusal(config: dict[str, Any] = CONFIG, **ask: Any) -> str:
    with pytest.raises(InvalidCall) as raised:
        sent(config=config, **ask)
    return str(raised.value)


def test_what_is_not_said_comes_from_the_task() -> None:
    call = sent()
    options = call.options
    assert call.task == "chat"
    assert call.messages == (Message("system", (Text("be short"),)), Message("user", (Text("hi"),)))
    assert (options.temperature, options.top_p, options.max_output_tokens, options.seed) == (0.2, 0.9, 100, 7)
    assert (options.stop, options.reasoning, options.extra) == (("END",), "low", {"top_k": 3, "min_p": 0.1})


@pytest.mark.parametrize(
    ("ask", "field", "value"),
    [
        ({"temperature": 0}, "temperature", 0),
        ({"temperature": None}, "temperature", 0.2),
        ({"top_p": 0.5}, "top_p", 0.5),
        ({"max_output_tokens": 1}, "max_output_tokens", 1),
        ({"seed": 0}, "seed", 0),
        ({"stop": ()}, "stop", ()),
        ({"stop": ("a", "b")}, "stop", ("a", "b")),
        ({"reasoning": "off"}, "reasoning", "off"),
        ({"json_schema": {"type": "object"}}, "json_schema", {"type": "object"}),
        ({"json_schema": types.MappingProxyType({"type": "object"})}, "json_schema", {"type": "object"}),
        ({"tools": [{"name": "look"}]}, "tools", (Tool("look"),)),
        ({"tools": [Tool("look")], "tool_choice": "look"}, "tool_choice", "look"),
        ({"options": {"top_k": 9, "new": 1}}, "extra", {"top_k": 9, "min_p": 0.1, "new": 1}),
    ],
)
def test_what_is_said_with_the_call_wins(ask: dict[str, Any], field: str, value: Any) -> None:
    assert getattr(sent(**ask).options, field) == value


@pytest.mark.parametrize(
    ("ask", "field", "value"),
    [
        ({"caller": "ann"}, "caller", "ann"),
        ({"cache": "off"}, "cache", "off"),
        ({"degrade": "never"}, "degrade", "never"),
        ({"deadline": 5}, "deadline", 5.0),
        ({"metadata": {"ticket": 7}}, "metadata", {"ticket": 7}),
        ({"timeout": {"total": 3}}, "limits", Limits(connect=10, total=3)),
        ({"timeout": Limits(connect=1)}, "limits", Limits(connect=1, total=600)),
        ({"timeout": {"first_token": 2}}, "stream", True),
        ({}, "stream", False),
    ],
)
def test_a_call_carries_what_was_said(ask: dict[str, Any], field: str, value: Any) -> None:
    assert getattr(sent(**ask), field) == value


@pytest.mark.parametrize(
    ("system", "prompt", "first"),
    [
        ("shout", "hi", "shout"),
        ("", "hi", "hi"),
        (None, "hi", "be short"),
        (None, [{"role": "system", "content": "mine"}, {"role": "user", "content": "hi"}], "mine"),
    ],
)
def test_one_system_message_comes_first(system: str | None, prompt: Any, first: str) -> None:
    call = sent(prompt) if system is None else sent(prompt, system=system)
    assert call.messages[0].text == first
    assert sum(turn.role == "system" for turn in call.messages) <= 1


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"temprature": 1}, "there is no argument 'temprature'; did you mean 'temperature'?"),
    ({"max_tokens": 1}, "there is no argument 'max_tokens'; did you mean 'max_output_tokens'?"),
    ({"xyzzy": 1}, "there is no argument 'xyzzy'; there are cache, caller"),
    ({"task": "caht"}, "there is no task 'caht'; did you mean 'chat'?"),
    ({"model": "bgi"}, "there is no model 'bgi'; did you mean 'big'?"),
    ({"caller": "anne"}, "there is no caller 'anne'; did you mean 'ann'?"),
    ({"task": 3}, "task: must be a text, not int"),
    ({"task": None}, "task: must be a text, not nothing"),
    ({"temperature": "hot"}, "temperature: must be a number from 0 to 2, not 'hot'"),
    ({"temperature": 3}, "temperature: must be a number from 0 to 2, not 3"),
    ({"max_output_tokens": 0}, "max_output_tokens: must be a whole number from 1, not 0"),
    ({"max_output_tokens": True}, "max_output_tokens: must be a whole number from 1, not True"),
    ({"stop": "END"}, "stop: must be a list of texts, not 'END'"),
    ({"stop": [1]}, "stop[0]: must be a text, not int"),
    ({"reasoning": "lots"}, 'reasoning: must be "off" or "low" or "medium" or "high", not \'lots\''),
    ({"cache": "no"}, 'cache: must be "on" or "refresh" or "off", not \'no\''),
    ({"degrade": False}, 'degrade: must be "label" or "never", not False'),
    ({"deadline": 0}, "deadline: must be a number of seconds above 0, not 0"),
    ({"deadline": "5"}, "deadline: must be a number of seconds above 0, not '5'"),
    ({"timeout": 5}, "timeout: must be a table, not 5"),
    ({"timeout": {"totl": 1}}, "timeout.totl: unknown key; did you mean 'total'?"),
    ({"timeout": {"total": -1}}, "timeout.total: must be a number of seconds above 0, not -1"),
    ({"timeout": Limits(total=-1.0)}, "timeout.total: must be a number of seconds above 0, not -1.0"),
    ({"json_schema": "object"}, "json_schema: must be a table, not 'object'"),
    ({"options": [1]}, "options: must be a table, not a list"),
    ({"metadata": {1: 2}}, "metadata: 1 is not a name; names are texts"),
    ({"tools": "look"}, "tools must be a list, not str"),
    ({"tools": None}, "tools must be a list, not NoneType"),
    ({"tools": [{"name": "look", "description": "\ud800"}]}, "tools[0] can't be written as JSON"),
    ({"tools": [Tool("look", "", {"type": object()})]}, "tools[0] can't be written as JSON"),
    ({"json_schema": {"const": object()}}, "json_schema can't be written as JSON"),
    ({"tool_choice": 3}, "tool_choice: must be a text, not int"),
    ({"user": "\ud800"}, "user is '\\ud800'; half of a surrogate pair is no character"),
    ({"run": "\udfff"}, "run is '\\udfff'; half of a surrogate pair"),
]


@pytest.mark.parametrize(("ask", "says"), WRONG, ids=[row[1] for row in WRONG])
def test_a_wrong_argument_is_named_with_its_rule(ask: dict[str, Any], says: str) -> None:
    assert says in refusal(**ask)


def test_nothing_is_sent_for_a_wrong_argument() -> None:
    script = Scripted([])

    async def once() -> None:
        with pytest.raises(InvalidCall):
            await onedoor.open_async(CONFIG, providers={"hosted": script}, parts=Parts()).ask("hi", temperature=9)

    FakeClock().run(once())
    assert script.calls == []


@settings(deadline=None)
@given(st.sampled_from(sorted(Ask.__annotations__)), st.none() | st.integers() | st.text() | st.lists(st.integers()))
def test_whatever_is_said_is_taken_or_refused_in_words(name: str, value: Any) -> None:
    refused = None
    try:
        sent(**{name: value})
    except InvalidCall as error:
        refused = str(error)
    assert refused is None or name in refused or repr(value) in refused


# Which task


@pytest.mark.parametrize(
    ("changes", "ask", "task"),
    [
        ({}, {}, "chat"),
        ({}, {"task": "bulk"}, "bulk"),
        ({}, {"model": "small"}, ""),
        ({}, {"model": "small", "task": "chat"}, "chat"),
        ({"default_task": "", "tasks": {"only": {"models": ["big"]}}, "callers": {}}, {}, "only"),
    ],
)
def test_the_task_of_a_call(changes: dict[str, Any], ask: dict[str, Any], task: str) -> None:
    assert sent(config=CONFIG | changes, **ask).task == task


def test_without_a_default_a_task_must_be_named() -> None:
    assert "tasks are bulk, chat" in refusal(CONFIG | {"default_task": ""})
    assert "tasks are not configured" in refusal(CONFIG | {"default_task": "", "tasks": {}, "callers": {}})


def test_a_pinned_model_answers_with_the_tasks_settings() -> None:
    call = sent(task="chat", model="small")
    assert call.candidate is not None
    assert (call.candidate.name, call.options.temperature) == ("small", 0.2)


# Who calls


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        ({"caller": "bob"}, "caller 'bob' may not use task 'chat'; its tasks are bulk"),
        ({"caller": "bob", "task": "chat"}, "may not use task 'chat'"),
        ({"caller": "bob", "model": "small"}, "may not use"),
        ({"caller": "cleo", "model": "big"}, "caller 'cleo' may not pin model 'big'"),
        ({"caller": "dave"}, "there is no caller 'dave'"),
    ],
)
def test_a_caller_may_use_only_what_its_lists_name(ask: dict[str, Any], says: str) -> None:
    assert says in refusal(**ask)


@pytest.mark.parametrize(
    "ask",
    [
        {},
        {"caller": "ann"},
        {"caller": "ann", "model": "big"},
        {"caller": "bob", "task": "bulk"},
        {"caller": "cleo", "model": "small"},
    ],
)
def test_a_caller_may(ask: dict[str, Any]) -> None:
    assert sent(**ask).caller == ask.get("caller", "")


def test_without_configured_callers_any_name_will_do() -> None:
    assert sent(config=CONFIG | {"callers": {}}, caller="whoever").caller == "whoever"


# The id


MOMENTS = st.floats(0, 2**48 / 1000 - 1)


@settings(deadline=None)
@given(MOMENTS)
def test_an_id_is_a_uuid_of_version_7(now: float) -> None:
    text = new_id(now)
    value = uuid.UUID(text)
    assert text == str(value)
    assert (value.version, value.variant) == (7, uuid.RFC_4122)
    assert value.int >> 80 == int(now * 1000)


@settings(deadline=None)
@given(MOMENTS, MOMENTS)
def test_ids_sort_by_time(one: float, other: float) -> None:
    if int(one * 1000) != int(other * 1000):
        assert (new_id(one) < new_id(other)) == (one < other)


def test_ids_of_the_same_moment_differ() -> None:
    assert len({new_id(1_700_000_000.0) for _ in range(1000)}) == 1000


def test_the_clock_of_the_door_is_in_the_id() -> None:
    script = Scripted(["hello"])

    async def once() -> str:
        door = onedoor.open_async(CONFIG, providers={"hosted": script}, parts=Parts(now=lambda: 1_700_000_000.0))
        return (await door.ask("hi")).id

    assert FakeClock().run(once()).startswith("018bcfe5-6800-7")


def test_every_argument_is_explained() -> None:
    assert all(name in (Ask.__doc__ or "") for name in Ask.__annotations__)


def test_system_messages_alone_ask_nothing() -> None:
    with pytest.raises(InvalidCall, match="nothing to ask"):
        sent([{"role": "system", "content": "be short"}, {"role": "system", "content": "be kind"}])


def test_a_tools_parameters_may_be_any_mapping() -> None:
    """Also where nothing may change them, and the model has a window to be counted for."""
    tool = Tool("look", "", types.MappingProxyType({"type": "object"}))
    models = {name: {**model, "context": 8_000} for name, model in CONFIG["models"].items()}
    assert sent(config={**CONFIG, "models": models}, tools=[tool]).options.tools == (tool,)
