"""`onedoor init`, and that what it writes loads, checks and answers."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from onedoor.config import json_schema
from onedoor.discover import SPOTS, Found, Spot, fetch, look
from onedoor.load import load
from onedoor.scaffold import named, written

from .processes import Cli
from .servers import Serves

TAGS = {"models": [{"name": "qwen2.5:3b"}, {"name": "nomic-embed-text:latest"}, {"name": "tiny"}]}
LISTED = {"data": [{"id": "org/tiny"}, {"id": 'odd "name"\\with\x7fsigns'}]}


@pytest.fixture
def here(empty: Path, serves: Serves, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with an Ollama, an OpenAI-compatible server and a key, each at an address of its own."""
    spots = (
        Spot("ollama", "ollama", serves({"/api/tags": TAGS, "/api/ps": {"models": []}}), "/api/tags"),
        Spot("vllm", "openai", serves({"/v1/models": LISTED}) + "/v1"),
        Spot("absent", "openai", "http://127.0.0.1:9/v1"),
    )
    monkeypatch.setitem(look.__kwdefaults__, "spots", spots)
    monkeypatch.setitem(look.__kwdefaults__, "fetch", fetch)


@pytest.mark.usefixtures("here")
def test_what_is_found_is_written_and_all_of_it_is_there(cli: Cli, empty: Path) -> None:
    ended = cli("init")
    assert (ended.code, ended.out) == (0, "")
    assert "found ollama (http://127.0.0.1:" in ended.err
    config = load(empty / "onedoor.toml")
    assert list(config.models) == ["qwen2_5_3b", "tiny", "vllm_tiny", "odd__name__with_signs"]
    assert config.models["odd__name__with_signs"].name == LISTED["data"][1]["id"]
    assert config.tasks["chat"].models == list(config.models)
    checked = cli("check")
    assert (checked.code, checked.out) == (
        0,
        "ok  ollama: reached; it serves 3 models\nok  vllm: reached; it serves 2 models\n",
    )
    assert cli("explain", "chat").code == cli("explain", "cheap_bulk").code == 0


@pytest.mark.usefixtures("here")
def test_json_says_what_is_found_and_writes_nothing(cli: Cli, empty: Path) -> None:
    ollama, vllm = cli("init", "--json").data
    assert (ollama["provider"], ollama["kind"], ollama["key"]) == ("ollama", "ollama", None)
    assert ollama["models"] == {"qwen2_5_3b": "qwen2.5:3b", "tiny": "tiny"}
    assert vllm["models"]["vllm_tiny"] == "org/tiny"
    assert list(empty.iterdir()) == []


def test_where_nothing_is_found_the_simulator_answers(cli: Cli, empty: Path) -> None:
    assert "built-in simulator" in cli("init").err
    assert cli("check").code == 0
    assert cli("ask", "hello").out.startswith("This is a simulated answer")


def test_the_first_minutes_on_a_machine_that_has_never_seen_it(
    cli: Cli, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the state where a user has it, in a directory nobody has made yet."""
    monkeypatch.delenv("ONEDOOR_STATE", raising=False)
    assert cli("init").code == cli("check").code == 0
    assert (cli("ask", "hello").code, cli("ask", "-m", "careful", "hello").code) == (0, 0)


def test_a_key_is_believed_and_never_written(cli: Cli, empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    ended = cli("init")
    text = (empty / "onedoor.toml").read_text()
    assert 'key = "env:OPENAI_API_KEY"' in text
    assert "sk-secret" not in text + ended.err


def test_a_file_that_is_there_stays(cli: Cli, empty: Path) -> None:
    (empty / "onedoor.toml").write_text("mine")
    ended = cli("init")
    assert (ended.code, ended.err) == (2, "error: onedoor.toml is already there; --force overwrites it\n")
    assert (empty / "onedoor.toml").read_text() == "mine"
    assert cli("init", "--force").code == 0
    load(empty / "onedoor.toml")


@pytest.mark.parametrize(
    ("output", "code", "said"),
    [
        (".", 2, "error: . is a directory; name a file in it: onedoor.toml\n"),
        ("nowhere/x.toml", 1, "error: nowhere/x.toml can't be written: No such file or directory\n"),
        ("file/x.toml", 1, "error: file/x.toml can't be written: Not a directory\n"),
    ],
)
def test_a_place_that_cannot_be_written(output: str, code: int, said: str, cli: Cli, empty: Path) -> None:
    (empty / "file").write_text("")
    ended = cli("init", "-o", output)
    assert (ended.code, ended.err) == (code, said)


def test_a_directory_without_permission(cli: Cli, empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    ended = cli("init")
    assert (ended.code, ended.err) == (1, "error: onedoor.toml can't be written: Permission denied\n")


def test_a_dash_is_stdout(cli: Cli, empty: Path) -> None:
    ended = cli("init", "-o", "-")
    assert ended.err == ""
    load(tomllib.loads(ended.out))
    assert list(empty.iterdir()) == []


def test_the_next_steps_name_another_file(cli: Cli, empty: Path) -> None:
    assert "  onedoor ask -c 'my file.toml' -t chat" in cli("init", "-o", "my file.toml").err


FOUND = [Found(spot, spot.models or (("tiny", "tiny", ""),)) for spot in SPOTS]


@pytest.mark.parametrize("found", [[], FOUND, FOUND * 3], ids=["nothing", "everything", "threefold"])
def test_every_written_file_loads_and_fits_its_schema(found: list[Found]) -> None:
    raw = tomllib.loads(written(found[:7]))
    load(raw)
    schema = json.loads(json.dumps(json_schema()))
    assert list(misfits(raw, schema, schema["definitions"])) == []


def test_no_two_models_share_a_name() -> None:
    spot = Spot("here", "openai", "http://127.0.0.1:9/v1")
    found = Found(spot, (("tiny", "a/tiny", ""), ("tiny", "b/tiny", ""), ("tiny", "c/tiny", "")))
    assert [model.own for model in named([found])] == ["tiny", "here_tiny", "here_tiny_2"]
    assert list(load(tomllib.loads(written([found]))).models) == ["tiny", "here_tiny", "here_tiny_2"]


def test_many_models_stand_one_to_a_line() -> None:
    spot = Spot("here", "openai", "http://127.0.0.1:9/v1")
    text = written([Found(spot, tuple((f"a_rather_long_name_{n}", f"n{n}", "") for n in range(8)))])
    assert max(len(line) for line in text.splitlines()) <= 120
    assert len(load(tomllib.loads(text)).tasks["chat"].models) == 8


def test_a_schema_check_finds_what_is_wrong() -> None:
    schema = json_schema()
    assert list(misfits({"tasks": {"chat": {"models": "fast"}}}, schema, schema["definitions"])) != []
    assert list(misfits({"task": {}}, schema, schema["definitions"])) != []


def misfits(value: Any, schema: dict[str, Any], definitions: dict[str, Any], path: str = "$") -> list[str]:
    """As much of JSON Schema as onedoor's own needs: where a value breaks it."""
    if "$ref" in schema:
        return misfits(value, definitions[schema["$ref"].rpartition("/")[2]], definitions, path)
    if "anyOf" in schema:
        tried = [misfits(value, option, definitions, path) for option in schema["anyOf"]]
        return [] if [] in tried else [f"{path}: fits none of {len(tried)}"]
    wrong = [] if _fits(value, schema) else [f"{path}: {value!r} breaks {schema}"]
    if isinstance(value, dict):
        wrong += [f"{path}.{key} is missing" for key in schema.get("required", ()) if key not in value]
        for key, item in value.items():
            below = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
            unknown = [f"{path}.{key} is unknown"] if below is False else []
            wrong += unknown or misfits(item, below if isinstance(below, dict) else {}, definitions, f"{path}.{key}")
    if isinstance(value, list):
        for item in value:
            wrong += misfits(item, schema.get("items", {}), definitions, f"{path}[]")
    return wrong


def _fits(value: Any, schema: dict[str, Any]) -> bool:
    kinds = {"object": dict, "array": list, "string": str, "number": (int, float), "integer": int, "boolean": bool}
    kinds["null"] = type(None)
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):  # type: ignore[arg-type]
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    low, high = schema.get("minimum"), schema.get("maximum")
    return (low is None or value >= low) and (high is None or value <= high)
