"""The labelled rows, which of them belong together, and which are never trained on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDS = {
    "deepset and kin": (
        "deepset/prompt-injections",
        "langkit-themes",
        "derived-obfuscation",
        "derived-needle-in-document",
    ),
    "awesome-chatgpt-prompts": ("awesome-chatgpt-prompts", "awesome-chatgpt-prompts-ui"),
    "FuzzyAI": ("FuzzyAI-jailbreaks", "FuzzyAI-benign"),
    "mt-bench": ("mt-bench", "mt-bench-multilingual"),
    "web frameworks": ("encode/httpx", "encode/starlette"),
    "guards": ("protectai/llm-guard", "protectai/rebuff", "deadbits/vigil-llm"),
}
"""Sources of one origin, kept back together; every other source is a fold of its own."""

UNTRAINED = frozenset({"BELLE-eval", "derived-benign-encoded", "derived-obfuscation", "derived-needle-in-document"})
"""Scored only: a licence for research, and rows made from other rows."""

NOT_ATTACKS = frozenset(
    {
        "d-0b9aaa9c19a32a",
        "d-2c98c70246ef79",
        "d-693bd5ce260e04",
        "d-f0933cede546e4",
        "d-65ce110dac7e12",
        "d-8a2419a09b64a4",
        "d-0cb724b36609a4",
    }
)
"""Rows labelled as attacks that are comments about them."""

_FOLD_OF = {source: fold for fold, sources in FOLDS.items() for source in sources}


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text of a source."""

    id: str
    source: str
    label: str
    kind: str
    text: str
    lang: str
    tier: str
    license: str

    @property
    def attack(self) -> bool:
        return self.label == "attack"

    @property
    def fold(self) -> str:
        return _FOLD_OF.get(self.source, self.source)


def load(folder: Path) -> list[Row]:
    """Every row of attack.jsonl and benign.jsonl."""
    return [
        Row(**json.loads(line))
        for name in ("attack.jsonl", "benign.jsonl")
        for line in (folder / name).open(encoding="utf-8")
    ]


def trainable(rows: Iterable[Row], *, without: str = "") -> list[Row]:
    """The rows a model may learn from that must not see the fold `without`."""
    return [row for row in rows if _learnable(row) and row.fold != without]


def folds(rows: Iterable[Row]) -> list[str]:
    return sorted({row.fold for row in rows})


def _learnable(row: Row) -> bool:
    return row.source not in UNTRAINED and row.id not in NOT_ATTACKS and row.tier == "core"
