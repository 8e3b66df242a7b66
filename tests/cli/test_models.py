"""`onedoor models`."""

from __future__ import annotations

from pathlib import Path

from .processes import Cli
from .servers import Serves


def test_what_is_served_and_your_names_for_it(cli: Cli, place: Path) -> None:
    ended = cli("models")
    assert ended.code == 1
    head, first, *_ = ended.out.splitlines()
    assert head.split() == ["PROVIDER", "SERVES", "YOURS", "CONTEXT", "LOADED"]
    assert first.split() == ["sim", "fast", "fast", "32768", "-"]
    *problems, hint = ended.err.splitlines()
    assert [line.split()[0] for line in problems] == ["gone:", "keyless:", "rules:", "lost:"]
    assert problems[1] == "keyless: needs a key: the environment has no A_KEY_NOT_SET"
    assert hint == "`onedoor check` says what mends it"


def test_json_has_models_and_errors_by_provider(cli: Cli, place: Path) -> None:
    ended = cli("models", "--json")
    assert (ended.code, ended.err) == (1, "")
    assert ended.data["sim"][0] == {"name": "fast", "context": 32768, "loaded": None}
    assert ended.data["gone"]["error"] == "connect"


def test_ollama_names_contexts_and_what_is_loaded(cli: Cli, empty: Path, serves: Serves) -> None:
    address = serves(
        {
            "/api/tags": {"models": [{"name": "tiny:latest"}, {"name": "big:70b"}]},
            "/api/ps": {"models": [{"name": "tiny:latest", "context_length": 4096}]},
        }
    )
    (empty / "onedoor.toml").write_text(
        f'[providers.here]\nkind = "ollama"\nbase_url = "{address}"\n'
        '[models]\na = { provider = "here", name = "tiny" }\nb = { provider = "here", name = "tiny:latest" }\n'
    )
    ended = cli("models")
    assert (ended.code, ended.err) == (0, "")
    assert [line.split() for line in ended.out.splitlines()[1:]] == [
        ["here", "tiny:latest", "a,", "b", "4096", "yes"],
        ["here", "big:70b", "-", "-", "no"],
    ]


def test_no_provider_is_said(cli: Cli, empty: Path) -> None:
    (empty / "onedoor.toml").write_text("")
    ended = cli("models")
    assert (ended.code, ended.out, ended.err) == (0, "", "no provider is configured\n")


def test_a_missing_configuration_is_3(cli: Cli, empty: Path) -> None:
    assert cli("models", "-c", "missing.toml").code == 3
