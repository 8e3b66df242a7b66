"""A comparison as a page: all of it in one file, and nothing an answer says comes alive."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from onedoor.pages.compare import compare_page
from onedoor.quality.comparison import Comparison

from .compared import HOSTILE, compared


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return compared(tmp_path_factory.mktemp("compared"))


@pytest.fixture(scope="module")
def text(found: Comparison) -> str:
    return "".join(compare_page(found))


class Elements(HTMLParser):
    """Every element of a page, with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag == name]


def test_nothing_of_an_answer_is_an_element(text: str) -> None:
    page = Elements(text)
    assert [script.get("type") for script in page.all("script")] == ["application/json", None, None]
    assert not {tag for tag, _ in page.found} & {"img", "iframe", "object", "embed", "link", "a", "b", "i", "u"} - {"b"}
    assert all(not name.startswith("on") for _, attributes in page.found for name in attributes)
    assert "window.pwned=1</script>" not in text


def test_nothing_is_asked_of_anywhere_else(text: str) -> None:
    assert not re.search(r"(?:src|href|url\()\s*=?\s*[\"']?(?:https?:)?//", text)


def test_the_data_are_the_answers_whole(text: str) -> None:
    written = text.partition('id="data">')[2].partition("</script>")[0]
    assert "<" not in written
    data = json.loads(written)
    assert [len(case["answers"]) for case in data["cases"]] == [3] * 8
    assert data["cases"][3]["answers"][0]["text"] == HOSTILE
    assert data["cases"][2]["answers"][0]["said"] == "failed"


def test_failures_and_differences_are_marked(text: str) -> None:
    rows = [row for row in Elements(text).all("tr") if "data-case" in row]
    assert [place for place, row in enumerate(rows) if "data-fail" in row] == [1, 2, 3]
    assert [place for place, row in enumerate(rows) if "data-diff" in row] == [1, 2]


def test_thumbs_are_there_only_where_they_write(found: Comparison, text: str) -> None:
    served = "".join(compare_page(found, served=True))
    assert ("✓ accept" in text, "✓ accept" in served) == (False, True)
    assert ("connect-src" in text, "connect-src" in served) == (False, True)
