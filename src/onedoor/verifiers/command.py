"""A program tells whether an answer is right: a compiler, a test suite, a linter."""

from __future__ import annotations

import json
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from onedoor.output.score import plain
from onedoor.trail import Opinion
from onedoor.types import Call, Reply, Verdict
from onedoor.verifiers.fences import unfenced
from onedoor.verifiers.process import Ended, run, startable, to_the_end
from onedoor.verifiers.verifier import REASON, Again

NOT_STARTED = {126, 127}
"""What a shell says of a program that isn't there or can't be run."""

KILLED = {128 + signal.SIGKILL, 128 + signal.SIGXCPU}
ONLINE = "the network could not be cut off"


@dataclass(frozen=True, slots=True)
class Command:
    """Runs a program on the answer; exit code 0 accepts, any other rejects with the end of what it printed.

    The answer is in `file` of a directory made for it, with `files` beside it, else on stdin. The program has a process
    group and limits of its own, no variable of the environment but PATH, HOME, TMPDIR and LANG, and no network unless
    `network`. One that can't be started, or was killed, has no opinion.
    """

    command: tuple[str, ...]
    file: str = ""
    files: tuple[Path, ...] = ()
    network: bool = False
    name: str = "command"
    timeout: float = 60.0
    kind: Literal["check"] = "check"

    async def __call__(self, call: Call, reply: Reply, again: Again, /) -> Opinion:
        text = unfenced(said(reply), self.file)
        with TemporaryDirectory(prefix="onedoor-", ignore_cleanup_errors=True) as place:
            try:
                await to_the_end(self._lay_out, Path(place), text)
                return await self._checked(Path(place), text)
            finally:
                await to_the_end(_emptied, Path(place))

    def _lay_out(self, place: Path, text: str) -> None:
        for source in self.files:
            if source.is_dir():
                shutil.copytree(source, place / source.name)
            else:
                shutil.copy(source, place / source.name)
        if self.file:
            target = place / self.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode("utf-8", "replace"))

    async def _checked(self, place: Path, text: str) -> Opinion:
        if not startable(self.command[0], place):
            return self._said("unknown", f"the command can't be started: there is no program {self.command[0]!r}")
        stdin = b"" if self.file else text.encode("utf-8", "replace")
        try:
            ended = await run(self.command, place, stdin=stdin, seconds=self.timeout, network=self.network)
        except OSError as error:
            return self._said("unknown", f"the command can't be started: {error.strerror or error}")
        return self._judged(ended)

    def _judged(self, ended: Ended) -> Opinion:
        note = ONLINE if ended.online and not self.network else ""
        if ended.code == 0:
            return self._said("accepted", note)
        if ended.code in NOT_STARTED:
            return self._said("unknown", "the command can't be started", note, printed=ended.said)
        if ended.code in KILLED:
            return self._said("unknown", "the command was killed: out of time or memory", note, printed=ended.said)
        return self._said("rejected", f"exit code {ended.code}", note, printed=ended.said)

    def _said(self, verdict: Verdict, *reasons: str, printed: str = "") -> Opinion:
        return Opinion(verdict, self.kind, self.name, _reason("; ".join(filter(None, reasons)), printed.strip()))


def said(reply: Reply) -> str:
    """The answer a program gets: the validated value as JSON where there is one, else the text."""
    if reply.data is None:
        return reply.text
    return reply.data if isinstance(reply.data, str) else json.dumps(plain(reply.data), ensure_ascii=False)


def _reason(reason: str, printed: str) -> str:
    """Of what was printed only the end: that is where programs say what is wrong."""
    return f"{reason}:\n{printed[-(REASON - len(reason) - 2) :]}" if printed else reason


def _emptied(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
