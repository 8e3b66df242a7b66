"""A real llama.cpp server for the tests, with a model written on the spot."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path

import pytest

from .tiny_gguf import write

HOST = "127.0.0.1"
READY_WITHIN = 60.0
PACKAGES = ("llama_cpp", "gguf", "numpy")


@dataclass(frozen=True, slots=True)
class Server:
    """A running model server; `url` is the base_url a provider is given."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/v1"

    @property
    def last_words(self) -> str:
        """The end of what it wrote to its log."""
        return self.log.read_text("utf-8", "replace")[-2000:]

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.process.kill()
        self.process.wait()


StartServer = Callable[..., AbstractContextManager[Server]]


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> StartServer:
    """Starts a server of one's own, which may be killed.

    The arguments are further command line flags; `port` is one to use again.
    """
    _demand_packages()
    folder = tmp_path_factory.mktemp("llama")
    return partial(_serving, write(folder / "tiny.gguf"))


@pytest.fixture(scope="session")
def server(start_server: StartServer) -> Iterator[Server]:
    """The one server all tests share."""
    with start_server() as running:
        yield running


@pytest.fixture
def free_port() -> int:
    """A port nobody listens on."""
    return _free_port()


def _demand_packages() -> None:
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        pytest.fail(f"{', '.join(missing)} not installed in {sys.prefix}; run `make test-real`", pytrace=False)


@contextmanager
def _serving(model: Path, *flags: str, port: int | None = None) -> Iterator[Server]:
    port = port or _free_port()
    log = model.with_name(f"{port}.log")
    command = [
        *(sys.executable, "-m", "llama_cpp.server", "--model", str(model), "--model_alias", "tiny"),
        *("--chat_format", "chatml", "--host", HOST, "--port", str(port), "--n_ctx", "4096", "--n_threads", "1"),
        *("--verbose", "false", *flags),
    ]
    with log.open("wb") as output:
        running = Server(port, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT), log)
    try:
        _wait(running)
        yield running
    finally:
        running.kill()


def _wait(server: Server) -> None:
    """Until it lists its models; fail with its last words when it ends or takes too long."""
    until = time.monotonic() + READY_WITHIN
    while not _ready(server.port):
        if server.process.poll() is not None:
            pytest.fail(f"the server ended at its start (try `make test-real`):\n{server.last_words}", pytrace=False)
        if time.monotonic() > until:
            pytest.fail(f"the server isn't ready after {READY_WITHIN:g} s:\n{server.last_words}", pytrace=False)
        time.sleep(0.05)


def _ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/v1/models")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
