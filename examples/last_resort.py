"""No model can answer: the last good answer does, or a fixed text, labelled."""

import onedoor
from onedoor.testing import Scripted

CONFIG = {
    "state": {"path": "memory"},  # nothing of this goes into your own ledger
    "providers": {"hosted": {"kind": "openai"}},
    "models": {"main": {"provider": "hosted", "name": "main"}},
    "tasks": {
        "help": {
            "models": ["main"],
            "retry": {"sends": 1},
            "cache": {"ttl": 0},  # keeps answers for last_good only
            "last_resort": ["last_good", {"template": "We will come back to you about: {prompt}"}],
        }
    },
}
SCRIPT = ["Open the account page and choose Reset.", onedoor.ServerFault("down"), onedoor.ServerFault("still down")]

with onedoor.open(CONFIG, providers={"hosted": Scripted(SCRIPT)}) as door:
    for question in ("How do I reset my password?", "How do I reset my password?", "Where is my parcel?"):
        reply = door.ask(question, task="help")
        print(f"{question}\n  {reply.text}\n  by {reply.model}, cached: {reply.cached}")
        for reason in reply.degraded:
            print("  degraded:", reason)
