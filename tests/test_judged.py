"""A door says how good its answers were, whether it keeps them in memory or in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

import onedoor
from onedoor.errors import WrongContext
from onedoor.judged import judged
from onedoor.standard import Parts
from onedoor.state import State
from onedoor.state_ledger import StateLedger
from onedoor.stores.sqlite import SqliteEngine

CONFIG = {
    "providers": {"sim": {"kind": "sim", "speed": 100_000}},
    "models": {
        "fast": {"provider": "sim", "name": "fast", "price": {"input": 1, "output": 1}},
        "outage": {"provider": "sim", "name": "outage"},
    },
    "tasks": {"chat": {"models": ["fast"]}, "shaky": {"models": ["outage", "fast"], "retry": {"sends": 1}}},
}


@pytest.mark.parametrize("where", ["memory", "file"])
async def test_a_door_s_answers_are_summed_up(where: str, tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    if where == "file":
        state = State(lambda: SqliteEngine(file))
        parts = Parts(state=state, ledger=StateLedger(state))
    else:
        parts = Parts()
    async with onedoor.open_async(CONFIG, parts=parts) as door:
        right = await door.ask("one", task="chat")
        wrong = await door.ask("two", task="chat")
        await door.ask("three", task="shaky")
        await door.verdict(right.id, accepted=True)
        await door.verdict(wrong.id, accepted=True)
        await door.verdict(wrong.id, accepted=False, reason="no")
        found = await judged(parts.state, parts.ledger, file if where == "file" else None)
        only = await judged(parts.state, parts.ledger, file if where == "file" else None, task="chat")
    rows = {(row.key, row.model): row for row in found.rows}
    chat = rows["chat", "fast"]
    assert (chat.calls, chat.answered, chat.judged, chat.accepted, chat.people) == (2, 2, 2, 1, 2)
    assert chat.nano_usd == sum(reply.cost.nano_usd for reply in (right, wrong) if reply.cost)
    assert (rows["shaky", "fast"].degraded_share, rows["shaky", "outage"].answered) == (1.0, 0)
    assert rows["shaky", "outage"].calls == 1
    assert [row.key for row in only.rows] == ["chat"]
    await parts.state.close()


async def test_what_is_in_no_file_can_t_be_read(tmp_path: Path) -> None:
    state = State(lambda: SqliteEngine(tmp_path / "state.db"))
    with pytest.raises(WrongContext, match="kept in memory"):
        await judged(state, StateLedger(state), None)
