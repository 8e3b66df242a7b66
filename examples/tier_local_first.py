"""Local first, escalated on a low score: how many invoices are right, and what they cost, beside either model alone."""

import tempfile
import tomllib
from pathlib import Path

from pydantic import BaseModel

import onedoor
from onedoor.ledger.ledger import Ledger
from onedoor.sim import invoices

CONFIG = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


class Invoice(BaseModel):
    supplier: str
    currency: str
    total: float


def borne_out_by(document: str) -> onedoor.Contract:
    """An invoice whose score is the share of its values that stand in the document."""

    def share(bill: Invoice) -> float:
        return sum(told in document for told in (bill.supplier, bill.currency, f"{bill.total:.2f}")) / 3

    return onedoor.contract(Invoice, checks=[share])


def main() -> None:
    cases = invoices(30)
    ways = {"local alone": {"model": "local"}, "local first": {}, "frontier alone": {"model": "frontier"}}
    with tempfile.TemporaryDirectory() as place:
        state = Path(place) / "state.db"  # a ledger of its own, to see what every attempt cost
        right = dict.fromkeys(ways, 0)
        with onedoor.open({**CONFIG, "state": {"path": str(state)}}) as door:
            for way, more in ways.items():
                for case in cases:
                    reply = door.ask(case.prompt, task="read", schema=borne_out_by(case.prompt), run=way, **more)
                    right[way] += all(case.truth[name] == value for name, value in reply.data)
        with Ledger(state) as ledger:
            for row in sorted(ledger.report("run"), key=lambda row: list(ways).index(row.key)):
                print(f"{row.key:<15} {right[row.key]} of {len(cases)} right, ${row.nano_usd / 1e9:.4f}")


if __name__ == "__main__":
    main()
