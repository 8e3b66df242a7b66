"""The checks a contract can be made of, and what comes of running them."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from onedoor.errors import InvalidCall
from onedoor.output.contract import Check, Contract, Failure, Said
from onedoor.output.phrases import folded, phrase
from onedoor.output.pointers import MISSING, at, leaves, parts, pointer
from onedoor.output.words import kind, one_line, quote

REASON = 200
"""Longest reason of a check that is kept."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check said: how far it holds from 0 to 1, and why not. `failure` is set where a hard check broke."""

    name: str
    score: float
    weight: float
    counts: bool
    reason: str = ""
    failure: Failure | None = None


def outcomes(contract: Contract, value: Any, data: Any, text: str) -> tuple[Outcome, ...]:
    """Every check of a contract, run. `value` is the JSON value `data` was built from."""
    return tuple(_run(check, value if check.plain else data, text) for check in contract.checks)


def _run(check: Check, data: Any, text: str) -> Outcome:
    try:
        said = check.run(data, text)
    except Exception as error:  # noqa: BLE001 - a user's callable may raise anything; that is a check that failed
        return _outcome(check, 0.0, f"{type(error).__name__}: {error}", data, number=False)
    if isinstance(said, str) and said:
        return _outcome(check, 0.0, said, data, number=False)
    if isinstance(said, bool) or said is None or said == "":
        return _outcome(check, 0.0 if said is False else 1.0, "", data, number=False)
    if isinstance(said, int | float) and 0 <= said <= 1:
        return _outcome(check, float(said), "", data, number=True)
    return _outcome(check, 0.0, f"the check gave {said!r}, which is no number from 0 to 1", data, number=False)


def _outcome(check: Check, score: float, reason: str, data: Any, *, number: bool) -> Outcome:
    why = one_line(reason or check.rule or f"must pass {check.name}", REASON) if score < 1 else ""
    broken = check.hard and not number and score < 1
    failure = _failure(check, why, data) if broken else None
    return Outcome(check.name, score, check.weight, number or not check.hard, why, failure)


def _failure(check: Check, why: str, data: Any) -> Failure:
    path, got, quoted = check.path, "", ""
    if path and check.plain:
        _, found = next(at(data, parts(path)))
        got, quoted = ("nothing", "") if found is MISSING else (kind(found), quote(found))
    return Failure(path, why, got, quoted)


def own(given: object, place: int) -> Check:
    """A caller's check: a Check, or a callable that takes the data, or the data and the text."""
    if isinstance(given, Check):
        return replace(given, run=_two(given.run, f"checks[{place}]"))
    if not callable(given):
        raise InvalidCall(f"checks[{place}] must be a callable or a Check, not {type(given).__name__}")
    name = getattr(given, "__name__", type(given).__name__)
    rule = (inspect.getdoc(given) or "").partition("\n")[0] if inspect.isroutine(given) else ""
    return Check(name if name != "<lambda>" else f"check {place + 1}", _two(given, f"checks[{place}]"), rule)


def _two(run: Callable[..., Said], where: str) -> Callable[[Any, str], Said]:
    """A check of one argument as one of two."""
    try:
        signature = inspect.signature(run)
    except (TypeError, ValueError):
        return lambda data, text: run(data)
    for count in (2, 1):
        try:
            signature.bind(*range(count))
        except TypeError:
            continue
        return run if count == 2 else lambda data, text: run(data)
    raise InvalidCall(f"{where} must take the data, or the data and the text; {run!r} takes {signature}")


def length(path: str, least: int | None, most: int | None) -> Check:
    """So many characters, of the text where no path is given."""
    bounds = [f"at least {least}"] * (least is not None) + [f"at most {most}"] * (most is not None)
    rule = f"must have {' and '.join(bounds)} characters"
    keys = parts(path)

    def run(value: Any, text: str) -> Said:
        whole = [("", text.strip())] if not keys else at(value, keys)
        return all(_fits(found, least, most) for _, found in whole) or rule

    return Check("length", run, rule, pointer(keys), plain=True)


def _fits(found: Any, least: int | None, most: int | None) -> bool:
    """What isn't there or isn't a text has no length to be wrong."""
    if not isinstance(found, str):
        return True
    return (least or 0) <= len(found) <= (math.inf if most is None else most)


def forbidden(words: str) -> Check:
    """A phrase that must not be said."""
    pattern = phrase(words)
    rule = f"must not say {words!r}"
    return Check("forbid", lambda value, text: not _said(pattern, value) or rule, rule, plain=True)


def containing(phrases: tuple[str, ...], weight: float = 1.0) -> Check:
    """The share of these phrases that is said: soft, it counts in the score."""
    patterns = [phrase(words) for words in phrases]

    def run(value: Any, text: str) -> Said:
        return sum(_said(pattern, value) for pattern in patterns) / len(patterns)

    rule = f"must say {', '.join(map(repr, phrases))}"
    return Check("must_contain", run, rule, weight=weight, hard=False, plain=True)


def _said(pattern: re.Pattern[str], value: Any) -> bool:
    return any(pattern.search(folded(text)) for text in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value. Keys are the schema's words, not the answer's."""
    return (leaf for _, leaf in leaves(value) if isinstance(leaf, str))
