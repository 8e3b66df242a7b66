"""Compositions that speak for an attack: words of many languages joined by rules, and shapes no honest text has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from onedoor.guard.inspection import Kind
from onedoor.guard.patterns import (
    addressed,
    authority,
    delimiter,
    exfiltration,
    extraction,
    flooding,
    override,
    persona,
    refusal,
    renewal,
    secrets,
    suffix,
)
from onedoor.guard.patterns.engine import ENOUGH, Joiner, Rule, Span
from onedoor.guard.patterns.folding import folded
from onedoor.guard.patterns.mention import ABOUT, TOPIC, Reading
from onedoor.guard.patterns.pattern import BLOCKING, Hit, Pattern, blocking, weigh
from onedoor.guard.patterns.words import find, present

_RULES: tuple[Rule, ...] = (
    *override.RULES,
    *renewal.RULES,
    *extraction.RULES,
    *secrets.RULES,
    *persona.RULES,
    *refusal.RULES,
    *addressed.RULES,
    *exfiltration.RULES,
    *authority.RULES,
)
_SHAPES: tuple[tuple[Pattern, Callable[[str], Iterator[Span]]], ...] = (
    (delimiter.TOKEN, delimiter.tokens),
    (delimiter.ROLE_LINE, delimiter.role_lines),
    (delimiter.ROLE_TAG, delimiter.role_tags),
    (delimiter.TURN, delimiter.turns),
    (delimiter.ROLE_JSON, delimiter.role_json),
    (delimiter.BORDER, delimiter.borders),
    (addressed.CALL, addressed.calls),
    (addressed.TAG, addressed.tags),
    (exfiltration.LINK, exfiltration.links),
    (flooding.REPEATED, flooding.repeated),
    (flooding.MANY_SHOT, flooding.many_shot),
    (suffix.SUFFIX, suffix.gibberish),
)


def _by_head(rules: Iterable[Rule]) -> tuple[tuple[int, list[tuple[int, Rule]]], ...]:
    """The rules in groups of one head, each with the part that is missing most often: most texts are done with soon."""
    groups: dict[int, list[tuple[int, Rule]]] = {}
    for rule in rules:
        groups.setdefault(rule.head, []).append((rule.rarest, rule))
    return tuple(groups.items())


_KINDS: tuple[Kind, ...] = ("user", "document", "output")
_BY_KIND = {kind: _by_head(rule for rule in _RULES if kind in rule.pattern.kinds) for kind in _KINDS}

PATTERNS: tuple[Pattern, ...] = (*(rule.pattern for rule in _RULES), *(pattern for pattern, _ in _SHAPES))

__all__ = ["BLOCKING", "PATTERNS", "Hit", "Pattern", "blocking", "scan", "weigh"]


def scan(text: str, kind: Kind) -> tuple[Hit, ...]:
    """Every pattern a canonical text holds, in linear time. `Hit.mention` says whether the words are used."""
    small = folded(text)
    among = present(small)
    mask = among.mask
    heads = [rules for head, rules in _BY_KIND[kind] if mask & head]
    rules = [rule for many in heads for part, rule in many if mask & part and rule.possible(mask)]
    shapes = _shaped(text, kind)
    if not rules and not shapes:
        return ()
    words = find(small, among, _wanted(rules))
    joiner = Joiner(words)
    spans = [*((rule.pattern, joiner.spans(rule)) for rule in rules), *shapes]
    quoted = Reading(text, words)
    return tuple(hit for pattern, many in spans for hit in _hits(pattern, many, quoted))


def _wanted(rules: Iterable[Rule]) -> int:
    """The classes these rules ask for, and those that tell a mention."""
    mask = ABOUT | TOPIC
    for rule in rules:
        mask |= rule.mask
    return mask


def _shaped(text: str, kind: Kind) -> list[tuple[Pattern, Iterable[Span]]]:
    found = ((pattern, list(spans(text))) for pattern, spans in _SHAPES if kind in pattern.kinds)
    return [(pattern, spans) for pattern, spans in found if spans]


def _hits(pattern: Pattern, spans: Iterable[Span], quoted: Reading) -> Iterator[Hit]:
    """At most so many uses and so many mentions: what else there is says nothing new."""
    kept = {True: 0, False: 0}
    for start, end in spans:
        mention = quoted.mentions.covers(start, end)
        kept[mention] += 1
        if kept[mention] <= ENOUGH:
            yield Hit(pattern, start, end, mention)
        if kept[False] >= ENOUGH:
            return
