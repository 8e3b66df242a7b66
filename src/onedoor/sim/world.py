"""Synthetic documents with a known truth. A document's number carries its seed, so the truth needs no store."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import msgspec

from onedoor.errors import InvalidCall
from onedoor.sim.dice import Dice

Kind = Literal["invoice", "ticket"]

SUPPLIERS = (
    "Quillfeather Supplies",
    "Brambleworth & Daughters",
    "Otterbridge Instruments",
    "Pendlemoor Paper",
    "Saltmarrow Logistics",
    "Thistledown Electrics",
    "Umberfield Catering",
    "Wrenlow Office Goods",
)
CURRENCIES = ("EUR", "USD", "GBP", "CHF")
LABELS = ("billing", "shipping", "returns", "technical", "account", "feedback")

_GOODS = ("copper kettle", "desk lamp", "ring binder", "label printer", "oak shelf", "toner cartridge", "whiteboard")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_VAT = (0, 7, 19, 20)
_TROUBLES: Mapping[str, tuple[str, ...]] = {
    "billing": (
        "My card was charged twice for the same month.",
        "The invoice shows a price I never agreed to pay.",
        "Why did the monthly fee on my statement go up?",
    ),
    "shipping": (
        "The parcel should have been here a week ago and tracking stands still.",
        "The courier left my delivery at the wrong house.",
        "When will the order you dispatched on Monday arrive?",
    ),
    "returns": (
        "The jacket doesn't fit and I would like to send it back.",
        "How do I send back the lamp for an exchange?",
        "I posted the shoes back to you; please confirm you received them.",
    ),
    "technical": (
        "The app crashes as soon as I open the export screen.",
        "Since the update every page shows error 500.",
        "The sync stops at 80 % and never finishes.",
    ),
    "account": (
        "I can't log in because the reset mail never comes.",
        "Please change the e-mail address I sign in with.",
        "How do I close my profile and delete my user data?",
    ),
    "feedback": (
        "I just wanted to say that the new design is lovely.",
        "A suggestion: a dark theme would be great.",
        "Compliments to your team, keep up the good work!",
    ),
}
_ASIDES = ("I have been a customer for years.", "I am writing from my phone.", "Thanks for looking into it.")
_NUMBER = re.compile(r"\b(INV|TCK)-(\d{5,9})-S(\d{1,18})\b")
_INVOICE_TASK = (
    "Read the invoice below. Answer with one JSON object and nothing else, with the keys number, supplier, "
    "date (YYYY-MM-DD), currency, total (the amount due, a number) and items (a list of objects with the keys "
    "description, quantity and unit_price, in the order given)."
)
_TICKET_TASK = (
    "Read the support ticket below and choose the label that fits its main concern: " + ", ".join(LABELS) + ". "
    'Answer with one JSON object and nothing else: {"label": "<the label>"}.'
)


@dataclass(frozen=True, slots=True)
class Case:
    """A question with a known answer: `truth` is the value a right answer parses to."""

    id: str
    kind: Kind
    prompt: str
    truth: Mapping[str, Any]


def invoices(count: int, *, seed: int = 0) -> tuple[Case, ...]:
    """Invoices to extract; the same seed gives the same ones."""
    return tuple(_invoice(number, _seed(seed)) for number in range(1, count + 1))


def tickets(count: int, *, seed: int = 0) -> tuple[Case, ...]:
    """Support tickets to put into one of `LABELS`; the same seed gives the same ones."""
    return tuple(_ticket(number, _seed(seed)) for number in range(1, count + 1))


def find(text: str) -> Case | None:
    """The case whose document is in `text`; the last one where there are several."""
    found = _NUMBER.findall(text)
    if not found:
        return None
    prefix, number, seed = found[-1]
    return (_invoice if prefix == "INV" else _ticket)(int(number), int(seed))


def is_right(case: Case, text: str) -> bool:
    """Whether `text` is the case's truth as JSON, and nothing else but white space around it."""
    try:
        said = msgspec.json.decode(text.strip())
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return _same(case.truth, said)


def as_json(truth: object) -> str:
    """How a right answer is written."""
    return json.dumps(truth, ensure_ascii=False)


def _same(truth: Any, said: Any) -> bool:
    """Equal as JSON: 2 and 2.0 are one number, 1 and true are not one value."""
    if isinstance(truth, Mapping) and isinstance(said, Mapping):
        return truth.keys() == said.keys() and all(_same(truth[name], said[name]) for name in truth)
    if isinstance(truth, list) and isinstance(said, list):
        return len(truth) == len(said) and all(map(_same, truth, said))
    return isinstance(truth, bool) == isinstance(said, bool) and bool(truth == said)


def _seed(seed: int) -> int:
    if not 0 <= seed < 10**18:
        raise InvalidCall(f"seed {seed} can't be written into a document; give a whole number from 0 to 10^18 - 1")
    return seed


def _invoice(number: int, seed: int) -> Case:
    name = f"INV-{number:05d}-S{seed}"
    dice = Dice(name)
    items = [_item(dice, place) for place in range(dice.between("items", 1, 4))]
    net = sum(item["quantity"] * round(item["unit_price"] * 100) for item in items)
    vat = dice.pick("vat", _VAT)
    truth = {
        "number": name,
        "supplier": dice.pick("supplier", SUPPLIERS),
        "date": (date(2024, 1, 1) + timedelta(days=dice.between("date", 0, 729))).isoformat(),
        "currency": dice.pick("currency", CURRENCIES),
        "total": (net + (net * vat + 50) // 100) / 100,
        "items": items,
    }
    return Case(name, "invoice", f"{_INVOICE_TASK}\n\n{_invoice_text(truth, net / 100, vat)}", truth)


def _item(dice: Dice, place: int) -> dict[str, Any]:
    return {
        "description": dice.pick(f"goods {place}", _GOODS),
        "quantity": dice.between(f"quantity {place}", 1, 12),
        "unit_price": dice.between(f"price {place}", 199, 24_999) / 100,
    }


def _invoice_text(truth: Mapping[str, Any], net: float, vat: int) -> str:
    issued = date.fromisoformat(truth["date"])
    lines = [f"  {item['quantity']} x {item['description']} at {item['unit_price']:.2f}" for item in truth["items"]]
    return "\n".join(
        [
            "INVOICE",
            f"From: {truth['supplier']}",
            f"Invoice no.: {truth['number']}",
            f"Date: {issued.day} {_MONTHS[issued.month - 1]} {issued.year}",
            f"All amounts in {truth['currency']}",
            *lines,
            f"Net amount: {net:.2f}",
            f"VAT {vat} %: {truth['total'] - net:.2f}",
            f"Total due: {truth['total']:.2f}",
        ]
    )


def _ticket(number: int, seed: int) -> Case:
    name = f"TCK-{number:05d}-S{seed}"
    dice = Dice(name)
    label = dice.pick("label", LABELS)
    words = f"{dice.pick('trouble', _TROUBLES[label])} {dice.pick('aside', _ASIDES)}"
    return Case(name, "ticket", f"{_TICKET_TASK}\n\nTicket {name}\nHello, {words}", {"label": label})
