"""An answer is right when the same model, asked again, says the same."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from onedoor.errors import OnedoorError
from onedoor.output.phrases import folded
from onedoor.output.score import plain
from onedoor.tap import Silent
from onedoor.trail import Opinion
from onedoor.types import Call, Options, Reply, replace
from onedoor.verifiers.verifier import Again

WARM = 0.7
"""The lowest temperature of a further sample: asked cold, a model would say the same whether it knows or guesses."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Accepts an answer when at least `agree` of `samples` say the same, this one included.

    No sample is asked for that can't matter: always as many at once as are still needed, until it is decided. A sample
    that fails doesn't agree.
    """

    agree: int
    samples: int = 3
    name: str = "agreement"
    timeout: float = 60.0
    kind: Literal["check"] = "check"

    async def __call__(self, call: Call, reply: Reply, again: Again, /) -> Opinion:
        tally = Tally(self.agree, self.samples)
        while tally.verdict == "unknown":
            await self._round(tally, call, reply, again)
        return Opinion(tally.verdict, self.kind, self.name, str(tally), tally.agreed / tally.counted)

    async def _round(self, tally: Tally, call: Call, reply: Reply, again: Again) -> None:
        """Ask for as many samples as are needed, and leave the rest as soon as it is decided."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_same(reply, sample(call, place), again)) for place in tally.needed()]
            for said in asyncio.as_completed(tasks):
                tally.count(await said)
                if tally.verdict != "unknown":
                    break
            for task in tasks:
                task.cancel()


@dataclass(slots=True)
class Tally:
    """How many say the same, of those counted so far; the answer itself is the first."""

    agree: int
    samples: int
    agreed: int = 1
    counted: int = 1

    @property
    def verdict(self) -> Literal["accepted", "rejected", "unknown"]:
        if self.agreed >= self.agree:
            return "accepted"
        return "rejected" if self.agreed + self.samples - self.counted < self.agree else "unknown"

    def needed(self) -> Iterator[int]:
        """The numbers of the samples to ask for next: so many that it is decided if all of them agree."""
        return iter(range(self.counted, self.counted + self.agree - self.agreed))

    def count(self, same: bool) -> None:
        self.counted += 1
        self.agreed += same

    def __str__(self) -> str:
        return f"{self.agreed} of {self.counted} agree; {self.agree} of {self.samples} must"


def sample(call: Call, place: int) -> Call:
    """The same question sampled otherwise, for nobody to read along."""
    return replace(call, tap=Silent(), stream=False, options=_otherwise(call.options, place))


def same(left: Reply, right: Reply) -> bool:
    """Whether two answers say the same: equal values where a contract holds, else equal words and tool calls."""
    return _meant(left) == _meant(right)


async def _same(reply: Reply, call: Call, again: Again) -> bool:
    branch = call.trail.branch()
    try:
        return same(reply, await again(replace(call, trail=branch)))
    except OnedoorError:
        return False
    finally:
        call.trail.join(branch)


def _otherwise(options: Options, place: int) -> Options:
    seed = None if options.seed is None else options.seed + place
    return replace(options, seed=seed, temperature=max(WARM, options.temperature or 0.0))


def _meant(reply: Reply) -> object:
    if reply.data is not None and not isinstance(reply.data, str):
        return plain(reply.data)
    return words(reply.data or reply.text), [(tool.name, _arguments(tool.arguments)) for tool in reply.tool_calls]


def words(text: str) -> str:
    """A text without differences of case, blanks, and what stands around it.

    A leading sign or point stays: -5 isn't 5, and .5 isn't either.
    """
    return _bare(" ".join(folded(text).split()))


def _bare(text: str) -> str:
    start, end = 0, len(text)
    while end > start and (_around(text[end - 1]) or text[end - 1] in ".,;:!?…。、！？"):  # noqa: RUF001 - they end Chinese sentences
        end -= 1
    while start < end and _around(text[start]):
        start += 1
    return text[start:end].strip()


def _around(letter: str) -> bool:
    """Whether it is a blank, a quote, a bracket or Markdown's emphasis."""
    return letter in " \"'`*_" or unicodedata.category(letter) in {"Pi", "Pf", "Ps", "Pe"}


def _arguments(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
