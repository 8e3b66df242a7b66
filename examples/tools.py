"""A whole tool loop: the model asks for a tool, we run it, the model answers with its result in hand."""

import json

import onedoor
from onedoor.sim import LABELS, tickets

CONFIG = {
    "state": {"path": "memory"},  # nothing of this goes into your own ledger
    "providers": {"sim": {"kind": "sim", "speed": 10.0}},
    "models": {"tools": {"provider": "sim", "name": "tools"}},
    "tasks": {"file": {"models": ["tools"]}},
}
FILE_TICKET = onedoor.Tool(
    name="file_ticket",
    description="Files the ticket under a label.",
    parameters={
        "type": "object",
        "properties": {"label": {"type": "string", "enum": list(LABELS)}},
        "required": ["label"],
    },
)
MOST_ROUNDS = 4


def file_ticket(label: str) -> str:
    print(f"  filed under {label}")
    return f"filed under {label}"


with onedoor.open(CONFIG) as door:
    for case in tickets(3):
        print(case.id)
        turns = [{"role": "user", "content": case.prompt}]
        for _ in range(MOST_ROUNDS):
            reply = door.ask(turns, task="file", tools=[FILE_TICKET])
            turns.append(reply.message)
            for call in reply.tool_calls:
                result = file_ticket(**json.loads(call.arguments))
                turns.append({"role": "tool", "tool_call_id": call.id, "content": result})
            if not reply.tool_calls:
                break
        print("  the model says:", reply, "- right" if json.loads(reply.text) == case.truth else "- wrong")
