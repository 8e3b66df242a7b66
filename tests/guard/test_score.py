"""Evidence adds up: more of it never makes a text less suspicious, and far-apart crumbs aren't a loaf."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.guard.inspection import Finding
from onedoor.guard.patterns import PATTERNS, Hit
from onedoor.guard.score import (
    DECODED,
    MOST_RULES,
    NEAR,
    SILENT,
    Evidence,
    Reading,
    lifted,
    log_odds,
    logit,
    probability,
    rules,
    shipped,
    without_grams,
)

HITS = st.builds(Hit, st.sampled_from(PATTERNS), st.integers(0, 5_000), st.integers(5_001, 6_000), st.booleans())
READINGS = st.builds(Reading, st.lists(HITS, max_size=6), st.floats(-50, 50), st.booleans())
STRONG = max(PATTERNS, key=lambda pattern: pattern.weight)
WEAK = sorted(PATTERNS, key=lambda pattern: pattern.weight)[:2]


@given(st.lists(READINGS, min_size=1, max_size=3), READINGS)
def test_another_reading_never_makes_a_text_less_suspicious(readings: list[Reading], more: Reading) -> None:
    evidence = Evidence(readings)
    assert log_odds(Evidence([*readings, more]), shipped()) >= log_odds(evidence, shipped())


@given(READINGS, HITS)
def test_another_pattern_never_makes_a_text_less_suspicious(reading: Reading, hit: Hit) -> None:
    more = replace(reading, hits=[*reading.hits, hit])
    assert log_odds(Evidence([more]), shipped()) >= log_odds(Evidence([reading]), shipped()) - 1e-9


@given(st.lists(HITS, min_size=1, max_size=30))
def test_patterns_add_up_to_no_more_than_their_bound(hits: list[Hit]) -> None:
    assert 0 < rules(Reading(hits, SILENT)) <= MOST_RULES


def test_patterns_add_up_when_they_stand_near_each_other() -> None:
    near = [Hit(pattern, 100, 110) for pattern in WEAK]
    far = [Hit(pattern, 10 * NEAR * at, 10 * NEAR * at + 10) for at, pattern in enumerate(WEAK)]
    assert rules(Reading(near, SILENT)) > rules(Reading(far, SILENT))


@pytest.mark.parametrize("offset", [0, 1, NEAR - 1, NEAR, 3 * NEAR - 7, 29_999])
def test_an_attack_weighs_the_same_at_any_offset(offset: int) -> None:
    hits = [Hit(pattern, offset + 200 * at, offset + 200 * at + 20) for at, pattern in enumerate(WEAK)]
    assert rules(Reading(hits, SILENT)) == pytest.approx(sum(pattern.weight for pattern in WEAK))


def test_what_only_decoding_finds_weighs_more() -> None:
    hits = [Hit(WEAK[0], 0, 10)]
    assert rules(Reading(hits, SILENT, decoded=True)) == rules(Reading(hits, SILENT)) + DECODED


def test_a_mention_weighs_less_than_a_use_but_not_nothing() -> None:
    used, mentioned = (rules(Reading([Hit(STRONG, 0, 10, mention)], SILENT)) for mention in (False, True))
    assert 0 < mentioned < used


def test_without_the_model_only_the_rest_of_the_evidence_counts() -> None:
    evidence = Evidence([Reading([], 9.0)], [Finding("shape.controls", "shape", "medium", 0, 1)])
    assert log_odds(without_grams(evidence), shipped()) < log_odds(evidence, shipped())


@pytest.mark.parametrize("kind", ["user", "document"])
def test_the_n_gram_model_alone_convicts_nobody(kind: str) -> None:
    odds = log_odds(Evidence([Reading([], math.inf)]), shipped())
    assert probability(odds) < shipped().thresholds[kind]


@given(READINGS, st.floats(0, 50))
def test_the_more_a_reading_sounds_like_an_attack_the_more_suspicious_it_is(reading: Reading, more: float) -> None:
    louder = replace(reading, grams=reading.grams + more)
    assert log_odds(Evidence([louder]), shipped()) >= log_odds(Evidence([reading]), shipped())


@given(st.floats(-20, 20), st.floats(0, 1))
def test_a_second_layer_only_convicts(odds: float, meaning: float) -> None:
    assert lifted(odds, meaning, shipped()) >= odds


@given(st.floats(-20, 20))
def test_a_probability_has_its_log_odds(odds: float) -> None:
    assert logit(probability(odds)) == pytest.approx(odds, abs=1e-3)


def test_what_is_shipped_has_a_threshold_for_each_kind_and_no_negative_weight() -> None:
    weights = shipped()
    assert weights.thresholds.keys() == weights.floors.keys() == {"user", "document", "output"}
    assert min(weights.rules, weights.grams, weights.odd, weights.meaning) >= 0
