"""Prints leave-source-out figures: `python -m training.guard.evaluate --data DIR [--json FILE]`, about three minutes.

Every row is judged by an n-gram model, and by weights, that haven't seen its source; the thresholds are read off these
scores. The patterns aren't taught, but were written with the rows in view: figures of theirs are no better than that.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from onedoor.guard.inspection import Kind
from onedoor.guard.ngrams import NGrams
from onedoor.guard.score import Evidence, features
from training.guard.calibrate import ASKED, across, threshold
from training.guard.examples import windows
from training.guard.kept_back import Seen, judged, models
from training.guard.rows import NOT_ATTACKS, Row, load
from training.guard.train import AUTHORED, KINDS, SEED

ONE_SENTENCE = "AgentSecurityBench"
"""The source whose core attacks all share one sentence."""

Share = dict[str, float | int]
Table = dict[str, Share]


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % Wilson interval of a share."""
    share, spread = hits / n, z * z / n
    centre, half = share + spread / 2, z * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, (centre - half) / (1 + spread)), min(1.0, (centre + half) / (1 + spread))


def shares(rows: Sequence[Row], flagged: Sequence[bool], key: Callable[[Row], str]) -> Table:
    """How many rows of each group are blocked."""
    groups: dict[str, list[bool]] = {}
    for row, one in zip(rows, flagged, strict=True):
        groups.setdefault(key(row), []).append(one)
    return {name: _share(sum(group), len(group)) for name, group in sorted(groups.items())}


def parts(evidence: Sequence[Evidence], odds: Sequence[float]) -> Mapping[str, Sequence[float]]:
    """What each component says by itself, and what they say together."""
    said = [[features(reading) for reading in one.readings] for one in evidence]
    return {
        "patterns alone": [max(rules for rules, _ in one) for one in said],
        "n-grams alone": [max(grams for _, grams in one) for one in said],
        "together": odds,
    }


def figures(rows: Sequence[Row], by_fold: Mapping[str, NGrams], kind: Kind) -> dict[str, Table]:
    """The tables for texts taken as of this kind."""
    evidence = judged([Seen.of(row, kind) for row in rows], by_fold)
    odds = across(rows, evidence)
    bar = threshold(rows, odds)
    flagged = [1 / (1 + math.exp(-each)) >= bar for each in odds]
    return {
        f"{kind}: threshold {bar:.4f}, by tier": shares(rows, flagged, lambda row: f"{row.label} {row.tier}"),
        f"{kind}: by source": shares(rows, flagged, lambda row: f"{row.label} {row.tier} {row.source}"),
        f"{kind}: by kind of attack": shares(*_attacks(rows, flagged), lambda row: f"{row.tier} {row.kind}"),
        f"{kind}: by language of attack": shares(*_attacks(rows, flagged), lambda row: f"{row.tier} {row.lang}"),
        f"{kind}: core attacks caught by each part": dict(_components(rows, parts(evidence, odds))),
    }


def _components(rows: Sequence[Row], scores: Mapping[str, Sequence[float]]) -> Iterator[tuple[str, Share]]:
    attacks = [row.attack and row.tier == "core" for row in rows]
    unlike = [one and row.source != ONE_SENTENCE for row, one in zip(rows, attacks, strict=True)]
    harmless = [not row.attack and row.tier == "core" and row.source != "derived-benign-encoded" for row in rows]
    for name, score in scores.items():
        benign = sorted((each for each, one in zip(score, harmless, strict=True) if one), reverse=True)
        for asked in (2 * ASKED, ASKED, ASKED / 5):
            cut = benign[int(asked * len(benign))]
            for which, chosen in (("", attacks), (f" without {ONE_SENTENCE}", unlike)):
                caught = [each > cut for each, one in zip(score, chosen, strict=True) if one]
                yield f"{name}{which} at {asked:.1%}", _share(sum(caught), len(caught))


def _attacks(rows: Sequence[Row], flagged: Sequence[bool]) -> tuple[Sequence[Row], Sequence[bool]]:
    kept = [(row, one) for row, one in zip(rows, flagged, strict=True) if row.attack]
    return [row for row, _ in kept], [one for _, one in kept]


def _share(hits: int, n: int) -> Share:
    low, high = wilson(hits, n)
    return {"rate": round(hits / n, 4), "low": round(low, 4), "high": round(high, 4), "blocked": hits, "n": n}


def tables(data: Path) -> dict[str, Table]:
    """Every figure, from scratch."""
    rows = [row for row in load(data) if row.id not in NOT_ATTACKS]
    by_fold = dict(models(rows, windows(rows, seed=SEED, size=AUTHORED)))
    return {title: table for kind in KINDS for title, table in figures(rows, by_fold, kind).items()}


def show(found: Mapping[str, Table]) -> None:
    for title, table in found.items():
        print(f"\n{title}")
        for name, share in table.items():
            print("  {:<56} {rate:7.2%}  [{low:6.2%}, {high:6.2%}]  {blocked} of {n}".format(name, **share))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of attack.jsonl and benign.jsonl")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    options = parser.parse_args()
    found = tables(options.data)
    show(found)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
