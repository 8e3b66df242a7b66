"""A workflow out of a file: labelled, filtered, answered by whom it takes, and summed up."""

from collections import Counter
from pathlib import Path

import onedoor
from onedoor.sim import tickets

CONFIG = {
    "state": {"path": "memory"},  # nothing of this goes into your own ledger
    "providers": {"sim": {"kind": "sim", "speed": 1000.0}},
    "models": {
        "fast": {"provider": "sim", "name": "fast", "price": {"input": 0.1, "output": 0.4}},
        "careful": {"provider": "sim", "name": "careful", "price": {"input": 3.0, "output": 15.0}},
    },
    "tasks": {"label": {"models": ["fast"]}, "write": {"models": ["fast"]}, "solve": {"models": ["careful"]}},
}


def words(answer: str) -> int:
    """A step of the workflow, connected by its parameter's name."""
    return len(answer.split())


def main() -> None:
    cases = {str(number): case for number, case in enumerate(tickets(80))}
    items = [{"id": key, "text": case.prompt} for key, case in cases.items()]
    flow = onedoor.Workflow.load(Path(__file__).with_suffix(".toml"))
    with onedoor.open(CONFIG) as door:
        *results, report = door.run(flow, items, key="id")
    right = sum(one.data["ticket"]["label"] == cases[one.key].truth["label"] for one in results)
    print(f"{right} of {len(results)} labelled right, {sum(bool(one.dropped) for one in results)} dropped")
    answered = [one.data for one in results if not one.dropped]
    print("answered by", dict(Counter("expert" if "expert" in data else "draft" for data in answered)))
    print(sum(data["words"] for data in answered), "words, summed up in", report.attempts, "calls")
    print(f"${sum(one.usd for one in (*results, report)):.4f}")


if __name__ == "__main__":
    main()
