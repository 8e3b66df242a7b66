"""What is known of a server holding a model to a schema."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest

from onedoor.output.enforcement import (
    ENOUGH,
    Enforcement,
    MemoryBook,
    Route,
    Standing,
    answered,
    kept,
    refused,
    report,
    sent,
)

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


@pytest.mark.parametrize(
    ("events", "standing"),
    [
        ("", "unknown"),
        ("s", "sent"),
        ("sr", "rejected"),
        ("sa", "accepted"),
        ("sk", "accepted"),
        ("sk" * ENOUGH, "enforced"),
        ("sk" * ENOUGH + "sb", "unenforced"),
        ("sb", "unenforced"),
        ("sb" + "sk" * ENOUGH, "unenforced"),
    ],
)
def test_observations_come_to_a_standing(events: str, standing: Standing) -> None:
    steps: dict[str, Any] = {
        "s": sent,
        "r": refused,
        "a": lambda record: answered(record, None),
        "k": lambda record: answered(record, True),
        "b": lambda record: answered(record, False),
    }
    assert reduce(lambda record, event: steps[event](record), events, Enforcement()).standing == standing


@pytest.mark.parametrize(
    ("text", "reason", "proof"),
    [
        ('{"a": 1}', "stop", True),
        ('{"a": "x"}', "stop", False),
        ('Sure: {"a": 1}', "stop", False),
        ('```json\n{"a": 1}\n```', "stop", False),
        ('{"a": ', "length", None),
        ("", "stop", None),
        ("I can't", "refusal", None),
    ],
)
def test_what_an_answer_proves(text: str, reason: Any, proof: bool | None) -> None:
    assert kept(SCHEMA, text, finish_reason=reason) is proof


def test_a_book_reports_each_route_apart() -> None:
    book = MemoryBook()
    for route, fits in ((Route("m", "b", True), False), (Route("m", "a"), True)):
        book.note(route, answered(sent(book.of(route)), fits))
    assert [(row.model, row.server, row.thinking, row.standing) for row in report(book)] == [
        ("m", "a", False, "accepted"),
        ("m", "b", True, "unenforced"),
    ]
    assert book.of(Route("m", "a", True)) == Enforcement()
