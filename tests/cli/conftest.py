from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from onedoor.discover import look

from .processes import Cli, Terminal
from .servers import Serves, serving

CONFIG = """\
default_task = "chat"

[providers]
sim = { kind = "sim", speed = 1000 }
slow = { kind = "sim" }
gone = { kind = "openai", base_url = "http://127.0.0.1:9/v1" }
keyless = { kind = "openai", key = "env:A_KEY_NOT_SET" }
rules = { kind = "function", function = "rules_of_ours:wrong" }
lost = { kind = "function", function = "no_such_module:answer" }

[models]
fast = { provider = "sim", name = "fast", price = { input = 0.15, output = 0.6 } }
careful = { provider = "sim", name = "careful" }
outage = { provider = "sim", name = "outage" }
cut = { provider = "sim", name = "cut" }
slow = { provider = "slow", name = "slow" }
gone = { provider = "gone", name = "any" }
keyless = { provider = "keyless", name = "any" }
rules = { provider = "rules", name = "any" }
lost = { provider = "lost", name = "any" }

[defaults]
retry = { max_wait = 0.001 }

[tasks]
chat = { models = ["fast", "careful"], cache = { ttl = 86400 } }
shaky = { models = ["outage", "fast"] }
doomed = { models = ["gone", "keyless", "outage"] }
unlucky = { models = ["outage"], last_resort = [{ function = "no_such_module:answer" }] }
"""
RULES = "def wrong(call):\n    raise ValueError('the rule has no answer')\n"
QUIET = ("ONEDOOR_CONFIG", "NO_COLOR", "FORCE_COLOR", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENROUTER_API_KEY")


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to work in, on a machine where no server, no key and no configuration is found."""
    home, place = tmp_path / "home", tmp_path / "place"
    home.mkdir()
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setitem(look.__kwdefaults__, "fetch", lambda url: None)
    for variable in QUIET:
        monkeypatch.delenv(variable, raising=False)
    for variable in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(home))
    monkeypatch.setenv("PYTHONUTF8", "1")
    return place


@pytest.fixture
def place(empty: Path) -> Iterator[Path]:
    """The same with a configuration and a function provider that fails."""
    (empty / "onedoor.toml").write_text(CONFIG)
    (empty / "rules_of_ours.py").write_text(RULES)
    yield empty
    sys.modules.pop("rules_of_ours", None)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs a command in this process."""
    return Cli(capsys)


@pytest.fixture
def terminal() -> Terminal:
    """Runs a command at a terminal of its own."""
    return Terminal()


@pytest.fixture
def serves() -> Iterator[Serves]:
    """Starts a server from its answers by path; gives its address."""
    with ExitStack() as stack:
        yield lambda answers: stack.enter_context(serving(answers))
