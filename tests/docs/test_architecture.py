"""The recipes of ARCHITECTURE.md work as they stand, and its lists are the code's."""

from __future__ import annotations

import inspect
import re
import sys
from types import ModuleType

import pytest
from aiohttp import web

import onedoor
from onedoor import door, kinds, standard, trail
from onedoor.testing import Scripted

from .pages import EVERY_RAIL, ROOT, blocks, rows, sections

PAGE = ROOT / "ARCHITECTURE.md"
SIM = {"sim": {"kind": "sim", "speed": 1000.0}}


def module(file: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The page's block for a file under src, imported under that file's name."""
    block = next(block for block in blocks(PAGE) if block.file == file)
    made = ModuleType(file.removeprefix("src/").removesuffix(".py").replace("/", "."))
    monkeypatch.setitem(sys.modules, made.__name__, made)
    exec(compile(block.text, file, "exec", dont_inherit=True), made.__dict__)
    return made


def patched(place: ModuleType) -> str:
    """A module's source with the page's diff for it applied."""
    source = inspect.getsource(place)
    for block in blocks(PAGE):
        if block.language == "diff":
            lines = block.text.splitlines()
            before = "\n".join(line[1:] for line in lines if line[0] != "+")
            if before in source:
                return source.replace(before, "\n".join(line[1:] for line in lines))
    raise AssertionError(f"no diff of the page fits {place.__name__}")


async def test_the_rail_recipe_goes_on_the_road(monkeypatch: pytest.MonkeyPatch) -> None:
    rail = module("src/onedoor/rails/redact.py", monkeypatch)
    road = ModuleType("onedoor.standard_with_redact")
    monkeypatch.setitem(sys.modules, road.__name__, road)
    road.__dict__["Redact"] = rail.Redact
    exec(compile(patched(standard), "standard.py", "exec", dont_inherit=True), road.__dict__)
    monkeypatch.setattr(door, "road", road.road)
    config = {"providers": SIM, "models": {"echo": {"provider": "sim", "name": "echo"}}}
    async with onedoor.open_async(config) as opened:
        reply = await opened.ask("write to jo@example.org today", model="echo")
        assert "mark='[e-mail]'" in repr(opened.rails(model="echo")[3])
    assert reply.text == "write to [e-mail] today"
    assert [note.rail for note in reply.trail or ()][:5] == ["record", "deadline", "limit", "redact", "fallback"]


async def test_the_rail_recipe_composes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    rail = module("src/onedoor/rails/redact.py", monkeypatch)
    script = Scripted(["done"])
    config = {"providers": SIM, "models": {"any": {"provider": "sim", "name": "any"}}}
    monkeypatch.setattr(door, "road", lambda plan, parts: (*standard.road(plan, parts), rail.Redact()))
    async with onedoor.open_async(config, providers={"sim": script}) as opened:
        await opened.ask("jo@example.org", model="any")
    assert script.calls[0].messages[0].text == "[e-mail]"


async def test_the_provider_recipe_answers_through_a_door(monkeypatch: pytest.MonkeyPatch) -> None:
    module("src/onedoor/providers/plain.py", monkeypatch)
    source = patched(kinds)
    changed = ModuleType("onedoor.kinds_with_plain")
    monkeypatch.setitem(sys.modules, changed.__name__, changed)
    exec(compile(source, "kinds.py", "exec", dont_inherit=True), changed.__dict__)
    monkeypatch.setitem(kinds.KINDS, "plain", changed.KINDS["plain"])  # type: ignore[arg-type]
    runner = web.AppRunner(plain_server())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        config = {
            "providers": {"mine": {"kind": "plain", "base_url": address}},
            "models": {"m": {"provider": "mine", "name": "parrot"}},
        }
        async with onedoor.open_async(config) as opened:
            reply = await opened.ask("hello", model="m")
            assert (reply.text, reply.provider, reply.served) == ("parrot says hello", "mine", "parrot")
            with pytest.raises(onedoor.RequestRejected):
                await opened.embed(["hello"], model="m")
            assert await opened.models() == {"mine": ()}
    finally:
        await runner.cleanup()


def plain_server() -> web.Application:
    async def generate(request: web.Request) -> web.Response:
        asked = await request.json()
        return web.json_response({"text": f"{asked['model']} says {asked['prompt']}"})

    app = web.Application()
    app.router.add_post("/generate", generate)
    return app


def test_the_road_is_the_one_of_standard() -> None:
    """Every rail of the page, in the page's order, is the road of a task that uses all of them."""
    with onedoor.open(EVERY_RAIL) as opened:
        road = [type(rail).__name__ for rail in opened.rails("all")]
    assert re.findall(r"^\|[^|]*\| `(\w+)` \|", sections(PAGE)["The road"], re.M) == road


def test_every_outcome_is_explained() -> None:
    shown = [(name, said) for name, said in rows(sections(PAGE)["The trail"])]
    told = inspect.getsource(trail)
    assert [name for name, _ in shown] == list(trail.Outcome.__args__)  # type: ignore[attr-defined]
    assert all(f"{name:<10} {said}" in told for name, said in shown)


def test_the_files_named_are_there() -> None:
    listed = re.findall(r"^    ([\w./ ]+?)  +\w", sections(PAGE)["Files, top to bottom"], re.M)
    names = [name for line in listed for name in line.split()]
    assert names
    assert [name for name in names if not (ROOT / "src/onedoor" / name).exists()] == []
