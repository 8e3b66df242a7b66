"""A text inspected: its shape, its readings, the patterns and the model's opinion of each, and what they add up to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from onedoor.guard.decoders import cuts, decoded
from onedoor.guard.hidden import concealed
from onedoor.guard.inspection import Finding, Inspection, Kind, Severity
from onedoor.guard.ngrams import NGrams
from onedoor.guard.ngrams import shipped as model
from onedoor.guard.normalise import Canonical, View, canonical
from onedoor.guard.output.rules import OutputRules, inspect_output
from onedoor.guard.patterns import Hit, scan
from onedoor.guard.score import SILENT, Evidence, Reading, lifted, log_odds, logit, probability, shipped, without_grams
from onedoor.guard.semantic import SemanticDetector
from onedoor.guard.shape import shape

LONGEST = 1_000_000
_BYTES_A_TOKEN = 4
_WORST: tuple[Severity, ...] = ("high", "medium", "low")
_NO_TEXT = Finding("shape.type", "shape", "high", 0, 0)
_ALONE = 0.98
"""The least score of a text that an allow-list doesn't excuse and whose characters alone convict it."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the first layer says, and what a second one needs to know.

    uncertain  whether a second layer should be asked
    views      the text in the ways it can be read
    odds       the first layer's log-odds
    length     characters of the text as it was given
    """

    inspection: Inspection
    uncertain: bool = False
    views: tuple[str, ...] = ()
    odds: float = 0.0
    length: int = 0

    def resolved(self, meaning: float) -> Inspection:
        """The verdict of both layers; `meaning` is the second one's probability."""
        score = probability(lifted(self.odds, meaning, shipped()))
        if score < self.inspection.threshold:
            return replace(self.inspection, score=score)
        return self._convicted("semantic.meaning", score)

    def unresolved(self) -> Inspection:
        """The verdict when the second layer failed and nothing is to pass unseen."""
        return self._convicted("semantic.failed", self.inspection.score)

    def _convicted(self, name: str, score: float) -> Inspection:
        finding = Finding(name, "semantic", "medium", 0, self.length)
        findings = _ordered((*self.inspection.findings, finding))
        return replace(self.inspection, blocked=True, score=score, findings=findings)


def inspect(
    text: object,
    *,
    kind: Kind = "user",
    threshold: float | None = None,
    allow: Collection[str] = (),
    longest: int = LONGEST,
    semantic: SemanticDetector | None = None,
) -> Inspection:
    """What is wrong with a text. Pure, linear in its length, and never raises, whatever it is given.
    What `semantic` raises goes through.

    kind       "user" for the words of a person who asks, "document" for a text of others, "output" for a model's own:
               in that, secrets and links are looked for, by the rules an answer is held to unless told otherwise
    threshold  the score from which on it is blocked; by default the one measured for its kind
    allow      ids or families of findings that don't count
    longest    characters it may have at most
    semantic   a second layer, asked where this one isn't sure
    """
    if kind == "output":
        return _answered(text, threshold, allow, longest)
    first = look(text, kind=kind, threshold=threshold, allow=allow, longest=longest)
    if semantic is None or not first.uncertain:
        return first.inspection
    return first.resolved(semantic.score(first.views))


def look(
    text: object,
    *,
    kind: Kind = "user",
    threshold: float | None = None,
    allow: Collection[str] = (),
    longest: int = LONGEST,
    most_tokens: int | None = None,
) -> Look:
    """The first layer alone, for who asks the second one elsewhere."""
    bar = shipped().thresholds[kind] if threshold is None else threshold
    if not isinstance(text, str):
        return _unfit("", (_NO_TEXT,), kind, bar)
    odd = _counted((*shape(text, longest=longest), *_too_many(text, most_tokens)), allow)
    if any(finding.severity == "high" for finding in odd):
        return _unfit(text, odd, kind, bar)
    read = Read.of(text, kind, allow)
    odd = _counted((*odd, *read.text.findings, *cuts(read.views)), allow)
    return _judged(read, odd, kind, bar, grams="statistical" not in allow)


def _answered(text: object, threshold: float | None, allow: Collection[str], longest: int) -> Inspection:
    """What is wrong with what a model said."""
    if not isinstance(text, str):
        return _unfit("", (_NO_TEXT,), "output", 1.0).inspection
    if len(text) > longest:
        return _unfit(text, (Finding("shape.too_long", "shape", "high", longest, len(text)),), "output", 1.0).inspection
    said = inspect_output(text, OutputRules(allow=frozenset(allow)))
    if threshold is None:
        return said
    return replace(said, blocked=said.score >= threshold, threshold=threshold)


@dataclass(frozen=True, slots=True)
class Read:
    """A text in all its readings, the one as written first, and the patterns that count in each."""

    text: Canonical
    views: tuple[View, ...]
    hits: tuple[tuple[Hit, ...], ...]

    @classmethod
    def of(cls, text: str, kind: Kind, allow: Collection[str]) -> Read:
        seen = canonical(text)
        views = (*seen.views, *decoded(seen), *concealed(seen))
        if not views:
            return cls(seen, (), (_allowed(scan(seen.text, kind), allow),))
        views = tuple(_distinct(views, seen.text))
        readings = (seen.text, *(view.text for view in views))
        return cls(seen, views, tuple(_allowed(scan(reading, kind), allow) for reading in readings))

    @property
    def readings(self) -> tuple[str, ...]:
        return self.text.text, *(view.text for view in self.views)


def evidence(read: Read, odd: Sequence[Finding], grams: NGrams | None) -> Evidence:
    """What the readings say, in the shape it is added up in."""
    found = zip(read.readings, read.hits, strict=True)
    said = ((hits, grams.logit(reading) if grams else SILENT) for reading, hits in found)
    return Evidence([Reading(*each, decoded=at > 0) for at, each in enumerate(said)], odd)


def _judged(read: Read, odd: Sequence[Finding], kind: Kind, bar: float, *, grams: bool) -> Look:
    weights = shipped()
    seen = evidence(read, odd, model() if grams else None)
    odds = log_odds(seen, weights)
    alone = any(finding.severity == "high" for finding in odd)
    score = max(_ALONE, probability(odds)) if alone else probability(odds)
    blocked = score >= bar
    found = [*odd, *_found(read, blocked=blocked)]
    if blocked and not alone and log_odds(without_grams(seen), weights) < logit(bar):
        found.append(_statistical(read))
    inspection = Inspection(blocked, _ordered(found), score, read.text.text, kind, bar)
    return Look(inspection, not blocked and score >= weights.floors[kind], read.readings, odds, len(read.text.original))


def _found(read: Read, *, blocked: bool) -> Iterator[Finding]:
    """A finding for each pattern and reading, where it is surest."""
    for hit in _surest(read.hits[0]):
        yield _finding(hit, *read.text.span(hit.start, hit.end), blocked=blocked)
    for view, hits in zip(read.views, read.hits[1:], strict=True):
        for hit in _surest(hits):
            yield _finding(hit, view.start, view.end, view.how, blocked=blocked)


def _finding(hit: Hit, start: int, end: int, how: str = "", *, blocked: bool) -> Finding:
    """A hit as a finding; one that all other evidence speaks against isn't sure of anything."""
    severity = "low" if hit.mention else hit.pattern.severity
    severity = severity if blocked or severity == "low" else "medium"
    return Finding(hit.pattern.id, hit.pattern.family, severity, start, end, how)


def _surest(hits: Iterable[Hit]) -> Iterable[Hit]:
    """The first use of each pattern, or else its first mention."""
    surest: dict[str, Hit] = {}
    for hit in hits:
        if hit.pattern.id not in surest or (surest[hit.pattern.id].mention and not hit.mention):
            surest[hit.pattern.id] = hit
    return surest.values()


def _statistical(read: Read) -> Finding:
    """Where the n-gram model sees most."""
    peaks = [model().worst(reading) for reading in read.readings]
    which = max(range(len(peaks)), key=lambda each: peaks[each][0])
    if which:
        view = read.views[which - 1]
        return Finding("statistical.ngrams", "statistical", "medium", view.start, view.end, view.how)
    return Finding("statistical.ngrams", "statistical", "medium", *read.text.span(*peaks[0][1:]))


def _unfit(text: str, findings: tuple[Finding, ...], kind: Kind, bar: float) -> Look:
    """Blocked by its shape: nothing else is looked at."""
    return Look(Inspection(True, _ordered(findings), 1.0, text, kind, bar))


def _too_many(text: str, most_tokens: int | None) -> Iterator[Finding]:
    """By the rule of thumb of four bytes a token."""
    if most_tokens is not None and len(text.encode("utf-8", "replace")) > most_tokens * _BYTES_A_TOKEN:
        yield Finding("shape.too_many_tokens", "shape", "high", 0, len(text))


def _distinct(views: Iterable[View], text: str) -> Iterable[View]:
    """Views that say something the text and the views before don't."""
    distinct: dict[str, View] = {}
    for view in views:
        if view.text != text:
            distinct.setdefault(view.text, view)
    return distinct.values()


def _allowed(hits: tuple[Hit, ...], allow: Collection[str]) -> tuple[Hit, ...]:
    if not hits or not allow:
        return hits
    return tuple(hit for hit in hits if hit.pattern.id not in allow and hit.pattern.family not in allow)


def _counted(findings: tuple[Finding, ...], allow: Collection[str]) -> tuple[Finding, ...]:
    if not findings or not allow:
        return findings
    return tuple(one for one in findings if one.id not in allow and one.family not in allow)


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first, then in the order of the text."""
    return tuple(sorted(findings, key=lambda one: (_WORST.index(one.severity), one.start, one.end, one.id)))
