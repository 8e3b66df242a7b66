"""Makes the weights the package ships: `python -m training.guard.train --data DIR [--out DIR]`, about three minutes."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from onedoor.guard.inspection import Kind
from onedoor.guard.ngrams import NGrams
from onedoor.guard.score import Weights
from training.guard.calibrate import across, combined, floor, threshold
from training.guard.examples import windows
from training.guard.fit import matrix, taught
from training.guard.kept_back import Seen, judged, models
from training.guard.rows import NOT_ATTACKS, Row, load

SEED = 20261120
AUTHORED = 30_000
KINDS: tuple[Kind, ...] = ("user", "document")
SHIPPED = Path(__file__).parents[2] / "src/onedoor/guard/weights"


def calibrated(rows: Sequence[Row], by_fold: Mapping[str, NGrams]) -> Weights:
    """How the evidence adds up, with thresholds read off models that haven't seen the source they judge."""
    seen = {kind: judged([Seen.of(row, kind) for row in rows], by_fold) for kind in KINDS}
    odds = {kind: across(rows, evidence) for kind, evidence in seen.items()}
    bars: dict[str, float] = {kind: round(threshold(rows, each), 4) for kind, each in odds.items()}
    least: dict[str, float] = {"user": round(floor(rows, odds["user"]), 4), "document": 0.0}
    together = combined(rows, seen["user"])
    return replace(
        together,
        thresholds={**bars, "output": bars["document"]},
        floors={**least, "output": least["user"]},
    )


def save(trained: NGrams, path: Path) -> str:
    """Writes a model; its hash."""
    with path.open("wb") as file:
        np.savez_compressed(file, weights=trained.weights, scale=trained.scale, bias=trained.bias)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of attack.jsonl and benign.jsonl")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="where the weights go")
    options = parser.parse_args()
    rows = [row for row in load(options.data) if row.id not in NOT_ATTACKS]
    examples = windows(rows, seed=SEED, size=AUTHORED)
    digest = save(taught(examples, matrix(examples)), options.out / "ngrams.npz")
    print(f"ngrams.npz: {len(examples)} windows, sha256 {digest}")
    together = asdict(calibrated(rows, dict(models(rows, examples))))
    (options.out / "score.json").write_text(json.dumps(together, indent=1) + "\n", encoding="utf-8")
    print(f"score.json: {together}")


if __name__ == "__main__":
    main()
