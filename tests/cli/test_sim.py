"""`onedoor sim serve`."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from .processes import Cli, started

pytestmark = pytest.mark.usefixtures("empty")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped(number: signal.Signals, empty: Path) -> None:
    """The one line on stdout is the address; stopping is quiet and no failure."""
    served = started("sim", "serve", "--port", "0", "--speed", "1000", "--log", "sim.jsonl")
    assert served.stdout is not None
    address = served.stdout.readline().strip()
    body = {"model": "fast", "messages": [{"role": "user", "content": "hello"}]}
    asked = Request(f"{address}/chat/completions", json.dumps(body).encode(), {"content-type": "application/json"})
    with build_opener(ProxyHandler({})).open(asked, timeout=5) as answer:
        assert "simulated answer" in json.load(answer)["choices"][0]["message"]["content"]
    served.send_signal(number)
    out, err = served.communicate(timeout=5)
    assert (served.returncode, out) == (0, "")
    assert err.splitlines()[-1] == "ctrl-c stops"
    assert json.loads((empty / "sim.jsonl").read_text())["outcome"] == "answered"


def test_a_port_in_use_is_one_line(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = cli("sim", "serve", "--port", str(port))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"error: port {port} can't be used: address already in use; --port 0 takes a free one\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "99999"], "99999 is not in the range"),
        (["--speed", "0"], "speed 0 stops time"),
        (["--speed", "nan"], "speed nan stops time"),
        (["--log", "nowhere/sim.jsonl"], "can't write its log to nowhere/sim.jsonl"),
    ],
)
def test_wrong_usage_is_2(arguments: list[str], said: str, cli: Cli) -> None:
    ended = cli("sim", "serve", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
