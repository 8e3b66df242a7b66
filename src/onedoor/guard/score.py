"""How the evidence adds up: patterns, the n-gram model and odd characters to one calibrated probability."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from onedoor.guard.inspection import Finding, Severity
from onedoor.guard.patterns import Hit, weigh

MOST_RULES = 9.0
"""What patterns can add at most: more of them say nothing new."""

LEAST_GRAMS, MOST_GRAMS = -1.0, 4.0
"""Between these the n-gram model's logit counts: below it sees nothing, and above it would convict alone."""

SILENT = LEAST_GRAMS
"""What an n-gram model says that sees nothing."""

NEAR = 500
"""Characters within which patterns certainly add up; from twice as many on they don't."""

DECODED = 1.0
"""What it adds that a pattern stands where only decoding, or reading what is hidden, finds it."""

_ODD: Mapping[Severity, float] = {"low": 0.0, "medium": 1.0, "high": 4.0}


@dataclass(frozen=True, slots=True)
class Reading:
    """A text in one of the ways it can be read: the patterns in it, and the n-gram model's opinion of it.

    grams    its logit
    decoded  whether the text has to be decoded, or what is hidden to be seen, to be read so
    """

    hits: Sequence[Hit]
    grams: float
    decoded: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """All there is to say about a text: its readings and what is odd about its characters."""

    readings: Sequence[Reading]
    odd: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of the evidence counts, and from which probability on a text is blocked.

    bias        the log-odds of a text nothing speaks for or against
    rules       what a unit of the patterns' weights counts
    grams       what a unit of the n-gram model's logit counts
    odd         what a character that is odd counts
    thresholds  for each kind of text
    floors      the probabilities below which no second layer is asked
    meaning     how much of the second layer's log-odds above `unmoved` is added
    """

    bias: float
    rules: float
    grams: float
    odd: float
    thresholds: Mapping[str, float]
    floors: Mapping[str, float]
    meaning: float
    unmoved: float


def features(reading: Reading) -> tuple[float, float]:
    """A reading in numbers, each the more suspicious the larger it is: patterns first, then n-grams."""
    return rules(reading), min(MOST_GRAMS, max(LEAST_GRAMS, reading.grams))


def rules(reading: Reading) -> float:
    """The weight of the patterns that stand near each other, at the place where it is most."""
    if not reading.hits:
        return 0.0
    tiles: dict[int, list[Hit]] = {}
    for hit in reading.hits:
        tile = hit.start // NEAR
        tiles.setdefault(tile, []).append(hit)
        tiles.setdefault(tile - 1, []).append(hit)
    return min(MOST_RULES, max(map(weigh, tiles.values())) + (DECODED if reading.decoded else 0.0))


def oddity(odd: Iterable[Finding]) -> float:
    """How odd the characters of a text are."""
    return sum(_ODD[finding.severity] for finding in odd)


def log_odds(evidence: Evidence, weights: Weights) -> float:
    """How likely the evidence makes an attack, in log-odds: as likely as its worst reading."""
    worst = max(_weighed(features(reading), weights) for reading in evidence.readings)
    return weights.bias + worst + weights.odd * oddity(evidence.odd)


def without_grams(evidence: Evidence) -> Evidence:
    """The same evidence, had the n-gram model no opinion."""
    return replace(evidence, readings=[replace(reading, grams=SILENT) for reading in evidence.readings])


def lifted(odds: float, meaning: float, weights: Weights) -> float:
    """The log-odds after the second layer spoke. It can only convict: what the first one blocks it never sees."""
    return odds + weights.meaning * max(0.0, logit(meaning) - weights.unmoved)


def probability(odds: float) -> float:
    """Log-odds as a probability."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, odds))))


def logit(probability: float) -> float:
    """A probability as log-odds."""
    inside = min(1 - 1e-12, max(1e-12, probability))
    return math.log(inside / (1 - inside))


@cache
def shipped() -> Weights:
    """The weights that come with the package."""
    stored = json.loads((files("onedoor.guard") / "weights/score.json").read_bytes())
    return Weights(**stored)


def _weighed(parts: tuple[float, float], weights: Weights) -> float:
    return weights.rules * parts[0] + weights.grams * parts[1]
