"""The page in a real browser (`-m real`): it runs, it stays in its file, it can be used without a mouse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onedoor.pages.report import report_page

from .browser import Tab, browser
from .rows import report

pytestmark = pytest.mark.real

FIRST = "document.querySelector('table tbody tr th').textContent"
PAPER = "getComputedStyle(document.body).backgroundColor"
LEAST_CONTRAST = """(() => {
  const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const words = [...document.querySelectorAll("p, td, th, small, dt, dd, h1, h2, h3, li")];
  const inks = [...new Set(words.map((one) => getComputedStyle(one).color))].map(light);
  return Math.min(...inks.map((ink) => (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)));
})()"""
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(20, 23, 27)"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text(report_page(report()), encoding="utf-8")
    return path


@pytest.fixture
async def tab(tmp_path: Path) -> AsyncIterator[Tab]:
    async with browser(tmp_path / "profile") as opened:
        yield opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
async def test_it_runs_alone(tab: Tab, file: Path, width: int, scheme: str, tmp_path: Path) -> None:
    """No error, no breach of the policy, no request but the file's own, nothing wider than the window."""
    await tab.open(file, width=width, scheme=scheme)
    (tmp_path / f"{width}-{scheme}.png").write_bytes(await tab.picture())
    assert tab.complaints == []
    assert tab.requests == [file.as_uri()]
    assert await tab.run("document.documentElement.scrollWidth") <= width
    assert await tab.run(PAPER) == (LIGHT if scheme == "light" else DARK)


async def test_nothing_hostile_came_alive(tab: Tab, file: Path) -> None:
    await tab.open(file)
    assert await tab.run("document.scripts.length") == 1
    assert await tab.run("document.querySelectorAll('img, iframe, object, embed, link, base, form, a').length") == 0
    handlers = "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on')))"
    assert await tab.run(f"{handlers}.length") == 0


async def test_the_policy_lets_nothing_else_run(tab: Tab, file: Path) -> None:
    """A script that got in anyway, and a request to anywhere, are refused by the browser itself."""
    await tab.open(file)
    script = "const s = document.createElement('script'); s.textContent = 'window.pwned = 1'; document.body.append(s);"
    await tab.run(f"{script} window.pwned === undefined || (() => {{ throw 'it ran' }})()")
    assert await tab.run("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')") == "refused"
    loaded = "const i = new Image(); i.onload = () => done('loaded'); i.onerror = () => done('refused')"
    picture = f"new Promise(done => {{ {loaded}; i.src = 'http://127.0.0.1:9/i.png' }})"
    assert await tab.run(picture) == "refused"
    violations = [said for said in tab.complaints if "Content Security Policy" in str(said)]
    assert len(violations) >= 3


async def test_a_table_is_sorted_from_the_keyboard(tab: Tab, file: Path) -> None:
    await tab.open(file)
    calls = "[...document.querySelectorAll('table')[0].querySelectorAll('thead th button')][1]"
    column = "[...document.querySelectorAll('table')[0].tBodies[0].rows].map(r => Number(r.cells[1].dataset.v))"
    await tab.run(f"{calls}.focus()")
    await tab.press("Enter")
    down = await tab.run(column)
    assert down == sorted(down, reverse=True)
    assert await tab.run(f"{calls}.parentNode.getAttribute('aria-sort')") == "descending"
    await tab.press("Enter")
    assert await tab.run(column) == sorted(down)
    assert await tab.run(f"{calls}.parentNode.getAttribute('aria-sort')") == "ascending"


async def test_what_is_not_known_is_last_either_way(tab: Tab, file: Path) -> None:
    await tab.open(file)
    rate = "[...document.querySelectorAll('table')[0].querySelectorAll('thead th button')][6]"
    for _ in range(2):
        await tab.run(f"{rate}.click()")
        assert (
            await tab.run("[...document.querySelectorAll('table')[0].tBodies[0].rows].at(-1).cells[6].textContent")
            == "-"
        )


async def test_every_control_is_reached_and_shows_its_focus(tab: Tab, file: Path) -> None:
    await tab.open(file)
    reached = set()
    for _ in range(80):
        await tab.press("Tab")
        reached.add(await tab.run("document.activeElement.id || document.activeElement.tagName.toLowerCase()"))
        width = "getComputedStyle(document.activeElement).outlineWidth"
        assert await tab.run(f"document.activeElement === document.body || parseFloat({width}) >= 3")
        if reached > {"body"} and "body" in reached:
            break
    assert {"find", "theme", "button", "tr", "g", "circle"} <= reached


async def test_rows_and_marks_are_walked_with_the_arrows(tab: Tab, file: Path) -> None:
    """Each table and each plot is one stop of the tab key."""
    await tab.open(file)
    groups = "[...document.querySelectorAll('tbody, .plot')]"
    stops = f"{groups}.map(g => [...g.querySelectorAll('tr, [data-tip]')].filter(e => e.tabIndex === 0).length)"
    assert set(await tab.run(stops)) == {1}
    await tab.run("document.querySelector('tbody tr').focus()")
    await tab.press("ArrowDown")
    assert await tab.run("document.activeElement.rowIndex") == 2
    await tab.press("ArrowUp")
    assert await tab.run("document.activeElement.rowIndex") == 1


async def test_a_filter_leaves_what_contains_the_word(tab: Tab, file: Path) -> None:
    await tab.open(file)
    await tab.run("document.getElementById('find').focus()")
    await tab.type("bulk · Fast")
    rows = "[...document.querySelectorAll('table')[0].tBodies[0].rows]"
    shown = f"{rows}.filter(r => r.offsetParent).map(r => r.cells[0].textContent)"
    assert await tab.run(shown) == ["bulk · fast"]


async def test_a_mark_says_what_it_is(tab: Tab, file: Path) -> None:
    """To the keyboard as to the pointer; Escape takes it away."""
    await tab.open(file)
    await tab.run("document.querySelector('svg g[tabindex]').focus()")
    said = await tab.run("document.getElementById('tip').textContent")
    assert "per accepted answer" in said
    assert await tab.run("document.querySelector('svg g[tabindex]').getAttribute('aria-label')") == said
    await tab.press("Escape")
    assert await tab.run("document.getElementById('tip').hidden")


@pytest.mark.parametrize(("scheme", "other"), [("light", DARK), ("dark", LIGHT)])
async def test_the_scheme_can_be_changed(tab: Tab, file: Path, scheme: str, other: str) -> None:
    await tab.open(file, scheme=scheme)
    await tab.run("document.getElementById('theme').click()")
    assert await tab.run(PAPER) == other


async def test_words_can_be_read_on_their_ground(tab: Tab, file: Path) -> None:
    """At least 4.5 to 1 in both schemes (WCAG 2.2, 1.4.3)."""
    for scheme in ("light", "dark"):
        await tab.open(file, scheme=scheme)
        assert await tab.run(LEAST_CONTRAST) >= 4.5
