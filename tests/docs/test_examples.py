"""Every example runs by itself, without a key and without a network, and says what it is there to show."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .pages import ROOT

SAYS = {
    "quickstart.py": "answered by fast",
    "streaming.py": "tokens",
    "fallback.py": "answered by careful",
    "async_batch.py": "of 100 right",
    "last_resort.py": "template",
    "tools.py": "filed",
    "testing_example.py": "2 tests passed",
    "budget.py": "refused",
    "extract_invoices.py": "single_quotes",
    "classify_tickets.py": "of 24 right",
    "escalate.py": "escalated",
    "shared_slots.py": "never more than 2 at once",
    "tier_local_first.py": "local first",
    "wake_filter.py": "in truth",
    "draft_critique.py": "3 rounds",
    "sampled_verification.py": "in truth",
    "triage.py": "dropped",
}
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def test_every_example_is_run() -> None:
    assert {example.name for example in EXAMPLES} == SAYS.keys()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in {"ONEDOOR_STATE", "XDG_STATE_HOME"}}
    home = {**kept, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-W", "error", str(example)]
    ran = subprocess.run(command, cwd=tmp_path, env=home, capture_output=True, text=True, timeout=30)
    assert ran.returncode == 0, ran.stderr
    assert SAYS[example.name] in ran.stdout
    assert ran.stderr == ""
    assert list(tmp_path.iterdir()) == [], "an example leaves nothing behind, least of all in its user's own state"
    assert len(example.read_text(encoding="utf-8").splitlines()) < 50
