"""An answer that is one text, number or label, without any JSON around it."""

from __future__ import annotations

import re
from typing import Any

from onedoor.output.pointers import MISSING
from onedoor.output.recover.fitting import Fit, Misfit
from onedoor.output.recover.judge import Judge
from onedoor.output.recover.reader import Parsed, Stuck
from onedoor.output.recover.shape import Shapes
from onedoor.output.recover.spans import Found
from onedoor.output.recover.strict import strict
from onedoor.output.recover.tolerant import parse

LONGEST = 200
_FENCE = re.compile(r"```\w*\n?(?P<inner>[^`]*)```")
_THOUGHT = re.compile(r"</(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis)>", re.I)


def bare(text: str, judge: Judge) -> Fit | None:
    """The value a whole text is, None if it is none."""
    ends = [found.end() for found in _THOUGHT.finditer(text)]
    body = text[ends[-1] if ends else 0 :].strip("\ufeff \t\r\n")
    fence = _FENCE.fullmatch(body)
    plain = body if fence is None else fence["inner"].strip()
    around = ("reasoning",) * bool(ends) + ("fence",) * (fence is not None)
    return next((fit for parsed in _values(plain, judge) if (fit := _fit(parsed, around, judge)) is not None), None)


def _fit(parsed: Parsed, around: tuple[str, ...], judge: Judge) -> Fit | None:
    extra = ("bare",) * (parsed.end < 0)
    try:
        return judge(Found(0, 0, parsed, edits=(*around, *extra)))
    except Misfit:
        return None


def _values(plain: str, judge: Judge) -> list[Parsed]:
    """What the text may be, the plainest first: JSON, nearly JSON, a label or number without quotes."""
    found: list[Parsed] = []
    value = strict(plain)
    if value is not MISSING:
        found.append(Parsed(value, len(plain)))
    nearly = _nearly(plain)
    if nearly is not None and value is MISSING:
        found.append(nearly)
    if judge.compiled is not None and len(plain) <= LONGEST and not _any_text(judge.shapes, judge.compiled.plain):
        found.append(Parsed(plain, -1))
    return found


def _nearly(plain: str) -> Parsed | None:
    if not plain or plain[0] in "{[(":
        return None
    try:
        parsed = parse(plain, 0, 1)
    except Stuck:
        return None
    return parsed if parsed.end == len(plain) and parsed.cut is None else None


def _any_text(shapes: Shapes, schema: Any) -> bool:
    """Whether any text at all may stand at the top: then prose would pass for the answer."""
    shape = shapes.of(schema)
    if shape.variants:
        return any(_any_text(shapes, variant) for variant in shape.variants)
    return shape.options is None and shape.takes("string")
