"""Typed invoices out of answers that are damaged, each in another way: what had to be mended, and what could not be."""

from datetime import date
from typing import Literal

from pydantic import BaseModel

import onedoor
from onedoor.sim import invoices


class Invoice(BaseModel):
    supplier: str
    date: date
    currency: Literal["EUR", "USD", "GBP", "CHF"]
    total: float


READABLE = ("fenced", "single_quotes", "unquoted_keys", "numbers_as_text", "key_case")
DAMAGED = (*READABLE, "missing_field", "truncated", "refusal")
CONFIG = {
    "state": {"path": "memory"},  # nothing of this goes into your own ledger
    "providers": {"sim": {"kind": "sim", "speed": 10.0}},
    "models": {name: {"provider": "sim", "name": name} for name in DAMAGED},
}

with onedoor.open(CONFIG) as door:
    for model, case in zip(DAMAGED, invoices(len(DAMAGED)), strict=True):
        try:
            reply = door.extract(case.prompt, Invoice, model=model)
        except onedoor.OnedoorError as error:
            print(f"{model:<16} {type(error).__name__}: {error}")
            continue
        bill = reply.data
        right = "right" if bill.total == case.truth["total"] and str(bill.date) == case.truth["date"] else "wrong"
        print(f"{model:<16} {bill.total:>9.2f} {bill.currency} {right}, {reply.attempts} asked")
        for edit in reply.edits:
            print(f"{'':<16}   {edit.kind} {edit.path} {edit.note}")
