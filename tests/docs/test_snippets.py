"""Everything a page shows has been run: Python, configurations, commands and what the commands print.

Blocks of one page share a directory and a namespace, in order. A Python or TOML block whose first line names a file
(`# rules.py`) is written there too. A comment above a block changes what is done with it:

    <!-- no-run: why -->   needs a real server or key; it must still compile
    <!-- fragment -->      TOML to add to a configuration; it is loaded on top of the one below
    <!-- wrong … -->       a configuration that must be refused
    <!-- workflow -->      TOML that is a workflow, not a configuration; it is drawn
"""

from __future__ import annotations

import io
import logging
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from onedoor.cli.app import run
from onedoor.discover import look
from onedoor.errors import ConfigError
from onedoor.load import load, merged
from onedoor.workflow import Workflow

from .pages import PAGES, ROOT, Block, blocks

CONFIG = """\
default_task = "chat"

[providers.sim]
kind = "sim"

[models]
fast = { provider = "sim", name = "fast", price = { input = 0.15, output = 0.6 } }
careful = { provider = "sim", name = "careful", price = { input = 3, output = 15 } }
flaky = { provider = "sim", name = "flaky" }
outage = { provider = "sim", name = "outage" }
tools = { provider = "sim", name = "tools" }
embed = { provider = "sim", name = "embed" }

[tasks]
chat = { models = ["fast", "careful"] }
cheap_bulk = { models = ["fast", "careful"], cache = { ttl = 86400 } }
shaky = { models = ["outage", "careful"] }
"""
SPEED = "1000.0"
OWN_TESTS = {"llama-cpp.md", "bench.md", "bench-state.md", "bench-recovery.md", "bench-answers.md"}
"""Pages about a real server and about measurements: their Python and commands are run by tests of their own."""
SHELL = re.compile(r"[|<>&;$]")
NUMBER = re.compile(r"\d+(\.\d+)?(e-\d+)?")


def ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory with a configuration and a state of its own, on a machine where no server and no key is found."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONEDOOR_STATE", str(tmp_path / "state" / "state.db"))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(look.__kwdefaults__, "fetch", lambda url: None)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENROUTER_API_KEY", "ONEDOOR_CONFIG", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "onedoor.toml").write_text(hastened(CONFIG))
    before = set(sys.modules)
    with unlogged():
        yield tmp_path
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]


@contextmanager
def unlogged() -> Iterator[None]:
    """Whatever a page does about logging ends with it."""
    logger = logging.getLogger("onedoor")
    handlers, level, propagate = logger.handlers, logger.level, logger.propagate
    yield
    logger.handlers, logger.propagate = handlers, propagate
    logger.setLevel(level)


def hastened(text: str) -> str:
    """The simulator made fast, so that the pages need not speak of it."""
    if "speed" in text:
        return text
    text = re.sub(r'^kind = "sim"', f'kind = "sim"\nspeed = {SPEED}', text, flags=re.M)
    return text.replace('"kind": "sim"', f'"kind": "sim", "speed": {SPEED}')


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_configurations_load(page: Path) -> None:
    for block in blocks(page):
        if block.language == "toml" and not block.mark.startswith("workflow"):
            raw = tomllib.loads(block.text)
            whole = merged(tomllib.loads(CONFIG), raw) if block.mark.startswith("fragment") else raw
            with pytest.raises(ConfigError) if block.mark.startswith("wrong") else nullcontext():
                load(whole)


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in OWN_TESTS], ids=ids)
def test_snippets_run(page: Path, place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page):
        if block.file and block.language in {"python", "toml"}:
            (place / block.file).parent.mkdir(parents=True, exist_ok=True)
            (place / block.file).write_text(hastened(block.text))
        if block.mark.startswith("workflow"):
            Workflow.load(place / block.file if block.file else tomllib.loads(block.text)).mermaid()
        elif block.language == "python":
            code = compile("\n" * (block.line - 1) + hastened(block.text), str(page), "exec", dont_inherit=True)
            if not block.mark.startswith("no-run"):
                exec(code, names)
        elif block.language in {"console", "sh"} and not block.mark.startswith("no-run"):
            play(block, capfd)


def steps(block: Block) -> list[tuple[str, list[str]]]:
    """Each `$ command` with the lines shown below it, up to a blank one or the next command."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
    return found


def play(block: Block, capfd: pytest.CaptureFixture[str]) -> None:
    """Run a block's commands of ours; `$ echo $?` after one shows its exit code, which else is 0."""
    code = 0
    for command, said in steps(block):
        if command == "echo $?":
            assert code == int(said[0]), f"{block.where}: the exit code was {code}"
            code = 0
            continue
        assert code == 0, f"{block.where}: what comes before `{command}` ended with {code}"
        if "onedoor" in command:
            capfd.readouterr()
            code = carried_out(command)
            compare(said, capfd.readouterr(), f"{block.where}: {command}")
    assert code == 0, f"{block.where}: ended with {code}"


def compare(said: list[str], printed: tuple[str, str], where: str) -> None:
    """Every line shown was printed; one with an ellipsis stands for what was left out."""
    told = {plain(line) for stream in printed for line in stream.splitlines()}
    for line in said:
        assert "…" in line or plain(line) in told | {""}, f"{where}: {line!r} is not in {sorted(told)}"


def carried_out(command: str) -> int:
    if SHELL.search(command) or not command.startswith("onedoor"):
        return subprocess.run(command, shell=True, stdin=subprocess.DEVNULL, timeout=30, check=False).returncode
    stdin, sys.stdin = sys.stdin, io.StringIO()
    try:
        return run(shlex.split(command)[1:])
    finally:
        sys.stdin = stdin


def plain(line: str) -> str:
    """A line without what differs from run to run: numbers, and the space that lines them up."""
    return " ".join(NUMBER.sub("N", line).split())
