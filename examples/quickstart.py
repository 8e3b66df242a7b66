"""One question through one door, and what the reply tells."""

import onedoor

CONFIG = {
    "state": {"path": "memory"},  # nothing of this goes into your own ledger
    "providers": {"sim": {"kind": "sim"}},
    "models": {"fast": {"provider": "sim", "name": "fast", "price": {"input": 0.15, "output": 0.6}}},
    "tasks": {"chat": {"models": ["fast"], "max_output_tokens": 200, "deadline": 30}},
}

with onedoor.open(CONFIG) as door:
    reply = door.ask("Name three rivers in France.", task="chat")

print(reply.text)
print(f"answered by {reply.model} at {reply.provider} in {reply.duration:.2f} s")
print(f"{reply.usage.input} + {reply.usage.output} tokens, {reply.cost}, simulated: {reply.simulated}")
for note in reply.trail:
    print("  " * note.depth + note.rail, note.outcome)
