"""The cheap model first: where its answer isn't borne out by the document, the dear one is asked."""

from collections import Counter

from pydantic import BaseModel

import onedoor
from onedoor.sim import invoices

CONFIG = {
    "state": {"path": "memory"},  # nothing of this goes into your own ledger
    "providers": {"sim": {"kind": "sim", "speed": 100.0}},
    "models": {
        "local": {"provider": "sim", "name": "wrong", "price": {"input": 0.05, "output": 0.2}},
        "frontier": {"provider": "sim", "name": "careful", "price": {"input": 3.0, "output": 15.0}},
    },
    "tasks": {"read": {"models": ["local", "frontier"], "min_score": 1.0}},
}


class Invoice(BaseModel):
    supplier: str
    currency: str
    total: float


def borne_out_by(document: str) -> onedoor.Contract:
    """An invoice whose score is the share of its values that stand in the document."""

    def share(bill: Invoice) -> float:
        return sum(told in document for told in (bill.supplier, bill.currency, f"{bill.total:.2f}")) / 3

    return onedoor.contract(Invoice, checks=[share])


answered, spent, right = Counter(), 0, 0
with onedoor.open(CONFIG) as door:
    for case in invoices(20):
        reply = door.ask(case.prompt, task="read", schema=borne_out_by(case.prompt))
        answered[reply.model] += 1
        right += all(case.truth[name] == value for name, value in reply.data)
        for reason in reply.degraded:
            print(case.id, reason)

print(f"{right} of 20 right, answered by {dict(answered)}")
