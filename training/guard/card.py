"""Prints the measured parts of the model card: `python -m training.guard.card FIGURES`, of what `… .evaluate` wrote."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from training.guard.evaluate import Share, Table
from training.guard.train import KINDS, SHIPPED

CALLED = {"user": "a user's words", "document": "documents"}
ASKED = ("1.0%", "0.5%", "0.1%")


def hashes(folder: Path) -> Iterator[str]:
    """The files that are shipped."""
    yield "| File | sha256 |"
    yield "|---|---|"
    for name in ("ngrams.npz", "score.json"):
        yield f"| `weights/{name}` | `{hashlib.sha256((folder / name).read_bytes()).hexdigest()}` |"


def parts(found: Mapping[str, Table]) -> Iterator[str]:
    """What each part catches by itself, and all together."""
    yield "| Texts taken as | Part | at 1 % of harmless texts | at 0.5 % | at 0.1 % |"
    yield "|---|---|---:|---:|---:|"
    for kind in KINDS:
        table = found[f"{kind}: core attacks caught by each part"]
        for name in dict.fromkeys(row.rpartition(" at ")[0] for row in table):
            caught = " | ".join(_percent(table[f"{name} at {asked}"]["rate"]) for asked in ASKED)
            yield f"| {CALLED[kind]} | {name} | {caught} |"


def blocked(table: Table, called: str) -> Iterator[str]:
    """How many rows of each group are blocked."""
    yield f"| {called} | blocked | 95 % interval | rows |"
    yield "|---|---:|---|---:|"
    yield from (f"| {name} | {_blocked(share)} |" for name, share in table.items())


def card(found: Mapping[str, Table]) -> Iterator[str]:
    """Every measured table of the card."""
    yield from (*hashes(SHIPPED), "", *parts(found))
    for title, table in found.items():
        if not title.endswith("each part"):
            yield from ("", f"{title[0].upper()}{title[1:]}", "", *blocked(table, "Rows"))


def _blocked(share: Share) -> str:
    return f"{_percent(share['rate'])} | {100 * share['low']:.1f} – {_percent(share['high'])} | {share['n']}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", type=Path, help="the JSON that `python -m training.guard.evaluate --json` wrote")
    options = parser.parse_args()
    print("\n".join(card(json.loads(options.figures.read_bytes()))))


if __name__ == "__main__":
    main()
