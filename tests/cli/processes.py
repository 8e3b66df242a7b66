"""Ways to run the command line: in this process, in one of its own, at a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from onedoor.cli.app import run

ONEDOOR = (sys.executable, "-m", "onedoor")
PATIENCE = 10.0


@dataclass(frozen=True)
class Ended:
    """What a command printed and its exit code."""

    code: int
    out: str
    err: str = ""

    @property
    def data(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The error it printed, as JSON."""
        return json.loads(self.err)["error"]


class Cli:
    """The command line in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Ended:
        self._capsys.readouterr()
        code = run(arguments)
        return Ended(code, *self._capsys.readouterr())


def process(*arguments: str, stdin: bytes = b"", **environ: str) -> Ended:
    """The command line in a process of its own."""
    done = subprocess.run(
        [*ONEDOOR, *arguments], input=stdin, capture_output=True, timeout=PATIENCE, env={**os.environ, **environ}
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def shell(line: str) -> Ended:
    """A line of shell, `onedoor` in it being this one; the exit code is the first one of its pipe."""
    code = f"onedoor() {{ '{sys.executable}' -m onedoor \"$@\"; }}; {line}; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, timeout=PATIENCE)
    return Ended(done.returncode, done.stdout, done.stderr)


def started(*arguments: str) -> subprocess.Popen[str]:
    """The command line, left running, with ctrl-c as a terminal's foreground process has it."""
    return subprocess.Popen(
        [*ONEDOOR, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


class Terminal:
    """The command line at a terminal, which shows stdout and stderr together."""

    def __call__(self, *arguments: str, keys: Sequence[tuple[str, bytes]] = ()) -> Ended:
        """Run it; each of `keys` is typed once its text has been shown."""
        process, shown = pty.fork()
        if process == 0:
            os.execv(sys.executable, [*ONEDOOR, *arguments])
        try:
            out = self._follow(shown, list(keys))
        finally:
            os.close(shown)
        _, status = os.waitpid(process, 0)
        return Ended(os.waitstatus_to_exitcode(status), out.replace("\r\n", "\n"))

    def _follow(self, shown: int, keys: list[tuple[str, bytes]]) -> str:
        out, until = b"", time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if keys and keys[0][0].encode() in out:
                os.write(shown, keys.pop(0)[1])
            ready, _, _ = select.select([shown], [], [], 0.05)
            piece = self._read(shown) if ready else None
            if piece == b"":
                break
            out += piece or b""
        return out.decode()

    def _read(self, shown: int) -> bytes:
        try:
            return os.read(shown, 65536)
        except OSError:  # how Linux says that the other side is closed
            return b""
