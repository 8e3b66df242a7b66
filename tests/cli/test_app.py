"""The command line as a whole: help, errors, exit codes, streams."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from onedoor import __version__, errors
from onedoor.cli import app
from onedoor.cli.failing import exit_code

from .processes import Cli, process, shell

pytestmark = pytest.mark.usefixtures("place")


def commands(command: click.Command, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """A command and every command below it, with their names."""
    yield names, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*names, name))


FOUND = dict(
    found
    for name in app.COMMANDS
    for found in commands(app.Commands().get_command(click.Context(app.onedoor), name), (name,))  # type: ignore[arg-type]
)
ALONE = [names for names, command in FOUND.items() if not isinstance(command, click.Group)]


@pytest.mark.parametrize("names", FOUND, ids=" ".join)
def test_every_command_helps_with_examples(names: tuple[str, ...], cli: Cli) -> None:
    helped = cli(*names, "--help")
    assert helped.code == 0
    assert "Examples:\n" in helped.out
    assert f"onedoor {' '.join(names)}" in helped.out.partition("Examples:")[2]


@pytest.mark.parametrize("names", ALONE, ids=" ".join)
def test_examples_use_options_that_exist(names: tuple[str, ...], cli: Cli) -> None:
    helped = cli(*names, "--help").out
    options, _, shown = helped.partition("Examples:")
    for example in re.findall(rf"onedoor {' '.join(names)}\b([^|>&\n]*)", shown):
        for option in re.findall(r"(?<=\s)--?[a-z][\w-]*", re.sub(r"'[^']*'|\$\(.*", "", example)):
            assert option in options, f"{names}: {option}"


def test_help_lists_every_command_and_every_exit_code(cli: Cli) -> None:
    helped = cli("--help").out
    assert [name for name in app.COMMANDS if f"\n  {name} " not in helped] == []
    assert re.findall(r"^    (\d+)  ", helped, re.M) == ["0", "1", "2", "3", "4", "130"]


@pytest.mark.parametrize("names", [(), ("config",), ("sim",)])
def test_no_command_is_wrong_usage_that_shows_the_help(names: tuple[str, ...], cli: Cli) -> None:
    ended = cli(*names)
    assert (ended.code, ended.out) == (2, "")
    assert "Commands:" in ended.err


def test_version(cli: Cli) -> None:
    assert cli("--version").out == f"onedoor, version {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["aks"], "there is no command 'aks'; did you mean 'ask'?"),
        (["config", "shwo"], "there is no command 'shwo'; did you mean 'show'?"),
        (["sim", "sreve"], "there is no command 'sreve'; did you mean 'serve'?"),
        (["ask", "--modle", "fast"], "--model"),
        (["ask", "--temperature", "warm", "hello"], "'warm' is not a valid float"),
        (["ask", "--cache", "maybe", "hello"], "'on', 'refresh', 'off'"),
        (["explain", "chat", "fast"], "unexpected extra argument"),
    ],
)
def test_wrong_usage_is_two_lines_that_name_the_help(arguments: list[str], said: str, cli: Cli) -> None:
    ended = cli(*arguments)
    assert (ended.code, ended.out) == (2, "")
    error, hint = ended.err.splitlines()
    assert error.startswith("error: ")
    assert said in error
    assert re.fullmatch(r"`onedoor( \w+)* --help` shows how", hint)


def test_wrong_usage_is_json_where_that_is_asked_for(cli: Cli) -> None:
    ended = cli("ask", "--json", "--modle", "fast")
    assert (ended.code, ended.out) == (2, "")
    assert ended.error["code"] == "usage"
    assert ended.error.keys() == {"code", "message", "id", "trail"}


def test_what_comes_after_two_dashes_is_no_flag(cli: Cli) -> None:
    assert cli("ask", "-t", "nope", "--", "--json", "--debug").err.startswith("error: there is no task 'nope'")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ConfigError("wrong"), 3),
        (errors.InvalidCall("wrong"), 2),
        (errors.DeadlineExceeded(1.0), 4),
        (errors.ServerFault("wrong"), 1),
        (click.UsageError("wrong"), 2),
        (click.ClickException("wrong"), 1),
        (ValueError("wrong"), 1),
    ],
)
def test_exit_codes(error: Exception, code: int) -> None:
    assert exit_code(error) == code


def test_an_unexpected_error_is_one_line(cli: Cli, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(place))
    ended = cli("ask", "-m", "rules", "hello")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "error: unexpected ValueError: the rule has no answer; --debug shows the traceback\n"
    assert cli("ask", "--json", "-m", "rules", "hello").error["code"] == "unexpected"


@pytest.mark.parametrize("arguments", [["-m", "rules"], ["-t", "nope"], ["-c", "missing.toml"]])
def test_debug_shows_the_traceback_and_keeps_the_code(arguments: list[str]) -> None:
    plain = process("ask", *arguments, "hello")
    debugged = process("ask", *arguments, "--debug", "hello")
    assert plain.code == debugged.code != 0
    assert "Traceback" not in plain.err
    assert "Traceback (most recent call last)" in debugged.err
    assert debugged.err.splitlines()[-1] == plain.err.splitlines()[0]


@pytest.mark.parametrize(
    "line",
    [
        "onedoor models -c good.toml | head -1",
        "onedoor config schema | true",
        "onedoor --help | true",
        "onedoor ask --stream hello | true",
        "onedoor ask -m outage hello 2>&1 | true",
    ],
)
def test_a_reader_that_goes_away_is_no_error(line: str, place: Path) -> None:
    (place / "good.toml").write_text('[providers.sim]\nkind = "sim"\n')
    ended = shell(line)
    assert ended.err == ""
    assert ended.code in {0, 1}


@pytest.mark.parametrize(
    ("line", "code"), [("onedoor ask hello >&-", 0), ("onedoor ask <&-", 2), ("onedoor ask -m outage hello 2>&-", 1)]
)
def test_closed_streams(line: str, code: int) -> None:
    ended = shell(line)
    assert ended.code == code
    assert "Traceback" not in ended.err


def test_a_full_disk_is_said() -> None:
    ended = shell("onedoor ask hello > /dev/full")
    assert ended.code == 1
    assert "No space left on device" in ended.err
    assert "Traceback" not in ended.err


def test_an_encoding_without_the_letters_gets_escapes() -> None:
    ended = process("explain", "chat", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert ended.code == 0
    assert ended.out.startswith(r"chat \u2014 onedoor.toml")


@pytest.mark.parametrize(
    ("environ", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colour_in_a_pipe(environ: dict[str, str], coloured: bool, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in cli("explain", "chat").out) is coloured
    assert ("\x1b[" in cli("ask", "-m", "outage", "hello").err) is coloured
    assert "\x1b[" not in cli("ask", "--json", "hello").out


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    def pressed(*arguments: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("onedoor.cli.explain.configured", pressed)
    assert cli("explain").code == 130


def test_json_goes_through_a_json_reader() -> None:
    ended = shell("onedoor ask --json hello | python3 -m json.tool")
    assert json.loads(ended.out)["model"] == "fast"
