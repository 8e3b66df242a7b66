"""Draft, critique, revision: how many invoices are right after no, one and three rounds, and what that costs.

The critic stands for a better model: it sees which values don't stand in the invoice.
"""

import json
import re
from pathlib import Path

import onedoor
from onedoor.sim import invoices

SCHEMA = {
    "type": "object",
    "properties": {"supplier": {"type": "string"}, "currency": {"type": "string"}, "total": {"type": "number"}},
    "required": ["supplier", "currency", "total"],
}


def critic(call: onedoor.Call) -> str:
    """What of the draft doesn't stand in the question: both come as documents."""
    told = dict(re.findall(r'"(question|draft)">\n(.*?)\n</document', call.messages[-1].text, re.S))
    draft = json.loads(told["draft"])
    values = {**draft, "total": f"{draft['total']:.2f}"}
    wrong = [f"The {name} isn't {value}." for name, value in values.items() if value not in told["question"]]
    return json.dumps({"problems": wrong})


def main() -> None:
    cases = invoices(30)
    for rounds in (0, 1, 3):
        right = approved = 0
        with onedoor.open(Path(__file__).with_suffix(".toml")) as door:
            for case in cases:
                if rounds:
                    review = door.review(case.prompt, task="read", rounds=rounds, schema=SCHEMA)
                    reply, approved = review.reply, approved + review.approved
                else:
                    reply = door.ask(case.prompt, task="read", schema=SCHEMA)
                right += all(case.truth[name] == reply.data[name] for name in SCHEMA["required"])
            calls, spent = len(door.ledger), sum(row.nano_usd or 0 for row in door.ledger) / 1e9
        print(f"{rounds} rounds: {right} of {len(cases)} right, {approved} approved, {calls} calls, ${spent:.4f}")


if __name__ == "__main__":
    main()
