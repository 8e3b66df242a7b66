"""The reference page lists every kind of edit with its cost, and every reason."""

from __future__ import annotations

import re
from pathlib import Path

from onedoor.output import recover as package
from onedoor.output.recover.costs import COSTS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/reference/recover.md").read_text(encoding="utf-8")


def test_every_edit_is_documented_with_its_cost() -> None:
    told = {kind: float(cost) for kind, cost in re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", PAGE, re.M)}
    assert told == dict(COSTS)


def test_every_reason_is_documented() -> None:
    sources = (path.read_text(encoding="utf-8") for path in Path(package.__file__).parent.glob("*.py"))
    used = {name for text in sources for name in re.findall(r'(?:reason=|stuck\(|Hopeless\()"(\w+)"', text)}
    assert used <= set(re.findall(r"`(\w+)`", PAGE.partition("## Refusals")[2].partition("## Edits")[0]))
