"""How good an answer is, as far as that can be said without asking a model: a number from 0 to 1."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

from onedoor.output.checks import Outcome, outcomes
from onedoor.output.contract import Check, Contract
from onedoor.output.phrases import folded
from onedoor.output.pointers import leaves

_TOKEN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|\w+")


def score(contract: Contract, data: Any, text: str) -> float:
    """0 where a hard check breaks; else the weighted mean of what the soft checks and those giving numbers say.

    1 where no check counts. `data` is what `validate` gave.
    """
    return weighted(outcomes(contract, plain(data), data, text))


def weighted(found: Iterable[Outcome]) -> float:
    """The score that these outcomes come to."""
    told = tuple(found)
    if any(outcome.failure for outcome in told):
        return 0.0
    counted = [outcome for outcome in told if outcome.counts and outcome.weight > 0]
    total = math.fsum(outcome.weight for outcome in counted)
    if not total:
        return 1.0
    return min(1.0, math.fsum(outcome.score * outcome.weight for outcome in counted) / total)


def plain(data: Any) -> Any:
    """A value as JSON has it: models, dataclasses, enumerations and dates taken apart."""
    if data is None or isinstance(data, str | bool):
        return data
    from pydantic_core import to_jsonable_python

    return to_jsonable_python(data, by_alias=True)


def similarity(expected: Any, *, weight: float = 1.0, name: str = "similarity") -> Check:
    """A soft check: how close the answer comes to an expected one, by `alike`."""
    wanted = plain(expected)
    return Check(name, lambda value, text: alike(wanted, value), weight=weight, hard=False, plain=True)


def alike(expected: Any, found: Any) -> float:
    """How close two JSON values are, 0 to 1.

    Two texts: the F1 of their words (as SQuAD scores answers): any case, no punctuation, order left out. Anything else:
    the share of leaves (texts, numbers, booleans, nulls, empty containers) standing under the same path in both with
    the same content, among all leaves of either. Texts are the same when their words are; numbers within a billionth.
    """
    if isinstance(expected, str) and isinstance(found, str):
        return _words_alike(expected, found)
    left, right = dict(leaves(expected)), dict(leaves(found))
    same = sum(_same(left[path], right[path]) for path in left.keys() & right.keys())
    return same / len(left.keys() | right.keys())


def _words_alike(expected: str, found: str) -> float:
    left, right = Counter(_words(expected)), Counter(_words(found))
    if not left or not right:
        return float(expected.strip() == found.strip())
    return 2 * (left & right).total() / (left.total() + right.total())


def _words(text: str) -> list[str]:
    """Words; in scripts without spaces, characters."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", folded(text)))


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.strip() == right.strip() or (_words(left) == _words(right) != [])
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right or math.isclose(left, right, rel_tol=1e-9)
    return json.dumps(left) == json.dumps(right)
