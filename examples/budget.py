"""A caller has so much money a day: near its end a cheaper model answers, then nobody does until it resets."""

from collections import Counter
from datetime import UTC, datetime

import onedoor

CONFIG = {
    "state": {"path": "memory"},  # nothing of this goes into your own ledger
    "providers": {"sim": {"kind": "sim", "speed": 100.0}},
    "models": {
        "big": {"provider": "sim", "name": "careful", "price": {"input": 3.0, "output": 15.0}},
        "small": {"provider": "sim", "name": "fast", "price": {"input": 1.0, "output": 4.0}},
    },
    "tasks": {"chat": {"models": ["big", "small"], "max_output_tokens": 100}},
    "callers": {"etl": {"budgets": [{"usd": 0.003, "per": "day", "strict": True}]}},
}

spent, answers, reason = 0, Counter(), ""
with onedoor.open(CONFIG) as door:
    while True:
        try:
            reply = door.ask("Name three rivers in France.", task="chat", caller="etl")
        except onedoor.BudgetExceeded as error:
            print("refused:", error)
            print("again at", datetime.fromtimestamp(error.until, UTC), "for", error.limit)
            break
        spent += reply.cost.nano_usd
        answers[reply.model] += 1
        reason = reason or next(map(str, reply.degraded), "")

print("why small answered:", reason)
print("answered by", dict(answers), f"for ${spent / 1e9:.6f} of $0.003")
