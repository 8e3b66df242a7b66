"""Texts made shorter so that they fit: whole sentences where that can be, else whole words or letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Generic, Literal, TypeVar

from onedoor.output.words import one_line
from onedoor.prompt.letters import begins
from onedoor.prompt.sentences import ends
from onedoor.prompt.trimmed import Trimmed
from onedoor.types import Document, replace

Count = Callable[[str], int]
Keep = Literal["head", "tail", "middle"]
"""What of a text stays: its beginning, its end, or both with a gap in the middle."""

GAP = "\n[…]\n"
LONGEST_NAME = 80
"""Characters of a document's name where it is told what was trimmed, on one line."""

_WORD = re.compile(r"\S+")

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Kept(Generic[T_co]):
    """What stays of a slot, what that is in tokens, and what had to go."""

    pieces: tuple[T_co, ...]
    tokens: int
    trimmed: tuple[Trimmed, ...] = ()


def shorten(
    text: str,
    *,
    room: int,
    count: Count,
    keep: Keep = "head",
    write: Callable[[str], str] = str,
    only_sentences: bool = False,
) -> str:
    """As many whole sentences as fit into so many tokens; the text itself where it fits, "" where nothing does.

    Where not even a sentence fits (with "middle", the first and the last) it is cut between words, and where no word
    fits, between letters, unless `only_sentences`. `write` is what becomes of the text in the prompt: that must fit.
    More room never gives less.
    """
    if count(write(text)) <= room:
        return text
    return next(filter(None, (_best(cuts, room, count, write) for cuts in _ladders(text, keep, only_sentences))), "")


def documents(
    given: Sequence[Document],
    *,
    room: int,
    count: Count,
    write: Callable[[Document], str],
    keep: Keep = "head",
    slot: str = "context",
) -> Kept[Document]:
    """The documents of the highest rank that fit, best first; the last one shortened, the rest left out.

    Only the very first may be cut inside a sentence. `write` is what a document becomes in the prompt; the sum of these
    fits into `room`.
    """
    ranked = sorted(enumerate(given, 1), key=lambda one: -one[1].rank)
    sizes = [count(write(document)) for _, document in ranked]
    whole = sum(1 for _ in takewhile(lambda total: total <= room, accumulate(sizes)))
    kept, used = [document for _, document in ranked[:whole]], sum(sizes[:whole])
    after = [0] * len(ranked)
    if whole < len(ranked):
        part = _shortened(ranked[whole][1], room - used, count, write, keep, only_sentences=whole > 0)
        after[whole] = count(write(part)) if part else 0
        kept += [part] if part else []
    trimmed = (
        Trimmed(slot, one_line(document.name, LONGEST_NAME) or str(place), before, left, keep if left else "dropped")
        for (place, document), before, left in zip(ranked[whole:], sizes[whole:], after[whole:], strict=True)
    )
    return Kept(tuple(kept), used + sum(after), tuple(trimmed))


def _shortened(
    document: Document, room: int, count: Count, write: Callable[[Document], str], keep: Keep, *, only_sentences: bool
) -> Document | None:
    """The part of a document that fits, None where none does."""
    part = shorten(
        document.text,
        room=room,
        count=count,
        keep=keep,
        write=lambda text: write(replace(document, text=text)),
        only_sentences=only_sentences,
    )
    return replace(document, text=part) if part else None


_Cut = tuple[int, int]
"""A text up to the first place and from the second one on."""


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Ways to cut one text, each keeping what the one before it kept, and more."""

    text: str
    cuts: Sequence[_Cut]
    keep: Keep

    def cut(self, step: int) -> str:
        """What the text is after so many steps; nothing after none."""
        head, tail = self.cuts[step - 1] if step else (0, len(self.text))
        if self.keep == "middle" and step:
            return self.text[:head].rstrip() + GAP + self.text[tail:]
        return self.text[:head].rstrip() + self.text[tail:]

    def between(self, low: int, high: int) -> tuple[str, str]:
        """What the steps from `low` to `high` add at the beginning and at the end."""
        head, tail = self.cuts[low - 1] if low else (0, len(self.text))
        further = self.cuts[high - 1]
        return self.text[head : further[0]], self.text[further[1] : tail]


def _ladders(text: str, keep: Keep, only_sentences: bool) -> Iterator[_Cuts]:
    """The ways to cut a text, from whole sentences down to letters."""
    stops = ends(text)
    yield _Cuts(text, _order(stops[:-1], stops[:-1], len(text), keep), keep)
    if only_sentences or not stops:
        return
    first = list(_WORD.finditer(text, 0, stops[0]))
    last = list(_WORD.finditer(text, [0, *stops][-2]))
    heads, tails = [word.end() for word in first], [word.start() for word in last]
    yield _Cuts(text, _order(heads, tails, len(text), keep), keep)
    if first and last:
        heads = [at for at in range(first[0].start() + 1, first[0].end()) if begins(text, at)]
        tails = [at for at in range(last[-1].start() + 1, last[-1].end()) if begins(text, at)]
        yield _Cuts(text, _order(heads, tails, len(text), keep), keep)


def _order(heads: list[int], tails: list[int], length: int, keep: Keep) -> list[_Cut]:
    """The cuts in the order in which more room allows them: `heads` are where a beginning may stop, `tails` where an
    end may start."""
    if keep == "head":
        return [(head, length) for head in heads if head < length]
    if keep == "tail":
        return [(0, tail) for tail in reversed(tails) if tail > 0]
    return list(_both(heads, tails[::-1], length))


def _both(heads: list[int], tails: list[int], length: int) -> Iterator[_Cut]:
    """Both ends at once, then whichever has been given less so far."""
    head = tail = 0
    while head < len(heads) and tail < len(tails) and heads[head] < tails[tail]:
        yield heads[head], tails[tail]
        shorter = heads[head] <= length - tails[tail]
        if head + 1 < len(heads) and (shorter or tail + 1 == len(tails)):
            head += 1
        else:
            tail += 1


def _best(cuts: _Cuts, room: int, count: Count, write: Callable[[str], str]) -> str:
    """The longest of the cuts that fits, found without counting each."""

    def fits(step: int) -> bool:
        return count(write(cuts.cut(step))) <= room

    frame = count(write(GAP if cuts.keep == "middle" else ""))
    guess = _guess(cuts, room - frame, count)
    near = next((step for step in (guess + 1, guess) if step <= len(cuts.cuts) and fits(step)), None)
    return cuts.cut(_bisected(guess, fits) if near is None else near)


def _guess(cuts: _Cuts, room: int, count: Count) -> int:
    """How many steps may fit, by the sum of their parts: doubling, then halving, so that little is counted twice."""
    low, high, used = 0, 1, 0
    doubling = True
    while low < high <= len(cuts.cuts) and (doubling or high - low > 1):
        step = high if doubling else (low + high) // 2
        more = sum(map(count, filter(None, cuts.between(low, step))))
        if used + more > room:
            doubling, high = False, step
            continue
        low, used = step, used + more
        high = min(2 * low, len(cuts.cuts)) if doubling else high
    return low


def _bisected(high: int, fits: Callable[[int], bool]) -> int:
    """A step below `high`, which doesn't fit, that does: none where that is all there is."""
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
