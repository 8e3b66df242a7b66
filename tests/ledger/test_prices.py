"""What models cost, by configuration and by the public list."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from onedoor.policy.prices import cost_of
from onedoor.prices import PriceBook, price_address
from onedoor.types import Price, Usage

OPENAI = price_address("openai", "")
ANTHROPIC = price_address("anthropic", "")
GOOGLE = "https://generativelanguage.googleapis.com/v1beta/openai"
AT = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
BOOK = PriceBook()
MINE = Price(10**9, 2 * 10**9)


def nano(usage: Usage, model: str, address: str = OPENAI, at: float = AT) -> int | None:
    cost = BOOK.cost(usage, price=None, address=address, models=[model], at=at)
    return None if cost is None else cost.nano_usd


def test_a_configured_price_comes_before_the_list() -> None:
    usage = Usage(1000, 100)
    assert BOOK.cost(usage, price=MINE, address=OPENAI, models=["gpt-4o"], at=AT) == cost_of(usage, MINE)
    assert BOOK.bound(price=MINE, address=OPENAI, model="gpt-4o", at=AT) is MINE


def test_a_listed_price_names_its_list() -> None:
    """gpt-4o: 2.50, 1.25 cached, 10.00 dollars per million."""
    cost = BOOK.cost(Usage(1000, 100, cached=400), price=None, address=OPENAI, models=["gpt-4o"], at=AT)
    assert cost is not None
    assert cost.nano_usd == 600 * 2_500 + 400 * 1_250 + 100 * 10_000
    assert cost.source.startswith("genai-prices@0.2.")


@pytest.mark.parametrize(
    ("address", "model"),
    [
        (OPENAI, "my-fine-tune"),
        ("http://127.0.0.1:8000/v1", "gpt-4o"),
        ("", "gpt-4o"),
        ("https://example.org/v1", "gpt-4o"),
    ],
)
def test_what_is_not_listed_is_unknown_and_never_zero(address: str, model: str) -> None:
    assert nano(Usage(1000, 100), model, address) is None
    assert BOOK.bound(price=None, address=address, model=model, at=AT) is None


def test_a_model_listed_without_a_price_is_unknown() -> None:
    assert nano(Usage(1000, 100), "gpt-4o", "https://api.githubcopilot.com") is None


def test_a_free_model_costs_nothing() -> None:
    assert nano(Usage(1000, 100), "deepseek/deepseek-r1:free", "https://openrouter.ai/api/v1") == 0


@pytest.mark.parametrize("kind", ["ollama", "sim", "function"])
def test_local_kinds_have_no_address_in_the_list(kind: str) -> None:
    assert price_address(kind, "https://api.openai.com/v1") == ""


def test_the_wires_own_name_comes_first_and_yours_stands_in() -> None:
    told = [
        BOOK.cost(Usage(1000), price=None, address=OPENAI, models=names, at=AT)
        for names in (["gpt-4o-2024-05-13", "gpt-4o"], ["never-heard-of", "gpt-4o"])
    ]
    assert [cost.nano_usd for cost in told if cost] == [5_000_000, 2_500_000]


def test_the_price_is_the_one_of_the_calls_own_time() -> None:
    """DeepSeek's night price, which ended in 2025, and the day price beside it."""
    address, usage = "https://api.deepseek.com", Usage(1_000_000)
    night, day = (datetime(2025, 3, 1, hour, tzinfo=UTC).timestamp() for hour in (18, 12))
    assert (nano(usage, "deepseek-chat", address, night) or 0) < (nano(usage, "deepseek-chat", address, day) or 0)


MODELS = [
    (GOOGLE, "gemini-2.5-pro"),
    (ANTHROPIC, "claude-sonnet-4-5"),
    (OPENAI, "gpt-4o"),
    ("https://api.deepseek.com", "deepseek-chat"),
    (OPENAI, "text-embedding-3-small"),
]


@pytest.mark.parametrize(("address", "model"), MODELS)
@pytest.mark.parametrize("size", [10, 150_000, 250_000, 900_000])
def test_no_call_costs_more_than_its_bound(address: str, model: str, size: int) -> None:
    """Whatever tier it falls into, at whatever hour of the day, all plain or all written to the cache."""
    price = BOOK.bound(price=None, address=address, model=model, at=AT)
    assert price is not None
    for hour in range(0, 24, 4):
        for usage in (Usage(size, size // 100), Usage(size, size // 100, cache_write=size), Usage(size, cached=size)):
            bounds = [cost_of(like, price) for like in (usage, Usage(usage.input, usage.output))]
            most = max(cost.nano_usd for cost in bounds if cost)
            actual = nano(usage, model, address, AT + hour * 3600)
            assert actual is None or actual <= most


def test_a_tier_is_the_dear_one_only_past_its_threshold() -> None:
    below, above = nano(Usage(100_000), "gemini-2.5-pro", GOOGLE), nano(Usage(300_000), "gemini-2.5-pro", GOOGLE)
    assert (below, above) == (125_000_000, 750_000_000)


def test_a_fee_per_request_has_no_bound_by_tokens() -> None:
    address = "https://api.perplexity.ai"
    assert BOOK.bound(price=None, address=address, model="sonar", at=AT) is None


def test_no_thread_is_started() -> None:
    before = threading.active_count()
    nano(Usage(1), "gpt-4.1")
    assert threading.active_count() == before
