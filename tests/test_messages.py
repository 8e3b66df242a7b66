"""What people pass as a prompt becomes typed messages, or an error says which turn is wrong."""

from __future__ import annotations

import base64
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor import Image, InvalidCall, Message, Reply, Text, Thinking, Tool, ToolCall
from onedoor.messages import as_messages, as_tools

PNG = base64.b64encode(b"png").decode()


def user(*parts: Any) -> Message:
    return Message("user", parts)


FORMS: list[tuple[str, Any, tuple[Message, ...]]] = [
    ("a text", "hi", (user(Text("hi")),)),
    ("a message", user(Text("hi")), (user(Text("hi")),)),
    ("typed messages", [user(Text("hi"))], (user(Text("hi")),)),
    ("a tuple", ({"role": "user", "content": "hi"},), (user(Text("hi")),)),
    (
        "the usual form",
        [{"role": "system", "content": "be short"}, {"role": "user", "content": "hi"}],
        (Message("system", (Text("be short"),)), user(Text("hi"))),
    ),
    (
        "developer is system",
        [{"role": "developer", "content": "be short"}, {"role": "user", "content": "hi"}],
        (Message("system", (Text("be short"),)), user(Text("hi"))),
    ),
    ("typed and plain mixed", [user(Text("a")), {"role": "user", "content": "b"}], (user(Text("a")), user(Text("b")))),
    ("parts", [{"role": "user", "content": [{"type": "text", "text": "hi"}]}], (user(Text("hi")),)),
    ("typed parts", [{"role": "user", "content": [Text("hi"), Image(b"png")]}], (user(Text("hi"), Image(b"png")),)),
    (
        "a picture's address",
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x/y.png"}}]}],
        (user(Image(url="https://x/y.png")),),
    ),
    (
        "a picture's address, short",
        [{"role": "user", "content": [{"type": "image_url", "image_url": "https://x/y.png"}]}],
        (user(Image(url="https://x/y.png")),),
    ),
    (
        "a picture in its address",
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{PNG}"}}]}],
        (user(Image(b"png", media_type="image/jpeg")),),
    ),
    (
        "a picture, anthropic's way",
        [
            {
                "role": "user",
                "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/gif", "data": PNG}}],
            }
        ],
        (user(Image(b"png", media_type="image/gif")),),
    ),
    (
        "a picture's address, anthropic's way",
        [{"role": "user", "content": [{"type": "image", "source": {"type": "url", "url": "https://x/y"}}]}],
        (user(Image(url="https://x/y")),),
    ),
    (
        "a tool's call and its result",
        [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": "1", "content": "a cat"},
        ],
        (Message("assistant", (), (ToolCall("1", "look", "{}"),)), Message("tool", (Text("a cat"),), (), "1")),
    ),
    (
        "arguments as an object",
        [{"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "look", "arguments": {"at": "it"}}}]}],
        (Message("assistant", (), (ToolCall("1", "look", '{"at":"it"}'),)),),
    ),
    (
        "an empty result of a tool",
        [{"role": "tool", "tool_call_id": "1", "content": ""}],
        (Message("tool", (Text(""),), (), "1"),),
    ),
    (
        "what other libraries leave in",
        [{"role": "assistant", "content": "hi", "refusal": None, "reasoning_content": "hm", "name": "bob"}],
        (Message("assistant", (Text("hi"),)),),
    ),
    ("only a picture", [user(Image(b"png"))], (user(Image(b"png")),)),
]


@pytest.mark.parametrize(("prompt", "messages"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_a_prompt_may_be(prompt: Any, messages: tuple[Message, ...]) -> None:
    assert as_messages(prompt) == messages


TURN = {"role": "user", "content": "hi"}

WRONG: list[tuple[Any, str]] = [
    ("", "the prompt is empty"),
    (" \n\t", "the prompt is empty"),
    ([], "the prompt is empty"),
    ([user()], "the prompt is empty"),
    ([user(Text(" "))], "the prompt is empty"),
    ([TURN, {"role": "user", "content": ""}], "the prompt is empty"),
    ([{"role": "user"}], "the prompt is empty"),
    (3, "must be a text or a list of messages, not int"),
    (None, "must be a text or a list of messages, not NoneType"),
    (b"hi", "must be a text or a list of messages, not bytes"),
    ({"role": "user", "content": "hi"}, "must be a text or a list of messages, not dict"),
    (["hi"], r"messages\[0\] must be a Message or a mapping with role and content, not str"),
    ([TURN, 3], r"messages\[1\] must be a Message"),
    ([{**TURN, "contents": "x"}], r"messages\[0\] has an unknown key 'contents'; it takes content, name"),
    ([{**TURN, 1: "x", "a": "y"}], r"messages\[0\] has an unknown key '1'"),
    ([{"role": "usr", "content": "hi"}], r"messages\[0\].role is 'usr'; it must be one of system"),
    ([{"content": "hi"}], r"messages\[0\].role is None"),
    ([{"role": ["user"], "content": "hi"}], r"messages\[0\].role is \['user'\]"),
    ([{"role": "user", "content": 3}], r"messages\[0\].content must be a text or a list of parts, not int"),
    ([{"role": "user", "content": b"hi"}], r"messages\[0\].content must be a text or a list of parts, not bytes"),
    ([{"role": "user", "content": ["hi"]}], r"messages\[0\].content\[0\] is a part of type None"),
    ([{"role": "user", "content": [{"type": "audio"}]}], r"content\[0\] is a part of type 'audio'"),
    ([{"role": "user", "content": [{"type": "text"}]}], r"content\[0\] is a part of type 'text'.*whole"),
    ([{"role": "user", "content": [{"type": "text", "text": 3}]}], r"content\[0\] is a part of type 'text'"),
    ([{"role": "user", "content": [{"type": "image_url", "image_url": "data:,%%"}]}], r"content\[0\]: the picture"),
    (
        [
            {
                "role": "user",
                "content": [{"type": "image", "source": {"type": "base64", "media_type": "x", "data": "é"}}],
            }
        ],
        r"content\[0\]: the picture is not valid base64",
    ),
    ([{"role": "assistant", "tool_calls": "x"}], r"messages\[0\].tool_calls must be a list, not str"),
    ([{"role": "assistant", "tool_calls": [{"id": "1"}]}], r"tool_calls\[0\] must have an id and a function"),
    ([{"role": "assistant", "tool_calls": {"id": "1"}}], r"tool_calls must be a list, not dict"),
    ([Message("user", "hi")], r"messages\[0\].parts must be a tuple of Text, Image or Thinking"),  # type: ignore[arg-type]
    (Message("user", ("hi",)), r"the message.parts must be a tuple of Text"),  # type: ignore[arg-type]
    (Message("usr", (Text("hi"),)), r"the message.role is 'usr'"),  # type: ignore[arg-type]
    ([user(Text(None))], r"messages\[0\].parts\[0\].text is None; it must be a text"),  # type: ignore[arg-type]
    ([{**TURN, "content": [Text(5)]}], r"messages\[0\].content\[0\].text is 5"),  # type: ignore[arg-type]
    ([TURN, Message("tool", (Text("x"),), (), 1)], r"messages\[1\].tool_call_id is 1"),  # type: ignore[arg-type]
    ([TURN, Message("assistant", (), (ToolCall("1", "look", {}),))], r"messages\[1\].tool_calls\[0\] must"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("prompt", "says"), WRONG)
def test_a_prompt_may_not_be(prompt: Any, says: str) -> None:
    with pytest.raises(InvalidCall, match=says):
        as_messages(prompt)


@settings(deadline=None)
@given(st.text())
def test_any_text_with_words_is_a_prompt(text: str) -> None:
    if text.strip():
        assert as_messages(text)[0].text == text
    else:
        with pytest.raises(InvalidCall):
            as_messages(text)


SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "type", "text", "image_url", "tool_calls", "id", "function", "x"]),
            inner | st.sampled_from(["user", "assistant", "tool", "text", "image_url"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(SCRAPS)
def test_whatever_is_passed_is_understood_or_refused_in_words(prompt: Any) -> None:
    with suppress(InvalidCall):
        assert all(isinstance(turn, Message) for turn in as_messages(prompt))


def test_an_answer_can_be_appended_to_the_conversation() -> None:
    signed = (Thinking("hm", "sig"), Text("a cat"))
    assert as_messages([user(Text("hi")), Reply("a cat", parts=signed).message, user(Text("so?"))])[1].parts == signed
    assert Reply("a cat").message == Message("assistant", (Text("a cat"),))
    call = ToolCall("1", "look", "{}")
    assert Reply("", tool_calls=(call,)).message == Message("assistant", (), (call,))


LOOK = Tool("look", "looks at it", {"type": "object", "properties": {"at": {"type": "string"}}})


@pytest.mark.parametrize(
    "tool",
    [
        LOOK,
        {"name": "look", "description": "looks at it", "parameters": LOOK.parameters},
        {"name": "look", "description": "looks at it", "input_schema": LOOK.parameters},
        {"type": "function", "function": {"name": "look", "description": "looks at it", "parameters": LOOK.parameters}},
    ],
)
def test_a_tool_may_be(tool: Any) -> None:
    assert as_tools([tool]) == (LOOK,)


def test_a_tool_without_parameters_takes_none() -> None:
    assert as_tools([{"name": "look"}]) == (Tool("look"),)


@pytest.mark.parametrize(
    ("tools", "says"),
    [
        (["look"], r"tools\[0\] must be a Tool or a mapping"),
        ([LOOK, {}], r"tools\[1\] must be a Tool or a mapping"),
        ([{"function": "look"}], r"tools\[0\]"),
        ([{"name": 3}], r"tools\[0\]"),
        ("look", "tools must be a list, not str"),
        (None, "tools must be a list, not NoneType"),
        (LOOK, "tools must be a list, not Tool"),
    ],
)
def test_a_tool_may_not_be(tools: Any, says: str) -> None:
    with pytest.raises(InvalidCall, match=says):
        as_tools(tools)
