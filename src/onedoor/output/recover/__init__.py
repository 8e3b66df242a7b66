"""Reads the value out of a damaged answer without guessing: text in, value and every edit out, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from onedoor.errors import Unrecoverable
from onedoor.output.pointers import MISSING
from onedoor.output.recover.bare import bare
from onedoor.output.recover.choose import Option, chosen, in_rows, options
from onedoor.output.recover.costs import edit, total
from onedoor.output.recover.fitting import Fit, Misfit, written
from onedoor.output.recover.judge import STEPS, Judge
from onedoor.output.recover.reader import Parsed
from onedoor.output.recover.shape import Shapes
from onedoor.output.recover.spans import Found, Hopeless, candidates
from onedoor.output.recover.strict import Same, compiled, strict, with_numbers
from onedoor.output.recovered import Recovered

MOST_COST = 10.0
MOST_BYTES = 1 << 20
MOST_DEPTH = 64
_FENCE = re.compile(r"```\w*")


def recover(
    text: str,
    schema: Mapping[str, Any] | None = None,
    *,
    most_cost: float = MOST_COST,
    most_bytes: int = MOST_BYTES,
    most_depth: int = MOST_DEPTH,
    partial: bool = False,
) -> Recovered:
    """The value in an answer, and every edit it took. Raises Unrecoverable.

    text        what a model answered; JSON that the schema accepts is never touched
    schema      the JSON Schema of the value; without one only the writing is mended, nothing is converted
    most_cost   a value whose edits cost more is refused
    most_bytes  a longer text is refused
    most_depth  a damaged text nested deeper is refused
    partial     of a text that was cut off, what is whole may be taken, the item that was cut left out

    Raises TypeError for anything but a str, and InvalidCall for a schema that is none.
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a str, not {type(text).__name__}")
    if len(text) * 4 > most_bytes and len(text.encode(errors="replace")) > most_bytes:
        raise Unrecoverable(f"the text has more than {most_bytes} bytes", reason="size")
    ready = None if schema is None else compiled(Same(schema))
    value = strict(text)
    if value is not MISSING and (ready is None or ready.accepts(value)):
        return Recovered(value, (), 0.0)
    judge = Judge(ready, Shapes(ready.plain if ready else {}), most_cost, partial, STEPS + 4 * len(text))
    try:
        return _mended(text, value, judge, most_depth)
    except Hopeless as hopeless:
        raise Unrecoverable(str(hopeless), reason=hopeless.reason, position=hopeless.position) from hopeless
    except RecursionError as error:
        raise Unrecoverable("nested too deeply", reason="depth") from error


def _mended(text: str, value: Any, judge: Judge, most_depth: int) -> Recovered:
    if value is not MISSING and not isinstance(value, dict | list):
        fit = _scalar(value, judge)
        return Recovered(fit.value, fit.edits, total(fit.edits))
    found = candidates(text, most_depth) if value is MISSING else [_whole(text)]
    rows = _rows(text, found, judge)
    whole = rows or (None if any(one.parsed for one in found) else bare(text, judge))
    if whole is not None:
        return Recovered(whole.value, whole.edits, total(whole.edits))
    made = options(text, found, judge)
    return _recovered(text, made, chosen(made, judge.attempts, by_schema=judge.compiled is not None), judge)


def _whole(text: str) -> Found:
    """A text that is JSON as it stands."""
    value, numbers = with_numbers(text)
    return Found(0, len(text), Parsed(value, len(text), numbers=numbers))


def _scalar(value: Any, judge: Judge) -> Fit:
    """A JSON text or number that its schema doesn't accept."""
    try:
        return judge(Found(0, 0, Parsed(value, 0)))
    except Misfit as misfit:
        raise Unrecoverable(f"no value fits: {misfit}", reason=misfit.reason) from misfit


def _rows(text: str, found: list[Found], judge: Judge) -> Fit | None:
    """One value a line where a list is wanted."""
    if judge.compiled is None or not in_rows(text, found):
        return None
    values = [one.parsed.value for one in found if one.parsed is not None]
    if any(isinstance(value, list) for value in values):
        return None
    around = (*found[-1].edits, "rows")
    try:
        fit = judge(Found(found[0].start, found[-1].end, _list(found, values), edits=around))
    except Misfit:
        return None
    if len({written(value) for value in values}) < 2:
        raise Unrecoverable("the same value again, or rows that are equal", reason="ambiguous", position=found[1].start)
    return fit


def _list(found: list[Found], values: list[Any]) -> Parsed:
    rows = [(place, one.parsed) for place, one in enumerate(found) if one.parsed is not None]
    edits = tuple(replace(one, path=f"/{place}{one.path}") for place, row in rows for one in row.edits)
    numbers = {key: text for _, row in rows for key, text in row.numbers.items()}
    return Parsed(values, found[-1].end, edits, numbers)


def _recovered(text: str, made: list[Option], answer: Option, judge: Judge) -> Recovered:
    """The answer with an edit for what was left aside."""
    if answer.fit is None:
        raise AssertionError("an answer fits")
    aside = tuple(edit(kind) for kind in _aside(text, made, answer))
    try:
        fit = judge.affordable(answer.fit.after(*aside))
    except Misfit as misfit:
        raise Unrecoverable(str(misfit), reason=misfit.reason, position=answer.found.start) from misfit
    return Recovered(fit.value, fit.edits, total(fit.edits))


def _aside(text: str, made: list[Option], answer: Option) -> list[str]:
    around = text[: answer.found.start] + text[answer.found.end :]
    kinds = ["bom"] if text.startswith("\ufeff") else []
    others = [one for one in made if one is not answer]
    if others:
        same = all(_same(one, answer) for one in others)
        kinds.append("repeated" if same else "other_value")
    elif "reasoning" not in answer.found.edits and _FENCE.sub("", around).strip("\ufeff \t\r\n"):
        kinds.append("prose")
    return kinds


def _same(one: Option, other: Option) -> bool:
    return one.fit is not None and other.fit is not None and written(one.fit.value) == written(other.fit.value)


__all__ = ["recover"]
