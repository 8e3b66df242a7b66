"""`onedoor config`."""

from __future__ import annotations

from pathlib import Path

import pytest

from .processes import Cli


def test_path_is_the_file_in_use(cli: Cli, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli("config", "path").out == f"{place / 'onedoor.toml'}\n"
    (place / "other.toml").write_text("")
    assert cli("config", "path", "-c", "other.toml").out == f"{place / 'other.toml'}\n"
    monkeypatch.setenv("ONEDOOR_CONFIG", "other.toml")
    assert cli("config", "path").out == f"{place / 'other.toml'}\n"


@pytest.mark.parametrize("arguments", [[], ["-c", "missing.toml"]])
def test_no_file_is_3(arguments: list[str], cli: Cli, empty: Path) -> None:
    ended = cli("config", "path", *arguments)
    assert (ended.code, ended.out) == (3, "")
    assert "`onedoor init` writes one" in ended.err


def test_a_users_own_file_is_found(cli: Cli, empty: Path) -> None:
    own = empty.parent / "home" / "onedoor" / "onedoor.toml"
    own.parent.mkdir(exist_ok=True)
    own.write_text("")
    assert cli("config", "path").out == f"{own}\n"


def test_show_fills_in_the_defaults(cli: Cli, place: Path) -> None:
    shown = cli("config", "show")
    assert shown.data["tasks"]["chat"]["retry"] == {"sends": 3, "per_call": 6, "max_wait": 0.001}
    assert shown.data["source"] == "onedoor.toml"
    assert "origins" not in shown.data
    assert cli("config", "show", "--json").out.count("\n") == 1


def test_show_names_a_key_and_never_has_one(cli: Cli, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY_NOT_SET", "sk-secret")
    shown = cli("config", "show").out
    assert "env:A_KEY_NOT_SET" in shown
    assert "sk-secret" not in shown


def test_a_wrong_configuration_is_3(cli: Cli, empty: Path) -> None:
    (empty / "onedoor.toml").write_text("[task.chat]\n")
    ended = cli("config", "show")
    assert ended.code == 3
    assert "did you mean 'tasks'?" in ended.err


def test_the_schema_is_draft_7_and_every_reference_in_it_holds(cli: Cli) -> None:
    schema = cli("config", "schema").data
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    references = set(_references(schema))
    assert references
    assert {reference.removeprefix("#/definitions/") for reference in references} <= schema["definitions"].keys()


def _references(schema: object) -> list[str]:
    if isinstance(schema, list):
        return [found for item in schema for found in _references(item)]
    if not isinstance(schema, dict):
        return []
    below = [found for value in schema.values() for found in _references(value)]
    return [schema["$ref"], *below] if "$ref" in schema else below
