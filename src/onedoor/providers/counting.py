"""Counting the tokens of a text as well as can be, its provider asked where no vocabulary is at hand."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from onedoor.errors import ProviderError
from onedoor.prompt.tokens import Count, Counters
from onedoor.providers.provider import Provider
from onedoor.types import Candidate

WITHIN = 10.0
"""Seconds a provider has to count."""

_log = logging.getLogger("onedoor.tokens")


async def counted(text: str, candidate: Candidate, *, counters: Counters, provider: Callable[[str], Provider]) -> Count:
    """Exact where the vocabulary is at hand, else as the provider counts, else a bound.

    A provider that doesn't count, can't be reached or takes too long leaves the bound: `how` says so.
    """
    counter = counters.counter(candidate)
    if counters.tokenizer(candidate):
        counter = await asyncio.to_thread(counters.loaded, candidate)
    if counter.words is not None:
        return Count(await asyncio.to_thread(counter.words, text), "exact")
    if not text:
        return counter.count(text)
    try:
        async with asyncio.timeout(WITHIN):
            return Count(await provider(candidate.provider).count_tokens(candidate.served, text), "served")
    except (ProviderError, TimeoutError) as error:
        _log.info("tokens are estimated: %s", error or f"{candidate.provider} didn't count within {WITHIN:g} s")
        return counter.count(text)
