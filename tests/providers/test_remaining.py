"""How many more calls a provider says it takes, from the headers of its answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.policy.faults import remaining
from onedoor.providers.provider import Provider

from .asking import asking
from .dialects import Dialect, Said
from .wire import Wire

OPENAI = {"x-ratelimit-remaining-requests": "41", "x-ratelimit-remaining-tokens": "1000"}
ANTHROPIC = {"anthropic-ratelimit-requests-remaining": "12", "anthropic-ratelimit-tokens-remaining": "80000"}
CASES: dict[str, tuple[dict[str, str], int | None]] = {
    "nothing said": ({}, None),
    "tokens for so many": (OPENAI, 10),
    "requests": (ANTHROPIC, 12),
    "requests alone": ({"x-ratelimit-remaining-requests": "7"}, 7),
    "none left": ({"x-ratelimit-remaining-requests": "0"}, 0),
    "not known there": ({"x-ratelimit-remaining-requests": "-1"}, None),
    "no number": ({"x-ratelimit-remaining-tokens": "plenty"}, None),
}


@pytest.mark.parametrize("name", CASES)
def test_what_headers_say_of_calls_of_a_hundred_tokens(name: str) -> None:
    headers, calls = CASES[name]
    assert remaining(headers, 100) == calls


@given(st.dictionaries(st.sampled_from([*OPENAI, *ANTHROPIC]), st.text(max_size=20)), st.integers(0, 10**9))
def test_whatever_they_hold_it_is_nothing_or_a_number_of_calls(headers: dict[str, str], tokens: int) -> None:
    found = remaining(headers, tokens)
    assert found is None or found >= 0


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
async def test_a_reply_says_it(dialect: Dialect, provider: Provider, wire: Wire, stream: bool) -> None:
    said = {"openai": OPENAI, "anthropic": ANTHROPIC}.get(dialect.name, {})
    answer = dialect.streamed(Said()) if stream else dialect.plain(Said())
    wire.says(replace(answer, headers={**answer.headers, **said}), answer)
    replies = [await provider.chat(asking(stream=stream)) for _ in range(2)]
    assert replies[0].remaining == {"openai": 1000 // 37, "anthropic": 12}.get(dialect.name)
    assert replies[1].remaining is None
