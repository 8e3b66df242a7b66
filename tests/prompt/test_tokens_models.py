"""The vocabulary of a model by its served name."""

from __future__ import annotations

import pytest

from onedoor.prompt.tokens import vocabulary_of


@pytest.mark.parametrize(
    "served",
    [
        "gpt-4o",
        "gpt-4o-mini",
        "gpt-4o-2024-08-06",
        "chatgpt-4o-latest",
        "gpt-4.1",
        "gpt-4.1-nano",
        "gpt-4.5-preview",
        "gpt-5",
        "gpt-5-mini",
        "gpt-5.1",
        "gpt-5-codex",
        "gpt-6",
        "o1",
        "o1-mini",
        "o3",
        "o3-pro",
        "o4-mini",
        "openai/gpt-4o",
        "openrouter/openai/gpt-5",
        "gpt-oss:20b",
        "gpt-oss-120b",
        "openai/gpt-oss-20b",
        "GPT-4o",
        "ft:gpt-4o-mini:acme",
        "codex-mini-latest",
    ],
)
def test_o200k(served: str) -> None:
    assert vocabulary_of(served) == "o200k"


@pytest.mark.parametrize(
    "served",
    [
        "gpt-4",
        "gpt-4-turbo",
        "gpt-4-0613",
        "gpt-4-32k",
        "gpt-3.5-turbo",
        "gpt-3.5-turbo-0125",
        "gpt-35-turbo",
        "ft:gpt-3.5-turbo:acme",
        "text-embedding-3-small",
        "text-embedding-3-large",
        "text-embedding-ada-002",
        "azure/gpt-4",
    ],
)
def test_cl100k(served: str) -> None:
    assert vocabulary_of(served) == "cl100k"


@pytest.mark.parametrize(
    "served",
    [
        "claude-opus-4-5",
        "gemini-2.5-pro",
        "llama3.1:8b",
        "qwen3:4b",
        "mistral-large-latest",
        "deepseek-chat",
        "gpt2",
        "gpt-j-6b",
        "gpt-neox",
        "gpt4all",
        "o100",
        "olmo-2",
        "phi4",
        "text-embedding-004",
        "model",
        "gpt-40",
    ],
)
def test_none_is_known(served: str) -> None:
    assert vocabulary_of(served) is None


def test_an_empty_name_has_none() -> None:
    assert vocabulary_of("") is None
