"""The rows the guard's models learn from."""

from __future__ import annotations

from collections import Counter
from functools import cache

from training.guard.grammar import Example, generate
from training.guard.grammar.engine import grammars


@cache
def rows() -> tuple[Example, ...]:
    return tuple(generate(1, size=3000))


def test_a_seed_always_gives_the_same_rows_and_another_seed_others() -> None:
    assert list(generate(7, size=50)) == list(generate(7, size=50))
    assert list(generate(7, size=50)) != list(generate(8, size=50))


def test_as_many_different_rows_as_asked_for() -> None:
    assert len({row.text for row in rows()}) == len(rows()) == 3000
    assert not list(generate(1, size=0))


def test_every_language_gives_attacks_and_harmless_rows_in_a_fair_share() -> None:
    counts = Counter((row.language, row.attack) for row in rows())
    for language in grammars():
        attacks, harmless = counts[language, True], counts[language, False]
        assert 0.25 < attacks / (attacks + harmless) < 0.75, language
        assert attacks + harmless > 3000 / len(grammars()) / 3, language


def test_no_text_is_an_attack_here_and_harmless_there() -> None:
    every = [*rows(), *generate(2, size=1000)]
    attacks, harmless = (
        {" ".join(row.text.lower().split()) for row in every if row.attack is label} for label in (True, False)
    )
    assert not attacks & harmless


def test_every_slot_has_words_and_none_is_left_unfilled() -> None:
    assert {name: grammar.unknown() for name, grammar in grammars().items() if grammar.unknown()} == {}
    assert not [row.text for row in rows() if "{ig}" in row.text or "{obj}" in row.text]
