"""`onedoor explain`."""

from __future__ import annotations

from pathlib import Path

import pytest

from .processes import Cli

pytestmark = pytest.mark.usefixtures("place")


def test_the_road_in_order_with_values_as_the_file_has_them(cli: Cli) -> None:
    ended = cli("explain", "chat")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0] == "chat — onedoor.toml"
    assert [line.split()[1] for line in lines if line[:1].isdigit()] == [
        stop["rail"] for stop in cli("explain", "chat", "--json").data["road"] if stop["rail"] != "question"
    ]
    assert "      cache.ttl = 86400     [onedoor.toml:26]" in lines
    assert any(line.startswith("      cache.shared = false  [") for line in lines)
    assert "      retry.max_wait = 0.001  [onedoor.toml:23]" in lines


def test_without_a_task_it_is_the_default_one(cli: Cli) -> None:
    assert cli("explain").out.startswith("chat — ")


def test_a_pinned_model_comes_from_the_call(cli: Cli) -> None:
    assert "models = careful (careful at sim)  [this call]" in cli("explain", "chat", "-m", "careful").out
    pinned = cli("explain", "-m", "careful", "--json").data
    assert (pinned["task"], pinned["model"]) == (None, "careful")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["caht"], 2, "did you mean 'chat'?"),
        (["-m", "fats"], 2, "did you mean 'fast'?"),
        (["unlucky"], 3, "'no_such_module:answer' can't be imported"),
        (["-c", "missing.toml"], 3, "there is no file missing.toml"),
    ],
)
def test_what_can_go_wrong(arguments: list[str], code: int, said: str, cli: Cli) -> None:
    ended = cli("explain", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err


def long(place: Path) -> None:
    system = "You answer in a few words.\\n" * 60
    models = "".join(f'model_{number} = {{ provider = "sim", name = "fast" }}\n' for number in range(20))
    names = ", ".join(f'"model_{number}"' for number in range(20))
    (place / "long.toml").write_text(
        f'[providers.sim]\nkind = "sim"\n[models]\n{models}[tasks.chat]\nsystem = "{system}"\nmodels = [{names}]\n'
    )


MODERN = """\
[providers.sim]
kind = "sim"
[models.fast]
provider = "sim"
name = "fast"
[tasks.chat]
models = ["fast"]
prompt.constraints = ["Be brief.", "Be kind."]
prompt.keep = "middle"
prompt.examples = [{ question = "1+1?", answer = "2" }]
[tasks.chat.guard]
user = { action = "mark", threshold = 0.5 }
output = { action = "block", allow = ["secret", "leak"] }
[tasks.chat.verify]
by = [{ function = "os.path:basename", name = "mine" }, { agree = 2 }]
"""


def test_prompt_guard_and_verifiers_are_said_key_by_key(cli: Cli, place: Path) -> None:
    """Each under the name the configuration has for it, with the line that gives it."""
    (place / "modern.toml").write_text(MODERN)
    road = cli("explain", "-c", "modern.toml", "--json").data["road"]
    said = {item["key"]: (item["value"], item["origin"]) for stop in road for item in stop["settings"]}
    assert said["prompt.constraints"] == ("Be brief., Be kind.", "modern.toml:8")
    assert said["prompt.examples"] == ("1+1? → 2", "modern.toml:10")
    assert said["prompt.keep"] == ("middle", "modern.toml:9")
    assert said["prompt.marking"] == ("delimit", "built in")
    assert (said["prompt.trim"], said["prompt.stable"]) == (("true", "built in"), ("false", "built in"))
    assert said["guard.user"] == ("mark from a score of 0.5", "modern.toml:12")
    assert said["guard.output.allow"] == ("leak, secret", "modern.toml:13")
    assert said["verify.by"] == ("mine, agreement", "modern.toml:15")
    assert said["verify.sample"] == ("1", "built in")


@pytest.mark.parametrize("columns", [20, 80, 200])
def test_long_values_are_wrapped_to_the_screen(
    columns: int, cli: Cli, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long(place)
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = cli("explain", "-c", "long.toml").out
    assert max(len(line) for line in shown.splitlines()) <= max(columns, 60)
    assert "model_19 (fast at sim)" in " ".join(shown.split())


def test_a_very_long_value_is_cut_and_json_has_it_whole(cli: Cli, place: Path) -> None:
    long(place)
    assert "(1620 characters, all of them with --json)" in " ".join(cli("explain", "-c", "long.toml").out.split())
    question = cli("explain", "-c", "long.toml", "--json").data["road"][0]
    assert len(question["settings"][0]["value"]) == 1620


def test_origins_stand_in_one_column(cli: Cli) -> None:
    lines = [line for line in cli("explain", "shaky").out.splitlines() if " timeout." in line]
    assert len({line.index("[") for line in lines}) == 1
