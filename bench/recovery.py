"""What recovery costs and how often it is right: time per kilobyte, its growth, and damaged answers with a known truth.

    python bench/recovery.py [--quick] [--json FILE]

Every figure stands beside baselines measured in the same run. Contestants take turns round by round and figures are
medians over the rounds. The damaged answers are the ones the tests use. There are no thresholds. json_repair's salvage
mode takes part where `jsonschema`, which it needs, is installed.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import json_repair
import jsonschema_rs
import pydantic_core
from turns import by_turns

from onedoor.errors import Unrecoverable
from onedoor.output.recover import recover

sys.path.append(str(Path(__file__).parents[1] / "tests/output/recover"))
import damage

ITEM = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "price": {"type": "number"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["id", "name", "price", "tags"],
    "additionalProperties": False,
}
SCHEMA = {"type": "array", "items": ITEM}
SALVAGE = find_spec("jsonschema") is not None
SIZES = (1_000, 4_000, 16_000, 64_000, 250_000, 1_000_000)

Read = Callable[[str], object]


@dataclass(frozen=True)
class Row:
    """One contestant of one measure. `ratio` is its time over the first contestant's."""

    measure: str
    contestant: str
    size: int
    each: float
    ratio: float


@dataclass(frozen=True)
class Score:
    """How one contestant did on one kind of damage."""

    kind: str
    contestant: str
    right: int
    wrong: int
    refused: int


def items(size: int) -> list[dict[str, Any]]:
    """So many records that their JSON has about `size` characters."""
    return [
        {"id": 100_000 + number, "name": f"part number {number % 97}", "price": number / 8, "tags": ["steel", "M8"]}
        for number in range(max(1, size // 92))
    ]


def contest(measure: str, size: int, contestants: Mapping[str, Callable[[], object]], rounds: int) -> list[Row]:
    """Let the contestants take turns; the first is the baseline."""
    taken = by_turns(contestants, rounds)
    base = next(iter(taken.values()))
    return [
        Row(
            measure,
            name,
            size,
            statistics.median(times) / size * 1000,
            statistics.median(one / other for one, other in zip(times, base, strict=True)),
        )
        for name, times in taken.items()
    ]


def clean(quick: bool) -> Iterator[Row]:
    """Valid answers: nothing is to be done, and how much does it cost to find that out?"""
    accepts = jsonschema_rs.validator_for(SCHEMA, offline=True).is_valid
    for size in (100, 700, 5_000, 50_000):
        text = json.dumps(items(size))
        yield from contest(
            "clean",
            len(text),
            {
                "pydantic_core.from_json + validation": lambda text=text: accepts(pydantic_core.from_json(text)),
                "recover, schema": lambda text=text: recover(text, SCHEMA),
                "pydantic_core.from_json": lambda text=text: pydantic_core.from_json(text),
                "json.loads": lambda text=text: json.loads(text),
                "recover": lambda text=text: recover(text),
                "json_repair": lambda text=text: json_repair.loads(text),
            },
            rounds=20 if quick else 200 if size < 50_000 else 60,
        )


def damaged(quick: bool) -> Iterator[Row]:
    """The same damage in longer and longer answers."""
    for size in SIZES[:4] if quick else SIZES:
        rounds = 3 if size > 20_000 else 9
        python = f"Here it is:\n```python\n{items(size)!r}\n```"
        strings = json.dumps([{**item, "id": f"{item['id']:,}"} for item in items(size)])
        yield from contest("syntax", len(python), _readers(python, None), rounds)
        yield from contest("schema", len(strings), _readers(strings, SCHEMA), rounds)


def _readers(text: str, schema: dict[str, Any] | None) -> dict[str, Callable[[], object]]:
    readers: dict[str, Callable[[], object]] = {"recover": lambda: recover(text, schema)}
    if schema is None:
        readers["json_repair"] = lambda: json_repair.loads(text)
    elif SALVAGE:
        readers["json_repair, salvage"] = lambda: salvaged(text, schema)
    return readers


HARD = {
    "[[[[": "[",
    "{{{{": "{",
    "[{[{": "[{",
    "quotes": '"',
    "backslashes": "\\",
    "fences": "```json\n",
    "open reasoning": "<think>",
    "keys without colons": '{"a" ',
    "digits": "1",
}


def hard(quick: bool) -> Iterator[Row]:
    """Texts made to hurt, at two lengths: four times as long should take four times as long. All are refused."""
    sizes = (16_000, 64_000) if quick else (250_000, 1_000_000)
    for name, unit in HARD.items():
        for size in sizes:
            text = ("[" if unit == "1" else "") + unit * (size // len(unit) - 1)
            yield from contest(f"hard: {name}", size, {"recover": lambda text=text: refused(text)}, rounds=3)


def refused(text: str) -> bool:
    try:
        recover(text)
    except Unrecoverable:
        return True
    return False


def salvaged(text: str, schema: dict[str, Any]) -> object:
    return json_repair.loads(text, schema=schema, schema_repair_mode="salvage")


def ours(text: str, schema: dict[str, Any]) -> object:
    return recover(text, schema).value


def repaired(text: str, schema: dict[str, Any]) -> object:
    return json_repair.loads(text)


READERS: dict[str, Callable[[str, dict[str, Any]], object]] = {
    "recover": ours,
    "json_repair": repaired,
} | ({"json_repair, salvage": salvaged} if SALVAGE else {})


def scores(quick: bool) -> Iterator[Score]:
    """Damaged answers with a known truth; of a cut one, a part of the truth counts as wrong here, recorded or not."""
    each = 10 if quick else 60
    kinds = {**damage.TEXT, **damage.SCHEMA, "truncated": damage.truncated}
    for kind, change in kinds.items():
        cases = [damage.case(Random(seed)) for seed in range(each)]
        texts = [(change(Random(seed), given), given) for seed, given in enumerate(cases)]
        for name, read in READERS.items():
            said = Counter(_said(read, text, given) for text, given in texts if text is not None)
            yield Score(kind, name, said["right"], said["wrong"], said["refused"])


def _said(read: Callable[[str, dict[str, Any]], object], text: str, given: damage.Case) -> str:
    try:
        value = read(text, given.schema)
    except (Unrecoverable, ValueError):
        return "refused"
    return "right" if value == given.value else "wrong"


def shown(rows: list[Row], found: list[Score]) -> Iterator[str]:
    yield "| Measure | Contestant | Characters | µs/kB | ÷ first |"
    yield "|---|---|---:|---:|---:|"
    for row in rows:
        yield f"| {row.measure} | {row.contestant} | {row.size:,} | {row.each:.1f} | {row.ratio:.2f} |"
    yield "\n| Damage | " + " | ".join(READERS) + " |"
    yield "|---|" + "---:|" * len(READERS)
    for kind in dict.fromkeys(one.kind for one in found):
        yield f"| {kind} | " + " | ".join(_cell(one) for one in found if one.kind == kind) + " |"
    yield "| **all** | " + " | ".join(_cell(_sum(name, found)) for name in READERS) + " |"


def _cell(one: Score) -> str:
    return f"{one.right} / {one.wrong} / {one.refused}"


def _sum(name: str, found: list[Score]) -> Score:
    own = [one for one in found if one.contestant == name]
    totals = (sum(getattr(one, field) for one in own) for field in ("right", "wrong", "refused"))
    return Score("all", name, *totals)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, shorter texts, fewer cases")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures there")
    given = parser.parse_args()
    rows = [*clean(given.quick), *damaged(given.quick), *hard(given.quick)]
    found = list(scores(given.quick))
    print(f"CPython {platform.python_version()}, json_repair {version('json_repair')}")
    print("\n".join(shown(rows, found)))
    if given.json:
        kept = {"rows": [asdict(row) for row in rows], "scores": [asdict(one) for one in found]}
        given.json.write_text(json.dumps(kept, indent=1))


if __name__ == "__main__":
    main()
