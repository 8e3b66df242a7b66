"""A comparison in a real browser (`-m real`): used with the keyboard alone, narrow and wide, light and dark, served."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from onedoor.pages.compare import compare_page, policy
from onedoor.pages.serving import Serving

from .browser import Tab, browser
from .compared import HOSTILE, compared

pytestmark = pytest.mark.real

PAPER = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(20, 23, 27)"
SHOWN = "[...document.querySelectorAll('#matrix tbody tr')].filter(r => r.offsetParent).map(r => +r.dataset.case)"
AT = "[+document.activeElement.parentElement.dataset.case, +document.activeElement.dataset.at]"
OPEN = "document.getElementById('both').open"
FIND = "(f => {{ f.value = '{}'; f.dispatchEvent(new Event('input')) }})(document.getElementById('find'))"
UNTIL = "new Promise(done => {{ const look = () => {{ const v = {}; v ? done(v) : setTimeout(look, 10); }}; look(); }})"
"""What an expression comes to, as soon as that is something."""

MARKED = "document.querySelectorAll('#matrix [data-mark]').length"
CODES = {"Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}


@dataclass(frozen=True)
class Address:
    """A page that is served."""

    url: str

    def as_uri(self) -> str:
        return self.url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "compare.html"
    path.write_text("".join(compare_page(compared(tmp_path))), encoding="utf-8")
    return path


@pytest.fixture
async def tab(tmp_path: Path) -> AsyncIterator[Tab]:
    async with browser(tmp_path / "profile") as opened:
        yield opened


async def press(tab: Tab, key: str) -> None:
    """A key, pressed and let go."""
    text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
    about: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": CODES.get(key, ord(key[0].upper()))}
    await tab.do("Input.dispatchKeyEvent", type="keyDown", **about, **({"text": text} if text else {}))
    await tab.do("Input.dispatchKeyEvent", type="keyUp", **about)


async def begin(tab: Tab, row: int = 0, at: int = 0) -> None:
    await tab.run(f"document.querySelectorAll('#matrix tbody tr')[{row}].cells[{at + 1}].focus()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
async def test_it_runs_alone(tab: Tab, file: Path, width: int, scheme: str) -> None:
    """No error, no breach of the policy, no request but the file's own, nothing wider than the window."""
    await tab.open(file, width=width, scheme=scheme)
    await begin(tab, 3)
    await press(tab, "Enter")
    assert await tab.picture()
    assert tab.complaints == []
    assert tab.requests == [file.as_uri()]
    assert await tab.run("document.documentElement.scrollWidth") <= width
    assert await tab.run("document.getElementById('both').getBoundingClientRect().width") <= width
    assert await tab.run(PAPER) == (LIGHT if scheme == "light" else DARK)
    assert await tab.run("window.pwned") is None


async def test_a_hostile_answer_is_shown_as_it_is(tab: Tab, file: Path) -> None:
    await tab.open(file)
    await begin(tab, 3)
    await press(tab, "Enter")
    assert await tab.run("document.querySelector('.answer').textContent") == HOSTILE
    assert await tab.run("document.querySelectorAll('dialog img, dialog script').length") == 0


async def test_the_arrows_move_from_answer_to_answer(tab: Tab, file: Path) -> None:
    await tab.open(file)
    stops = "[...document.querySelectorAll('#matrix [tabindex=\"0\"]')].length"
    await begin(tab)
    assert await tab.run(stops) == 1
    for key, where in (("ArrowDown", [1, 0]), ("ArrowRight", [1, 1]), ("ArrowUp", [0, 1]), ("ArrowLeft", [0, 0])):
        await press(tab, key)
        assert await tab.run(AT) == where
    for key in ("ArrowUp", "ArrowLeft"):
        await press(tab, key)
        assert await tab.run(AT) == [0, 0]
    assert await tab.run(stops) == 1


async def test_enter_opens_both_answers_with_what_differs(tab: Tab, file: Path) -> None:
    await tab.open(file)
    await begin(tab, 1, 0)
    await press(tab, "Enter")
    assert await tab.run(OPEN)
    words = "side => [...side.querySelectorAll('mark')].map(mark => mark.textContent)"
    marked = f"[...document.querySelectorAll('.side')].map({words})"
    assert await tab.run(marked) == [["yes"], ["no"]]
    texts = await tab.run("[...document.querySelectorAll('.answer')].map(p => p.textContent)")
    assert texts[0].replace("yes", "no") == texts[1]
    await press(tab, "Escape")
    assert not await tab.run(OPEN)
    assert await tab.run(UNTIL.format(f"{AT}.join() === '1,0'"))


async def test_inside_the_arrows_go_to_other_cases(tab: Tab, file: Path) -> None:
    await tab.open(file)
    await begin(tab, 0, 1)
    await press(tab, "Enter")
    await press(tab, "ArrowRight")
    assert await tab.run("document.getElementById('which').textContent") == "Case q2 <i>"
    await press(tab, "k")
    assert await tab.run("document.getElementById('which').textContent") == "Case q1 <i>"
    await press(tab, "j")
    await press(tab, "Escape")
    assert await tab.run(UNTIL.format(f"{AT}.join() === '1,1'"))


@pytest.mark.parametrize(
    ("name", "rows"), [("all", list(range(8))), ("fail", [1, 2, 3]), ("diff", [1, 2]), ("unreviewed", list(range(8)))]
)
async def test_filters(tab: Tab, file: Path, name: str, rows: list[int]) -> None:
    await tab.open(file)
    await tab.run(f"document.querySelector('[data-filter={name}]').click()")
    assert await tab.run(SHOWN) == rows
    count = f"document.querySelector('[data-filter={name}] small').textContent"
    assert int(await tab.run(count)) == len(rows)


async def test_words_filter_within_a_filter_and_the_arrows_keep_to_it(tab: Tab, file: Path) -> None:
    await tab.open(file)
    await tab.run("document.querySelector('[data-filter=fail]').click(); document.getElementById('find').focus()")
    await tab.type("q3")
    assert await tab.run(SHOWN) == [2]
    await tab.run(FIND.format("zzz"))
    assert not await tab.run("document.getElementById('none').hidden")
    await tab.run(FIND.format(""))
    await begin(tab, 1)
    await press(tab, "ArrowUp")
    assert await tab.run(AT) == [1, 0]
    await press(tab, "ArrowDown")
    await press(tab, "ArrowDown")
    await press(tab, "ArrowDown")
    assert await tab.run(AT) == [3, 0]


async def test_marks_are_exported(tab: Tab, file: Path, tmp_path: Path) -> None:
    """Unserved there are no thumbs, and a and r mark an answer."""
    await tab.do("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path), eventsEnabled=True)
    await tab.open(file)
    await begin(tab)
    for key in ("a", "ArrowRight", "r", "ArrowRight", "a", "u"):
        await press(tab, key)
    assert await tab.run(MARKED) == 2
    await press(tab, "a")
    await tab.run("document.querySelector('[data-filter=unreviewed]').click()")
    assert await tab.run(SHOWN) == list(range(1, 8))
    await tab.run("document.getElementById('export').click()")
    file = tmp_path / "compare-x-marks.json"
    for _ in range(200):
        if file.exists() and file.read_text().endswith("]\n"):
            break
        await tab.run("new Promise(done => setTimeout(done, 20))")
    told = json.loads(file.read_text())
    assert [(one["case"], one["candidate"], one["accepted"]) for one in told] == [
        ("q1 <i>", "fast", True),
        ("q1 <i>", "careful", False),
        ("q1 <i>", "<b>odd</b>", True),
    ]


async def test_served_thumbs_write(tab: Tab, tmp_path: Path) -> None:
    found = await asyncio.to_thread(compared, tmp_path)
    said: list[tuple[str, bool | None]] = []

    async def say(call: str, accepted: bool | None, reason: str) -> None:
        said.append((call, accepted))

    calls = [result.call for result in found]
    page = "".join(compare_page(found, served=True))
    async with Serving(page, policy(served=True), say, frozenset(calls)) as server:
        await tab.open(Address(server.address))  # type: ignore[arg-type]
        await begin(tab)
        await press(tab, "a")
        await press(tab, "Enter")
        await tab.run("document.querySelectorAll('.side')[1].querySelector('.reject').click()")
        assert await tab.run(UNTIL.format(f"{MARKED} === 2"))
        assert tab.complaints == []
        assert await tab.run("location.search") == ""
    assert said == [(calls[0], True), (calls[1], False)]


async def test_what_cant_be_written_is_said(tab: Tab, tmp_path: Path) -> None:
    found = await asyncio.to_thread(compared, tmp_path)

    async def say(call: str, accepted: bool | None, reason: str) -> None:
        raise AssertionError("no call is known")

    page = "".join(compare_page(found, served=True))
    async with Serving(page, policy(served=True), say, frozenset()) as server:
        await tab.open(Address(server.address))  # type: ignore[arg-type]
        await begin(tab)
        await press(tab, "Enter")
        await press(tab, "a")
        told = await tab.run(UNTIL.format("document.querySelector('.reason.problem')?.textContent"))
        assert "that call is not of this comparison" in told
        assert await tab.run(MARKED) == 0


async def test_words_can_be_read_on_their_ground(tab: Tab, file: Path) -> None:
    """At least 4.5 to 1 in both schemes (WCAG 2.2, 1.4.3), marks and pills too."""
    contrast = """(() => {
      const part = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
      const light = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(v => part(v / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const paper = light(getComputedStyle(document.body).backgroundColor);
      const words = [...document.querySelectorAll('p, td, th, small, .pill, summary, pre')];
      const inks = words.filter(e => !e.closest('[aria-pressed=true]')).map(e => light(getComputedStyle(e).color));
      return Math.min(...inks.map(ink => (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)));
    })()"""
    for scheme in ("light", "dark"):
        await tab.open(file, scheme=scheme)
        assert await tab.run(contrast) >= 4.5
