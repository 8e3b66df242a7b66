"""The answers of a comparison: a line for each case, two answers side by side, and all of them as the script's data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from onedoor.pages.figures import dollars, seconds
from onedoor.pages.html import Node, element
from onedoor.pages.marks import shape
from onedoor.quality.cases import Case
from onedoor.quality.comparison import Comparison
from onedoor.quality.matrix import cell, differs
from onedoor.quality.results import Result

WORDS = {"accepted": "accepted", "rejected": "rejected", "unknown": "no verdict"}
SIGNS = {"accepted": "✓", "rejected": "✗", "unknown": "-"}
SHOWN = 110
"""Characters of an answer in the matrix."""

SAME = 40
"""A beginning that all questions share is left out from so many characters on."""

KEYS = "Arrows move, Enter opens two answers side by side, a and r accept and reject, u takes that back, Esc closes."


def matrix(found: Comparison) -> Iterator[str]:
    """A line for each case, a cell for each candidate."""
    names = [variant.name for variant in found.variants]
    yield '<section aria-label="Answers"><h2>Answers</h2>'
    yield str(_tools())
    yield str(element("p", KEYS, class_="soft keys"))
    heads = (element("th", shape(place), name, scope="col") for place, name in enumerate(names))
    head = element("thead", element("tr", element("th", "Case", scope="col"), *heads))
    yield '<div class="wide" role="region" aria-label="Answers, scrolls sideways"><table id="matrix">'
    yield f"{head}<tbody>"
    same = _same_beginning(found)
    for place, (case, results) in enumerate(_by_case(found)):
        question = _question(case, found)
        shown = question[same:].lstrip() if same else question
        yield str(_row(place, case, results, names, ("… " if same else "") + shown))
    yield '</tbody></table></div><p id="none" class="none" hidden>No case is left by this filter.</p></section>'


def _tools() -> Node:
    filters = (
        element(
            "button",
            label,
            " ",
            element("small"),
            type="button",
            data_filter=name,
            aria_pressed=str(name == "all").lower(),
        )
        for name, label in (("all", "All"), ("fail", "Failures"), ("diff", "Differences"), ("unreviewed", "Unreviewed"))
    )
    find = element(
        "input", id="find", type="search", placeholder="filter cases", aria_label="Show only cases that contain"
    )
    export = element("button", "export marks", id="export", type="button")
    return element(
        "div",
        element("div", *filters, class_="filters", role="group", aria_label="Which cases"),
        find,
        export,
        class_="tools",
        data_live=True,
        hidden=True,
    )


def _by_case(found: Comparison) -> Iterator[tuple[Case, dict[str, Result]]]:
    known = {case.id: case for case in found.cases}
    for name, results in groupby(found, key=lambda result: result.case):
        yield known[name], {result.variant: result for result in results}


def _same_beginning(found: Comparison) -> int:
    """How far all questions are the same, up to a word: it says nothing about any of them."""
    if len(found.cases) < 2:
        return 0
    first = _question(found.cases[0], found)
    same = min(_shared(first, _question(case, found)) for case in found.cases[1:])
    return max(first.rfind(blank, 0, same) + 1 for blank in " \n") if same > SAME else 0


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with together."""
    unlike = (place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)
    return next(unlike, min(len(one), len(other)))


def _row(place: int, case: Case, results: dict[str, Result], names: Sequence[str], question: str) -> Node:
    told = [results[name] for name in names if name in results]
    cells = (_cell(results.get(name), number) for number, name in enumerate(names))
    name = element("th", element("b", case.id), element("span", _short(question, 70)), scope="row")
    fails = any(result.verdict == "rejected" for result in told)
    return element(
        "tr",
        name,
        *cells,
        data_case=place,
        data_find=f"{case.id} {_short(question, 300)}",
        data_fail=fails,
        data_diff=_differs(told),
    )


def _differs(told: Sequence[Result]) -> bool:
    """By verdict and score; where nobody gave a verdict, by the words."""
    if any(result.verdict != "unknown" or result.score is not None for result in told):
        return differs([cell(result) for result in told])
    return len({" ".join(result.text.split()).casefold() for result in told}) > 1


def _cell(result: Result | None, number: int) -> Node:
    if result is None:
        return element("td", element("span", "not asked", class_="soft"), class_="away", data_at=number)
    said = "failed" if result.error else result.verdict
    sign = "!" if result.error else SIGNS[result.verdict]
    cost = "" if result.nano_usd is None else dollars(result.nano_usd / 1e9)
    return element(
        "td",
        element("span", sign, class_=f"pill {said}", title=_why(result)),
        element("span", _short(result.message if result.error else result.text, SHOWN), class_="said"),
        element("small", f"{cost} · {seconds(result.seconds)}" if cost else seconds(result.seconds)),
        data_at=number,
    )


def _why(result: Result) -> str:
    if result.error:
        return f"failed: {result.error}"
    return f"{WORDS[result.verdict]}{f': {_short(result.reason, 200)}' if result.reason else ''}"


def dialog(found: Comparison, *, served: bool) -> Node:
    """Two answers side by side."""
    sides = (_side(place, found, served=served) for place in range(min(2, len(found.variants))))
    back = element("button", "←", type="button", id="back", aria_label="Case before", title="case before (k)")
    ahead = element("button", "→", type="button", id="ahead", aria_label="Case after", title="next case (j)")
    close = element("button", "close", type="button", id="close")
    head = element("header", element("h2", id="which"), element("div", back, ahead, close, class_="tools"))
    question = element("details", element("summary", "Question"), element("pre", id="question"), open=True)
    wanted = element("details", element("summary", "Expected"), element("pre", id="expected"), id="wanted", open=True)
    return element(
        "dialog", head, question, wanted, element("div", *sides, class_="sides"), id="both", aria_labelledby="which"
    )


def _side(place: int, found: Comparison, *, served: bool) -> Node:
    options = (element("option", variant.name, value=number) for number, variant in enumerate(found.variants))
    choice = element("select", *options, aria_label="Candidate")
    thumbs = [
        element("button", "✓ accept", type="button", class_="accept", aria_label="accept", title="accept (a)"),
        element("button", "✗ reject", type="button", class_="reject", aria_label="reject", title="reject (r)"),
    ]
    bar = element(
        "div",
        choice,
        element("span", class_="pill"),
        element("span", class_="mark"),
        *(thumbs if served else ()),
        class_="tools",
    )
    return element(
        "section",
        bar,
        element("p", class_="soft facts"),
        element("p", class_="reason"),
        element("pre", class_="answer", tabindex="0"),
        class_="side",
        data_side=place,
    )


def data(found: Comparison) -> Iterator[str]:
    """Every answer whole, for the script; as data it is never run."""
    yield '<script type="application/json" id="data">{"name":'
    yield _json(found.name)
    yield f',"names":{_json([variant.name for variant in found.variants])},"cases":['
    for place, (case, results) in enumerate(_by_case(found)):
        told = [_told(results.get(variant.name)) for variant in found.variants]
        expected = "" if case.expected is msgspec.UNSET else _words(case.expected)
        row = {"id": case.id, "question": _question(case, found), "expected": expected, "answers": told}
        yield f"{',' if place else ''}{_json(row)}"
    yield "]}</script>"


def _told(result: Result | None) -> dict[str, object] | None:
    if result is None:
        return None
    facts = [
        "price unknown" if result.nano_usd is None else dollars(result.nano_usd / 1e9),
        seconds(result.seconds),
        f"{result.input} + {result.output} tokens",
        *([f"{result.attempts} attempts"] if result.attempts > 1 else []),
        *([f"score {result.score:.2f}"] if result.score is not None else []),
        *([result.served] if result.served else []),
    ]
    said = f"{result.error}: {result.message}" if result.error else result.reason
    return {
        "call": result.call,
        "said": "failed" if result.error else result.verdict,
        "facts": " · ".join(facts),
        "reason": said,
        "text": result.text,
    }


def _question(case: Case, found: Comparison) -> str:
    """As the first candidate was asked it, with the texts it is about."""
    asked = case.question(found.templates.get(found.variants[0].template))
    return "\n\n".join([asked, *(f"[{one.name or 'document'}]\n{one.text}" for one in case.context)])


def _words(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _json(value: object) -> str:
    """JSON that can't end the element it stands in."""
    text = msgspec.json.encode(value).decode("utf-8", "replace")
    return (
        text.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def _short(text: str, most: int) -> str:
    line = " ".join(text[: most * 4].split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
