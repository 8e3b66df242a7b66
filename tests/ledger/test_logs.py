"""Logging is standard, quiet until asked for, and shows no key."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from onedoor.errors import ConfigError
from onedoor.logs import call_logged, configure, masked

from .book import call, failed

OURS = logging.getLogger("onedoor")


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave logging as it was found."""
    before = (list(OURS.handlers), OURS.level, OURS.propagate)
    yield
    OURS.handlers, OURS.level, OURS.propagate = before


def said(text: str = "json", level: str = "INFO", **given: Any) -> Any:
    """What a failed call's line says."""
    stream = io.StringIO()
    configure(text, level, stream=stream)  # type: ignore[arg-type]
    call_logged(failed("id-1", "timeout", caller="etl", provider="hosted", seconds=1.5, **given))
    return json.loads(stream.getvalue()) if text == "json" else stream.getvalue()


def test_a_call_is_one_json_line() -> None:
    line = said()
    assert line.pop("timestamp").endswith("+00:00")
    assert line == {
        "event": "call failed (timeout)",
        "level": "info",
        "logger": "onedoor.calls",
        "call_id": "id-1",
        "task": "chat",
        "model": "",
        "provider": "hosted",
        "attempt": 1,
        "outcome": "failed",
        "latency_ms": 1500.0,
        "cost_usd": None,
    }


def test_a_console_line_leaves_out_what_is_unknown() -> None:
    line = said("console")
    assert "info     call failed (timeout)  call_id=id-1 task=chat provider=hosted" in line
    assert "cost_usd" not in line
    assert "model" not in line


def test_a_terminal_gets_the_console_and_everything_else_json(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setenv("LOG_FORMAT", "auto")
    configure(stream=stream)
    call_logged(call("1", nano_usd=2_000_000))
    assert json.loads(stream.getvalue())["cost_usd"] == 0.002
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    configure(stream=terminal)
    call_logged(call("1"))
    assert "call ok" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")


def test_the_environment_says_what_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setenv("LOG_LEVEL", "warning")
    monkeypatch.setenv("LOG_FORMAT", "json")
    configure(stream=stream)
    call_logged(call("1"))
    logging.getLogger("onedoor.stores").warning("slow disk", extra={"call_id": "7"})
    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"], line["call_id"]) == ("slow disk", "warning", "7")


@pytest.mark.parametrize(("variable", "value"), [("LOG_FORMAT", "xml"), ("LOG_LEVEL", "loud")])
def test_a_wrong_setting_is_named(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError, match=f"{variable}.*{value}"):
        configure(stream=io.StringIO())


def test_configuring_twice_prints_once_and_leaves_the_root_alone() -> None:
    stream, root = io.StringIO(), list(logging.getLogger().handlers)
    configure("json", "INFO", stream=io.StringIO())
    configure("json", "INFO", stream=stream)
    call_logged(call("1"))
    assert stream.getvalue().count("\n") == 1
    assert logging.getLogger().handlers == root


def test_importing_configures_nothing() -> None:
    code = "import logging, onedoor.logs as _; assert not [n for n in ('', 'onedoor') if logging.getLogger(n).handlers]"
    subprocess.run([sys.executable, "-c", code], check=True)


SECRETS = {
    "sk-proj-abcdefgh12345678": "sk-...5678",
    "key sk-ant-api03-AAAA_bbbb-CCCC1234 was refused": "key sk-...1234 was refused",
    "Authorization: Bearer abcdefghijkl": "Authorization: Bearer ...ijkl",
    '{"api_key": "abcdefghijkl"}': '{"api_key": "...ijkl"}',
    "gsk_abcdefghijkl": "gsk_...ijkl",
    "the task is risky-business": "the task is risky-business",
    f"git said ghp_{'a1B2' * 9}!": "git said ghp_...a1B2!",
    f"AKIA{'Q2W3' * 4} is an access key": "AKIA...Q2W3 is an access key",
    f"xoxb-{'1234-' * 4}abcdWXYZ": "xoxb-...WXYZ",
    f"sk_live_{'c3D4' * 6}": "sk_live_...c3D4",
    f"glpat-{'e5F6' * 5}": "glpat-...e5F6",
    f"npm_{'g7H8' * 9}": "npm_...g7H8",
    "the npm_package_name is set": "the npm_package_name is set",
}


@pytest.mark.parametrize(("text", "shown"), SECRETS.items())
def test_keys_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_an_exception_is_logged_with_its_keys_masked() -> None:
    stream = io.StringIO()
    configure("json", "INFO", stream=stream)
    try:
        raise ValueError("bad key sk-abcdefghijkl9999")
    except ValueError:
        logging.getLogger("onedoor.x").exception("failed")
    assert "sk-...9999" in json.loads(stream.getvalue())["exception"]
    assert "ijkl9999" not in stream.getvalue()
