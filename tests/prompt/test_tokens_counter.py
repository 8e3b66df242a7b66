"""A prompt is counted as well as can be at the moment, never waiting, and the count says how it is known."""

from __future__ import annotations

import importlib
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from onedoor.errors import ConfigError
from onedoor.prompt.tokens import Count, Counter, Counters, Vocabularies, upper
from onedoor.prompt.tokens.learnt import NEEDED
from onedoor.prompt.tokens.prompts import PICTURE
from onedoor.prompt.tokens.vocabularies import check
from onedoor.types import Candidate, Image, Message, Text, Thinking, Tool, ToolCall, Usage

from .test_tokens_upper import SAMPLES

LOCAL = Candidate("small", "ollama", "qwen3:4b")
RUST = find_spec("rs_bpe") is not None or find_spec("bpe_openai") is not None
needs_vocabulary = pytest.mark.skipif(not RUST, reason="needs the extra: tokens")
needs_tokenizers = pytest.mark.skipif(find_spec("tokenizers") is None, reason="needs the extra: tokens")


def said(text: str, role: Any = "user") -> Message:
    return Message(role, (Text(text),))


def words(text: str) -> int:
    return len(text.split())


def test_without_a_vocabulary_the_estimate_is_labelled() -> None:
    assert Counter().count("one two three") == Count(upper("one two three"), "estimated")


def test_with_one_a_text_is_exact_and_a_prompt_is_not() -> None:
    counter = Counter(words)
    assert counter.count("one two three") == Count(3, "exact")
    assert counter.count_messages([said("one two three")]).how == "estimated"
    assert counter.count_messages([said("one two three")]).tokens > 3


def test_a_text_too_long_to_count_in_time_is_estimated() -> None:
    assert Counter(words).count("word " * 30_000).how == "estimated"


@pytest.mark.parametrize(
    "more",
    [
        said("another turn"),
        Message("assistant", (Thinking("let me see"),)),
        Message("assistant", (), (ToolCall("a", "look", '{"at": 1}'),)),
        Message("user", (Image(b"x"),)),
    ],
)
def test_every_part_of_a_message_counts(more: Message) -> None:
    first = said("hello")
    assert Counter().count_messages([first, more]).tokens > Counter().count_messages([first]).tokens + 2


def test_a_picture_has_a_flat_bound() -> None:
    plain, seen = Message("user", (Text("see"),)), Message("user", (Text("see"), Image(b"x" * 10**6)))
    assert Counter().count_messages([seen]).tokens == Counter().count_messages([plain]).tokens + PICTURE


def test_tools_and_the_schema_of_the_answer_count() -> None:
    tool = Tool("look", "Look at it.", {"type": "object", "properties": {"at": {"type": "string"}}})
    alone = Counter().count_messages([said("hi")]).tokens
    assert Counter().count_messages([said("hi")], [tool]).tokens > alone + 30
    assert Counter().count_messages([said("hi")], schema={"type": "object"}).tokens > alone


def test_no_messages_are_still_a_prompt() -> None:
    assert Counter().count_messages([]).tokens > 0


def reported(counters: Counters, messages: list[Message], usage: Usage, times: int = NEEDED) -> None:
    for _ in range(times):
        counters.seen(LOCAL, messages, usage=usage)


def test_a_door_learns_from_what_its_models_report() -> None:
    counters, prompt = Counters(), [said("The ships were counted twice. " * 20)]
    before = counters.counter(LOCAL).count_messages(prompt)
    reported(counters, prompt, Usage(input=round(before.tokens * 0.6)))
    after = counters.counter(LOCAL).count_messages(prompt)
    assert after.how == "learnt"
    assert before.tokens * 0.6 <= after.tokens <= before.tokens * 0.75
    assert counters.counter(Candidate("other", "ollama", "qwen3:4b")).count_messages(prompt) == before


def test_what_english_teaches_is_not_applied_to_chinese() -> None:
    counters, english = Counters(), [said("The ships were counted twice. " * 20)]
    reported(counters, english, Usage(input=counters.counter(LOCAL).count_messages(english).tokens // 2))
    counter = counters.counter(LOCAL)
    assert counter.count_messages([said("Die Schiffe wurden zweimal gezählt.")]).how == "learnt"
    assert counter.count_messages([said("灯塔看守人数了两遍船。")]).how == "estimated"


@pytest.mark.parametrize(
    ("prompt", "usage"),
    [
        ([said("hello")], Usage(input=12, estimated=True)),
        ([Message("user", (Text("see"), Image(b"x")))], Usage(input=900)),
        ([said("hello " * 100)], Usage()),
    ],
)
def test_some_reports_tell_nothing(prompt: list[Message], usage: Usage) -> None:
    counters = Counters()
    reported(counters, prompt, usage)
    assert counters.counter(LOCAL).count_messages([said("hi")]).how == "estimated"


def test_what_is_learnt_is_not_applied_to_pictures() -> None:
    counters, prompt = Counters(), [said("The ships were counted twice. " * 20)]
    reported(counters, prompt, Usage(input=counters.counter(LOCAL).count_messages(prompt).tokens // 2))
    counter = counters.counter(LOCAL)
    shown = [*prompt, Message("user", (Image(b"x"),))]
    assert counter.count_messages(shown).tokens >= PICTURE


@pytest.mark.parametrize(
    ("tokenizer", "says"),
    [("o300k", "neither"), ("missing/tokenizer.json", "no such file"), ("vocabulary.bin", "neither")],
)
def test_a_tokenizer_that_cannot_be_is_refused_at_once(tokenizer: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        Counters().open([Candidate("m", "p", "s", tokenizer=tokenizer)])


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("onedoor.prompt.tokens.vocabularies.find_spec", lambda name: None)
    (tmp_path / "tokenizer.json").write_text("{}")
    for tokenizer in ("o200k", str(tmp_path / "tokenizer.json")):
        with pytest.raises(ConfigError, match=r"onedoor\[tokens\]"):
            check(tokenizer)


def test_a_vocabulary_that_cannot_be_loaded_leaves_the_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onedoor.prompt.tokens.vocabularies.find_spec", lambda name: None)
    counters = Counters()
    assert counters.vocabularies.wait("o200k") is None
    assert counters.counter(Candidate("m", "openai", "gpt-4o")).count("ships").how == "estimated"


@needs_vocabulary
def test_the_first_count_does_not_wait_for_the_vocabulary() -> None:
    counters, model = Counters(), Candidate("m", "openai", "gpt-4o")
    counters.open([model])
    assert counters.counter(model).count("The ships were counted.").how in {"estimated", "exact"}
    counters.vocabularies.wait("o200k")
    assert counters.counter(model).count("The ships were counted.") == Count(5, "exact")


@needs_vocabulary
@pytest.mark.parametrize("kind", SAMPLES)
def test_counts_are_the_real_ones(kind: str) -> None:
    vocabularies, (text, o200k, cl100k) = Vocabularies(), SAMPLES[kind]
    for tokenizer, tokens in (("o200k", o200k), ("cl100k", cl100k)):
        count = vocabularies.wait(tokenizer)
        assert count is not None
        assert count(text) == tokens


@needs_vocabulary
@pytest.mark.parametrize("text", ["", "\ud800", "a\ud800b", "<|endoftext|>", "\x00"])
def test_any_text_can_be_counted(text: str) -> None:
    count = Vocabularies().wait("o200k")
    assert count is not None
    assert (count(text) > 0) == bool(text)


@needs_tokenizers
def test_a_tokenizer_of_ones_own_is_counted_with(tmp_path: Path) -> None:
    library = importlib.import_module("tokenizers")
    tokenizer = library.Tokenizer(library.models.WordLevel({"[UNK]": 0, "ships": 1}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = library.pre_tokenizers.Whitespace()
    tokenizer.enable_truncation(2)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    model = Candidate("m", "ollama", "qwen3:4b", tokenizer=str(tmp_path / "tokenizer.json"))
    counters = Counters()
    counters.open([model])
    counters.vocabularies.wait(model.tokenizer)
    assert counters.counter(model).count("two ships at sea") == Count(4, "exact")


@needs_tokenizers
def test_a_file_that_is_no_tokenizer_leaves_the_estimate(tmp_path: Path) -> None:
    file = tmp_path / "tokenizer.json"
    file.write_text(json.dumps({"model": "none"}))
    assert Vocabularies().wait(str(file)) is None


@pytest.mark.parametrize("schema", [{"const": "\ud800"}, {"const": object()}])
def test_what_json_cannot_say_is_counted_all_the_same(schema: dict[str, object]) -> None:
    assert Counter().count_messages([said("hi")], schema=schema).tokens > Counter().count_messages([said("hi")]).tokens
