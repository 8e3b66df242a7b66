"""Prints leave-source-out figures: `python -m training.guard.semantic.evaluate --data DIR [--json FILE]`, ten minutes.

The sources are left out in three groups, so that three networks do; each has seen fewer sources than the shipped one.
A row's score is that of its worst reading, by the arithmetic that ships. Thresholds are read off these scores.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize

from onedoor.guard.look import Read
from onedoor.guard.meaning.network import unpacked
from training.guard.evaluate import shares
from training.guard.rows import NOT_ATTACKS, Row, folds, load
from training.guard.semantic.corpus import Words
from training.guard.semantic.export import packed
from training.guard.semantic.fit import Fitted, Settings, fit
from training.guard.semantic.learning import authored, labelled

LEFT_OUT = (
    ("deepset and kin",),
    ("PyRIT-jailbreak-templates", "FuzzyAI", "mt-bench"),
    ("AgentSecurityBench", "greshake-llm-security", "deepteam-examples", "awesome-chatgpt-prompts"),
)
"""The folds of attacks that are left out together; the other folds are dealt out over these groups."""

ASKED = (0.01, 0.005, 0.001)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What makes the log-odds hold on unseen sources: (logit + offset) / temperature."""

    temperature: float
    offset: float


def groups(rows: Sequence[Row]) -> dict[str, int]:
    """The group of every fold."""
    named = {fold: number for number, group in enumerate(LEFT_OUT) for fold in group}
    others = (fold for fold in folds(rows) if fold not in named)
    return named | {fold: number % len(LEFT_OUT) for number, fold in enumerate(others)}


def scores(rows: Sequence[Row]) -> Mapping[str, float]:
    """The log-odds of every row by a network that hasn't seen its source."""
    words, group = Words(), groups(rows)
    texts = authored(words)
    return {
        row.id: logit
        for unseen in range(len(LEFT_OUT))
        for row, logit in _scored(
            [row for row in rows if group[row.fold] == unseen],
            fit(labelled([row for row in rows if group[row.fold] != unseen], words) + texts, words, Settings()),
        )
    }


def _scored(rows: Sequence[Row], fitted: Fitted) -> Iterator[tuple[Row, float]]:
    network = unpacked(packed(fitted))
    for row in rows:
        yield row, max(map(network.logit, Read.of(row.text, "user", ()).readings))


def calibrated(rows: Sequence[Row], logits: Mapping[str, float]) -> Calibration:
    """Temperature and offset at which core rows are likeliest, both labels counted alike."""
    kept = [row for row in rows if row.tier == "core" and row.source != "derived-benign-encoded"]
    logit = np.array([logits[row.id] for row in kept])
    attack = np.array([row.attack for row in kept])
    share = np.where(attack, 1 / attack.sum(), 1 / (~attack).sum())
    signs = np.where(attack, 1.0, -1.0)

    def loss(at: NDArray[np.float64]) -> float:
        return float(share @ np.logaddexp(0, -signs * (logit + at[1]) / at[0]))

    heat, offset = minimize(loss, np.array([1.0, 0.0]), bounds=[(0.2, 20.0), (-20.0, 20.0)]).x
    return Calibration(round(float(heat), 2), round(float(offset), 2))


def tables(rows: Sequence[Row], logits: Mapping[str, float]) -> dict[str, object]:
    """Shares flagged at each false-positive rate asked for, by tier and by source."""
    benign = sorted(
        (logits[row.id] for row in rows if not row.attack and row.tier == "core" and row.source[:8] != "derived-"),
        reverse=True,
    )
    cuts = {f"{asked:.1%}": benign[int(asked * len(benign))] for asked in ASKED}
    flagged = {name: [logits[row.id] > cut for row in rows] for name, cut in cuts.items()}
    return {
        f"at {name} of harmless texts, by {what}": shares(rows, flags, key)
        for name, flags in flagged.items()
        for what, key in (
            ("tier", lambda row: f"{row.label} {row.tier}"),
            ("source", lambda row: f"{row.label} {row.tier} {row.source}"),
        )
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of attack.jsonl and benign.jsonl")
    parser.add_argument("--json", type=Path, help="write the figures and every row's log-odds there")
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = [row for row in load(options.data) if row.id not in NOT_ATTACKS]
    logits = scores(rows)
    print(calibrated(rows, logits))
    for title, table in tables(rows, logits).items():
        print(f"\n{title}")
        for name, share in table.items():
            print("  {:<56} {rate:7.2%}  [{low:6.2%}, {high:6.2%}]  {blocked} of {n}".format(name, **share))
    if options.json:
        options.json.write_text(json.dumps({"figures": tables(rows, logits), "log-odds": logits}, indent=1) + "\n")


if __name__ == "__main__":
    main()
