"""A phrase grammar in a plain file: names, each with the ways to say it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

_SLOT = re.compile(r"\{([a-z_]+)\}")
_CHOICE = re.compile(r"<([^<>]*/[^<>]*)>")
_START = re.compile(r"(?:^|(?<=[.!?] )|(?<=\n))(?!https?:)[a-zß-öø-ÿа-яё]")
_GAPS = re.compile(r" {2,}")
_LOOSE = re.compile(r" +([,.;])|~ *|(?<=[?!؟？])[.。](?=\s|$)")

_PERSONAL = frozenset({"persona", "jailbreak"})

ATTACKS = (
    *("override", "border", "extraction", "persona", "refusal", "addressed", "exfiltration", "authority"),
    *("game", "jailbreak", "embedded", "injected"),
)
BENIGN = (
    *("verbs", "nouns", "revise", "roles", "about", "people", "system", "agents", "question", "prose", "ui"),
    *("lookalike", "commit"),
)

Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Grammar:
    """What can be said in a language, and which of it is an attack."""

    language: str
    words: Words
    attacks: tuple[str, ...]
    benign: tuple[str, ...]

    def say(self, rng: random.Random, name: str) -> str:
        """One way to say `name`, every slot filled, with one persona throughout."""
        held = {each: (rng.choice(self.words[each]),) for each in ("bot", "model")}
        one = replace(self, words={**self.words, **held} if name in _PERSONAL else self.words)
        return tidy(one.fill(rng, rng.choice(self.words[name])), self.language)

    def fill(self, rng: random.Random, template: str) -> str:
        """`template` with a choice made for each `{slot}` and each `<this/that>`."""
        chosen = _CHOICE.sub(lambda found: rng.choice(found[1].split("/")), template)
        return _SLOT.sub(lambda found: self.fill(rng, rng.choice(self.words[found[1]])), chosen)

    def unknown(self) -> frozenset[str]:
        """Slots that no line fills."""
        used = {slot for ways in self.words.values() for way in ways for slot in _SLOT.findall(way)}
        return frozenset(used - self.words.keys())


def tidy(text: str, language: str) -> str:
    """`text` with sentences capitalised and the gaps of empty slots closed."""
    closed = _LOOSE.sub(lambda found: found[1] or "", _GAPS.sub(" ", text.replace("\\n", "\n"))).strip()
    return _START.sub(lambda found: "İ" if language == "tr" and found[0] == "i" else found[0].upper(), closed)


def parse(language: str, source: str, common: Words) -> Grammar:
    """The grammar a file describes: lines `name = one way | another way`, and comments.

    A line that starts with a blank carries on the line above; `""` is the empty way. `~` joins a word to the next one.
    """
    own: dict[str, tuple[str, ...]] = {}
    for name, ways in _lines(source):
        own[name] = own.get(name, ()) + ways
    attacks, benign = (tuple(name for name in names if name in own) for names in (ATTACKS, BENIGN))
    return Grammar(language, {**common, **own}, attacks, benign)


def _lines(source: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    name = ""
    for line in source.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            name, _, line = line.partition("=")
        yield name.strip(), _ways(line)


def _ways(line: str) -> tuple[str, ...]:
    return tuple(
        "" if way.strip() == '""' else way.strip() for way in line.strip().strip("|").split(" | ") if way.strip()
    )
