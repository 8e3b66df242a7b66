"""What a case itself says of an answer: by what was expected, and by its check."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from onedoor.calling import called
from onedoor.errors import InvalidCall, Unrecoverable
from onedoor.output.phrases import folded, phrase
from onedoor.output.score import alike, plain
from onedoor.output.words import one_line
from onedoor.policy.verdicts import together
from onedoor.trail import Opinion
from onedoor.types import Reply
from onedoor.verifiers.function import opinion as said_by

if TYPE_CHECKING:
    from onedoor.output.contract import Contract
    from onedoor.quality.cases import Case, Check

SHOWN = 120
QUOTES = " \t\r\n.!\"'`*\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"


@dataclass(frozen=True, slots=True)
class Made:
    """A check ready to run."""

    phrases: tuple[tuple[str, re.Pattern[str]], ...]
    pattern: re.Pattern[str] | None
    contract: Contract | None
    function: Callable[[Reply], Any] | None
    name: str


async def opinion(case: Case, reply: Reply, by: str) -> Opinion | None:
    """The verdict of a case on an answer; None where the case has none of its own. It never raises for an answer."""
    said = [] if case.expected is UNSET else [_as_expected(case.expected, reply)]
    if case.check is not None:
        said += await _checked(_made(msgspec.json.encode(case.check)), reply)
    if not said:
        return None
    reasons = [one.reason for one in said if one.reason]
    scores = [one.score for one in said if one.score is not None]
    return Opinion(together(one.verdict for one in said), "check", by, "; ".join(reasons), min(scores, default=None))


def made(check: Check) -> Made:
    """A check ready to run. Raises InvalidCall or ConfigError for one that can't."""
    return _made(msgspec.json.encode(check))


@lru_cache(maxsize=1024)
def _made(encoded: bytes) -> Made:
    from onedoor.output.build import contract
    from onedoor.providers.function import imported
    from onedoor.quality.cases import Check

    check = msgspec.json.decode(encoded, type=Check)
    blank = next((words for words in check.contains if not words.strip()), None)
    if blank is not None:
        raise InvalidCall(f"check.contains: {blank!r} is blank; every phrase must have words")
    try:
        return Made(
            phrases=tuple((words, phrase(words)) for words in check.contains),
            pattern=re.compile(check.pattern) if check.pattern else None,
            contract=contract(check.schema) if check.schema is not None else None,
            function=imported(check.function, "check.function") if check.function else None,
            name=check.function,
        )
    except re.error as error:
        raise InvalidCall(f"check.pattern: {check.pattern!r} is no regular expression: {error}") from error


def same(expected: Any, found: Any) -> bool:
    """Equal as JSON: 2 and 2.0 are one number, 1 and true are not one value."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return expected.keys() == found.keys() and all(same(expected[name], found[name]) for name in expected)
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    return isinstance(expected, bool) == isinstance(found, bool) and bool(expected == found)


def normalised(text: str) -> str:
    """A text without what doesn't make an answer another one: case, blanks, quotes around it, a full stop behind it.

    Composing may bring capitals out again, so it is folded twice.
    """
    return " ".join(folded(folded(text)).split()).strip(QUOTES)


def _as_expected(expected: Any, reply: Reply) -> Opinion:
    found = plain(reply.data) if reply.data is not None else reply.text
    if isinstance(found, str) and not isinstance(expected, str):
        from onedoor.output.recover import recover

        try:
            found = recover(found).value
        except Unrecoverable as error:
            return Opinion("rejected", "check", "expected", f"the answer can't be read as JSON: {error}", 0.0)
    if isinstance(expected, str) and isinstance(found, str):
        equal = normalised(expected) == normalised(found)
    else:
        equal = same(expected, found)
    if equal:
        return Opinion("accepted", "check", "expected", score=1.0)
    return Opinion("rejected", "check", "expected", _expected(expected), alike(expected, found))


def _expected(expected: Any) -> str:
    text = expected if isinstance(expected, str) else msgspec.json.encode(expected).decode()
    return f"expected {one_line(text, SHOWN)}"


async def _checked(check: Made, reply: Reply) -> list[Opinion]:
    said = []
    if check.phrases:
        said.append(_contains(check.phrases, reply.text))
    if check.pattern is not None:
        holds = check.pattern.search(reply.text) is not None
        said.append(_yes_or_no(holds, f"it doesn't match {one_line(check.pattern.pattern, SHOWN)}"))
    if check.contract is not None:
        said.append(_fits(check.contract, reply.text))
    if check.function is not None:
        said.append(await _function(check.function, check.name, reply))
    return said


def _contains(phrases: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> Opinion:
    missing = [words for words, pattern in phrases if not pattern.search(folded(text))]
    share = 1 - len(missing) / len(phrases)
    reason = f"it doesn't say {', '.join(map(repr, missing))}" if missing else ""
    return Opinion("rejected" if missing else "accepted", "check", "contains", reason, share)


def _fits(contract: Contract, text: str) -> Opinion:
    from onedoor.output.recover import recover
    from onedoor.output.validate import Valid, validate

    found = validate(contract, text, recover)
    return _yes_or_no(isinstance(found, Valid), one_line(str(found), SHOWN))


def _yes_or_no(holds: bool, reason: str) -> Opinion:
    return Opinion("accepted", "check", "check") if holds else Opinion("rejected", "check", "check", reason)


async def _function(function: Callable[[Reply], Any], name: str, reply: Reply) -> Opinion:
    """A callable of the user's own; one that fails has no opinion, and says so."""
    try:
        return said_by(await called(function, reply), name)
    except Exception as error:  # noqa: BLE001 - a user's check may raise anything; it is written down as no verdict
        return Opinion("unknown", "check", name, f"{name}: {type(error).__name__}: {error}")
