"""The tokens of a text are bounded from above without a vocabulary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.prompt.tokens import certain, upper
from onedoor.prompt.tokens.upper import SCALES, Scale

TEXTS = st.text(max_size=200) | st.text("aeb BC01.,\n\té你हท😀Ա", max_size=200)
SCALE = st.sampled_from(SCALES)

SEAM = 12
"""What joining two texts may add: one place of each pattern, at most."""

SAMPLES = {
    "prose": ("The lighthouse keeper counted the ships twice, then wrote both figures into the log.", 16, 17),
    "json": ('{"id": 4711, "tags": ["red", "blue"], "price": 19.99, "ok": true}', 29, 29),
    "code": ("def area(width: float, height: float) -> float:\n    return width * height\n", 19, 19),
    "german": ("Die Leuchtturmwärterin zählte die Schiffe zweimal und schrieb beide Zahlen auf.", 20, 25),
    "russian": ("Смотритель маяка дважды пересчитал корабли и записал оба числа.", 18, 24),
    "chinese": ("灯塔看守人数了两遍船,然后把两个数字都记在日志里。", 20, 30),
    "japanese": ("灯台守は船を二度数えて、両方の数字を日誌に書いた。", 23, 30),
    "arabic": ("عد حارس المنارة السفن مرتين ثم كتب الرقمين في السجل.", 17, 36),
    "hindi": ("प्रकाशस्तंभ के रखवाले ने जहाज़ों को दो बार गिना।", 18, 50),
    "emoji": ("🚢🚢⛵🌊🌊", 11, 15),
    "base64": ("VGhlIGxpZ2h0aG91c2Uga2VlcGVyIGNvdW50ZWQgdGhlIHNoaXBz", 34, 34),
    "blank": ("\n" * 6 + " " * 40 + "x", 3, 3),
}
"""A text and its real count in o200k and in cl100k."""


@pytest.mark.parametrize("kind", SAMPLES)
def test_what_people_send_is_bounded(kind: str) -> None:
    text, o200k, cl100k = SAMPLES[kind]
    assert o200k <= upper(text, "o200k") <= certain(text)
    assert cl100k <= upper(text, "cl100k") <= certain(text)
    assert max(o200k, cl100k) <= upper(text) <= certain(text)


@pytest.mark.parametrize("kind", ["prose", "json", "code", "german"])
def test_the_bound_is_of_use(kind: str) -> None:
    text, o200k, _ = SAMPLES[kind]
    assert upper(text, "o200k") <= 2 * o200k


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("é", 2), ("你", 3), ("😀", 4), ("\ud800", 3)])
def test_a_byte_is_a_token_at_most(text: str, tokens: int) -> None:
    assert certain(text) == tokens
    assert min(1, tokens) <= upper(text) <= tokens


@given(TEXTS, SCALE)
def test_only_nothing_is_nothing(text: str, scale: Scale) -> None:
    assert bool(text) == (upper(text, scale) > 0)
    assert upper(text, scale) <= certain(text)


@given(TEXTS, TEXTS, SCALE)
def test_a_longer_text_never_counts_less(first: str, then: str, scale: Scale) -> None:
    joined = upper(first + then, scale)
    assert joined >= max(upper(first, scale), upper(then, scale))


@given(TEXTS, TEXTS, SCALE)
def test_joining_adds_next_to_nothing(first: str, then: str, scale: Scale) -> None:
    assert upper(first + then, scale) <= upper(first, scale) + upper(then, scale) + SEAM
