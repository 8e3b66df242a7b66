"""Which texts no model is given, and what is odd about the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.guard.shape import shape

ANY = st.text(st.characters(codec=None, categories=None))


def ids(text, **options):
    return [(found.id, found.severity) for found in shape(text, **options)]


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u200d", "\ufeff", " \u00ad ", "\U000e0041\U000e0042"])
def test_a_text_is_empty_when_nothing_in_it_can_be_seen(text):
    assert ("shape.empty", "high") in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "two\nlines\tand a tab\r\n",
        "Grüße",
        "👩‍👩‍👧 1️⃣",
        "می‌خواهم",
        "\ufeffa leading mark",
        "\x1b[31mred\x1b[0m",
        "a\x0cb",
    ],
)
def test_ordinary_texts_have_no_findings(text):
    assert shape(text) == ()


def test_a_text_may_be_as_long_as_the_bound_and_no_longer():
    assert ids("abcd", longest=4) == []
    assert ids("abcde", longest=4) == [("shape.too_long", "high")]


def test_half_a_character_is_a_finding_where_it_stands():
    (found,) = shape("ab\ud83d\ude00cd")
    assert (found.id, found.severity, found.start, found.end) == ("shape.surrogates", "high", 2, 4)


@pytest.mark.parametrize(("text", "severity"), [("a\x00b", "low"), ("x" * 90 + "\x08", "low"), ("\x07" * 20, "medium")])
def test_controls_count_for_more_where_there_are_many(text, severity):
    assert ids(text) == [("shape.controls", severity)]


@given(ANY)
def test_no_text_whatever_raises(text):
    assert all(0 <= found.start <= found.end <= len(text) for found in shape(text, longest=20))
