"""A comparison to show: hostile answers, failures, differences, verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onedoor
from onedoor.errors import ServerFault
from onedoor.providers.function import Function
from onedoor.quality.comparison import Comparison
from onedoor.types import Call

HOSTILE = (
    '</script x></script><script>window.pwned=1</script><img src=x onerror="window.pwned=1">'
    "\u2028<!--\x00\u202eabc & 'quoted'"
)
NAMES = ("fast", "careful", "<b>odd</b>")


def answer(call: Call) -> str:
    """What each candidate says to each question."""
    name, question = call.candidate.name if call.candidate else "", call.messages[-1].text
    if question.endswith("3") and name == "fast":
        raise ServerFault("down <script>window.pwned=1</script>", provider="p", status=500)
    if question.endswith("4"):
        return HOSTILE
    words = f"The answer to {question} is quite certainly yes, said the old river man."
    return words.replace("yes", "no") if name == "careful" and question.endswith("2") else words


def compared(place: Path, *, cases: int = 8, models: tuple[str, ...] = NAMES, answer: Any = answer) -> Comparison:
    """A comparison of `cases` questions; a right answer says yes. Of the last nothing is known."""
    config: dict[str, Any] = {
        "providers": {"p": {"kind": "openai", "base_url": "http://127.0.0.1:9/v1"}},
        "models": {name: {"provider": "p", "name": name, "price": {"input": 1, "output": 1}} for name in models},
        "tasks": {"chat": {"models": list(models), "retry": {"sends": 1}}},
        "state": {"path": "memory"},
    }
    rows: list[dict[str, Any]] = [
        {"id": f"q{at} <i>", "prompt": f"question <u>number</u> {at}", "check": {"contains": ["yes"]}}
        for at in range(1, cases)
    ]
    with onedoor.open(config, providers={"p": Function(answer)}) as door:
        return door.compare([*rows, {"prompt": "nobody knows"}], name="x", directory=place)
