"""The first model is down: the second one answers, and the reply says so."""

import onedoor

CONFIG = {
    "state": {"path": "memory"},  # nothing of this goes into your own ledger
    "providers": {"sim": {"kind": "sim", "speed": 10.0}},
    "models": {name: {"provider": "sim", "name": name} for name in ("outage", "careful")},
    "tasks": {"chat": {"models": ["outage", "careful"]}},
}

with onedoor.open(CONFIG) as door:
    reply = door.ask("Name three rivers in France.", task="chat")
    print(f"answered by {reply.model}, {reply.attempts} requests, {reply.retries} of them retries")
    for reason in reply.degraded:
        print("degraded:", reason)

    try:
        door.ask("Name three rivers in France.", task="chat", degrade="never")
    except onedoor.CandidateFailed as error:
        print(f'with degrade="never": {error.code}: {error}')
        for note in error.trail:
            print("  " * note.depth + note.rail, note.candidate, note.outcome, note.remark)
