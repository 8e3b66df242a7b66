"""Puts phrases, carriers and disguises together into labelled rows."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from training.guard.grammar import attacks, negatives
from training.guard.grammar.carriers import CHATTED, WRITTEN, alone
from training.guard.grammar.disguises import DISGUISES
from training.guard.grammar.rules import Grammar, Words, parse
from training.guard.grammar.speaker import Speaker

_FOLDER = Path(__file__).parent / "languages"
_SHARE = {"en": 9.0}
_FAMILY_SHARE = {
    "override": 4.0,
    "extraction": 3.0,
    "persona": 2.0,
    "addressed": 2.0,
    "embedded": 1.5,
    "verbs": 3.0,
    "lookalike": 5.0,
    "nouns": 2.0,
    "prose": 1.5,
}
_TO_DOCUMENTS = frozenset(
    {"addressed", "exfiltration", "people", "agents", "prose", "ui", "border", "embedded", "injected"}
)
_SELF_CONTAINED = frozenset({"many_shot", "conversation", "template_docs", "api_call", "code", "shell"})
_ATTACKS, _FOREIGN_DOCUMENT, _SECOND_VOICE = 0.48, 0.07, 0.04

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Example:
    """A text, whether it is an attack, in which language, and what kind of either."""

    text: str
    attack: bool
    language: str
    family: str


def generate(seed: int = 0, *, size: int = 20_000) -> Iterator[Example]:
    """`size` different rows, always the same ones for a seed."""
    rng = random.Random(seed)
    seen: set[str] = set()
    while len(seen) < size:
        example = _example(rng)
        if example.text not in seen:
            seen.add(example.text)
            yield example


@cache
def grammars() -> Mapping[str, Grammar]:
    """Every language there is a file for."""
    common = parse("", _read("common"), {}).words
    names = sorted(path.stem for path in _FOLDER.glob("*.txt") if path.stem != "common")
    return {name: _grammar(name, common) for name in names}


def _grammar(name: str, common: Words) -> Grammar:
    return parse(name, _read(name), common)


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def _example(rng: random.Random) -> Example:
    language = _weighted(rng, {name: _SHARE.get(name, 1.0) for name in grammars()})
    speaker = Speaker(grammars()[language], rng)
    attack = speaker.chance(_ATTACKS)
    family, core = _core(speaker, attack=attack)
    if speaker.chance(_SECOND_VOICE):
        core = f"{core} {_core(Speaker(_any(rng), rng), attack=attack)[1]}"
    return Example(_dressed(speaker, family, core), attack, language, family)


def _core(speaker: Speaker, *, attack: bool) -> tuple[str, str]:
    named = speaker.grammar.attacks if attack else speaker.grammar.benign
    shaped = attacks.SHAPED if attack else negatives.SHAPED
    shares = {name: _FAMILY_SHARE.get(name, 1.0) for name in named} | {
        name: share for name, (_, share) in shaped.items()
    }
    family = _weighted(speaker.rng, shares)
    return family, shaped[family][0](speaker) if family in shaped else speaker.say(family)


def _dressed(speaker: Speaker, family: str, core: str) -> str:
    disguise = _weighted(speaker.rng, DISGUISES)
    around = Speaker(_any(speaker.rng), speaker.rng) if speaker.chance(_FOREIGN_DOCUMENT) else speaker
    carriers = WRITTEN if speaker.chance(0.8 if family in _TO_DOCUMENTS else 0.25) else CHATTED
    carrier = alone if family in _SELF_CONTAINED else _weighted(speaker.rng, carriers)
    return carrier(disguise(core, speaker.rng), around)


def _any(rng: random.Random) -> Grammar:
    return rng.choice(tuple(grammars().values()))


def _weighted(rng: random.Random, shares: Mapping[T, float]) -> T:
    return rng.choices(tuple(shares), weights=tuple(shares.values()))[0]
