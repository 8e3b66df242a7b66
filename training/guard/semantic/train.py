"""Makes the weights the package ships: `python -m training.guard.semantic.train --data DIR [--out FILE]`.

It needs torch (2.13.0, CPU) and scikit-learn beside the package, one thread, and a few minutes.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import torch

from training.guard.rows import load
from training.guard.semantic.corpus import Words
from training.guard.semantic.export import packed
from training.guard.semantic.fit import Settings, fit
from training.guard.semantic.learning import authored, labelled

TEMPERATURE, OFFSET = 1.33, 0.88
"""Read off leave-source-out scores by `evaluate`."""

SHIPPED = Path(__file__).parents[3] / "src/onedoor/guard/meaning/weights.npz"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of attack.jsonl and benign.jsonl")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="where the weights go")
    options = parser.parse_args()
    torch.set_num_threads(1)
    words = Words()
    fitted = fit(labelled(load(options.data), words) + authored(words), words, Settings())
    np.savez_compressed(options.out, **packed(fitted, temperature=TEMPERATURE, offset=OFFSET))
    print(f"{options.out}: sha256 {hashlib.sha256(options.out.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
