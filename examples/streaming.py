"""An answer as it is written."""

import onedoor

CONFIG = {
    "state": {"path": "memory"},  # nothing of this goes into your own ledger
    "providers": {"sim": {"kind": "sim"}},
    "models": {"fast": {"provider": "sim", "name": "fast"}},
    "tasks": {"chat": {"models": ["fast"], "timeout": {"first_token": 5, "stall": 2}}},
}

with onedoor.open(CONFIG) as door, door.stream("Tell me about the Loire.", task="chat") as deltas:
    for delta in deltas:
        print(delta, end="", flush=True)

reply = deltas.reply
print(f"\n{reply.usage.output} tokens, the first after {reply.first_token:.2f} s, all after {reply.duration:.2f} s")
