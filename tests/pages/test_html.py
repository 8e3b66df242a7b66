"""What is built is HTML, and nothing that comes from outside is."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.pages.html import element, escaped, joined, trusted


class Seen(HTMLParser):
    """What a reader of HTML finds."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def seen(text: str) -> Seen:
    reader = Seen()
    reader.feed(text)
    reader.close()
    return reader


PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Cf")))


@given(PLAIN, PLAIN)
def test_a_text_comes_out_as_it_went_in(text: str, value: str) -> None:
    """In an element and in an attribute, whatever it is, and nothing else appears."""
    found = seen(str(element("p", text, title=value)))
    assert (found.tags, found.text) == ([("p", {"title": value})], text)


@given(st.text())
def test_whatever_it_is_it_makes_no_element(text: str) -> None:
    written = str(element("td", text, data_v=text))
    assert [tag for tag, _ in seen(written).tags] == ["td"]
    assert written.encode()


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\x85", "\u202e", "\u2066", "\ud800", "\ufffe"])
def test_what_no_page_may_contain_is_marked(letter: str) -> None:
    assert escaped(f"a{letter}b") == "a\ufffdb"


@pytest.mark.parametrize("letter", ["\n", "\t", "é", "漢", "🙂", "\u200f"])
def test_what_a_page_may_contain_stays(letter: str) -> None:
    assert escaped(letter) == letter


def test_children_and_attributes() -> None:
    inner = element("b", "bold", class_="x")
    made = element("p", "a < b ", inner, None, 3, ["c", inner], hidden=True, title=None, aria_label="it's", data_n=0)
    assert str(made) == (
        '<p hidden aria-label="it&#x27;s" data-n="0">a &lt; b <b class="x">bold</b>3c<b class="x">bold</b></p>'
    )
    assert str(joined("<", element("br"))) == "&lt;<br>"


@pytest.mark.parametrize("name", ["", "a b", "a>", "1a", 'a"', "onclick="])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        element(name)
    with pytest.raises(ValueError, match="no name"):
        element("p", **{name or " ": "x"})


@pytest.mark.parametrize("text", ["</script>", "a</style", "<!-- x"])
def test_a_script_that_would_end_early_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must not contain"):
        trusted(text)
