"""Programs run on answers: real ones, which print, fail, hang, fork and want to reach the network."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from onedoor import Call, Reply, compose, contract
from onedoor.rails.verify import Verify
from onedoor.verifiers import process
from onedoor.verifiers.command import Command
from onedoor.verifiers.process import isolation

RIGHT = "```python\ndef double(number):\n    return 2 * number\n```"
WRONG = RIGHT.replace("2 *", "3 *")
TEST = "from answer import double\n\n\ndef test_double():\n    assert double(4) == 8, 'double(4) must be 8'\n"
SHUT_IN = bool(isolation(network=False))
OWN_PROCESSES = "--pid" in isolation(network=False)


def sh(script: str, **options: Any) -> Command:
    return Command(("sh", "-c", script), **options)


def there(place: Path) -> bool:
    return place.exists()


class Pipe:
    """A named pipe: whoever writes to it lives as long as it has no end."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    async def line(self) -> bytes:
        """The next thing written."""
        loop, told = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._end, told.set)
        await told.wait()
        loop.remove_reader(self._end)
        return os.read(self._end, 100)

    async def ended(self) -> bool:
        """Wait until nobody holds it open any more."""
        async with asyncio.timeout(10):
            while not self._over():
                await self.line()
        return True

    def _over(self) -> bool:
        try:
            return not os.read(self._end, 100)
        except BlockingIOError:
            return False

    def close(self) -> None:
        os.close(self._end)


@pytest.fixture
def pipe(tmp_path: Path) -> Any:
    made = Pipe(tmp_path / "pipe")
    yield made
    made.close()


# Verdicts


@pytest.mark.parametrize(("answer", "verdict"), [(RIGHT, "accepted"), (WRONG, "rejected")])
async def test_a_test_suite_decides_about_generated_code(bench: Any, tmp_path: Path, answer: str, verdict: str) -> None:
    (tmp_path / "test_answer.py").write_text(TEST)
    suite = ("env", "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1", sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    told = await bench.ask(Command(suite, "answer.py", (tmp_path / "test_answer.py",)), answer)
    assert told.verdict == verdict
    assert ("double(4) must be 8" in told.reason) == (verdict == "rejected")


async def test_the_exit_code_and_the_output_are_the_reason(bench: Any) -> None:
    told = await bench.ask(sh("echo out; echo err >&2; exit 3", network=True), "hi")
    assert (told.verdict, told.reason) == ("rejected", "exit code 3:\nout\nerr")


async def test_an_accepted_answer_needs_no_reason(bench: Any) -> None:
    told = await bench.ask(sh("echo fine", network=True), "hi")
    assert (told.verdict, told.reason, told.kind, told.by) == ("accepted", "", "check", "command")


async def test_without_a_file_the_answer_is_on_stdin(bench: Any) -> None:
    assert (await bench.ask(sh('test "$(cat)" = "hé"'), "hé")).verdict == "accepted"


async def test_a_validated_value_is_given_as_json(bench: Any) -> None:
    reply = Reply('The total: {"total": 12,}', data={"total": 12}, score=1.0)
    told = await bench.ask(sh('test "$(cat a.json)" = \'{"total": 12}\'', file="a.json"), reply)
    assert told.verdict == "accepted", told.reason


async def test_files_and_directories_are_beside_the_answer(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "one").write_text("1")
    (tmp_path / "run.sh").write_text("#!/bin/sh\ntest -f data/one && test -f src/answer\n")
    (tmp_path / "run.sh").chmod(0o755)
    files = (tmp_path / "data", tmp_path / "run.sh")
    told = await bench.ask(Command(("./run.sh",), "src/answer", files), "hi")
    assert told.verdict == "accepted", told.reason


@pytest.mark.parametrize(
    "command", [("no-such-program-here",), ("./missing",), ("sh", "-c", "no-such-program-here")], ids=str
)
async def test_a_program_that_cannot_be_started_has_no_opinion(bench: Any, command: tuple[str, ...]) -> None:
    told = await bench.ask(Command(command), "hi")
    assert told.verdict == "unknown"
    assert told.reason.startswith("the command can't be started")


async def test_a_program_that_was_killed_has_no_opinion(bench: Any) -> None:
    told = await bench.ask(sh("sh -c 'kill -9 $$'"), "hi")
    assert (told.verdict, "killed" in told.reason) == ("unknown", True)


async def test_a_program_that_crashes_rejects(bench: Any) -> None:
    told = await bench.ask(sh("sh -c 'kill -SEGV $$'"), "hi")
    assert (told.verdict, told.reason.startswith("exit code 139")) == ("rejected", True)


# What it is told, and what it leaves behind


async def test_its_environment_has_no_key_of_ours(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    told = await bench.ask(sh("env -0 | tr '\\0\\n' '\\n ' ; exit 1", network=True), "hi")
    names = {line.partition("=")[0] for line in told.reason.splitlines()[1:]}
    assert names - {"PWD", "OLDPWD", "SHLVL", "_"} == {"PATH", "HOME", "TMPDIR", "LANG"}
    assert "secret" not in told.reason


@pytest.mark.skipif("--mount-proc" not in isolation(network=False), reason="needs a process table of its own")
async def test_it_cannot_read_the_environment_of_who_runs_it(bench: Any) -> None:
    told = await bench.ask(sh(f"cat /proc/{os.getpid()}/environ"), "hi")
    assert told.verdict == "rejected"
    assert "No such file" in told.reason


async def test_its_directory_is_its_home_and_is_gone_afterwards(bench: Any) -> None:
    told = await bench.ask(sh('mkdir -p x/y; chmod 0 x; test "$PWD" = "$HOME" && pwd; exit 1', network=True), "hi")
    place = Path(told.reason.splitlines()[1])
    assert place.parent == Path(tempfile.gettempdir())
    assert not there(place)


# What it may not do


@pytest.mark.parametrize("stream", ["", ">&2"], ids=["stdout", "stderr"])
async def test_endless_output_is_stopped_and_its_end_kept(
    bench: Any, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LARGEST_FILE", 1024 * 1024)
    told = await bench.ask(sh(f"yes no {stream}", network=True), "hi")
    assert told.verdict == "rejected"
    assert told.reason.startswith("exit code 153")
    assert 1000 < len(told.reason) <= 2000


async def test_output_in_no_known_encoding_is_shown_as_far_as_it_can_be(bench: Any) -> None:
    told = await bench.ask(sh(r"printf 'a\377b'; exit 1", network=True), "hi")
    assert told.reason == "exit code 1:\na\ufffdb"


async def test_what_it_forked_is_dead_when_it_has_ended(bench: Any, pipe: Pipe) -> None:
    told = await bench.ask(sh(f"exec 3>{pipe.path}; sleep 300 & echo left; exit 1", network=True), "hi")
    assert told.reason == "exit code 1:\nleft"
    assert await pipe.ended()


@pytest.mark.skipif(not OWN_PROCESSES, reason="needs a process table of its own")
async def test_what_it_forked_does_not_get_away_by_leaving_its_group(bench: Any, pipe: Pipe) -> None:
    await bench.ask(sh(f"exec 3>{pipe.path}; setsid sleep 300 & exit 1"), "hi")
    assert await pipe.ended()


async def test_a_cancelled_one_is_dead_with_all_it_started(bench: Any, pipe: Pipe, tmp_path: Path) -> None:
    hangs = sh(f"exec 3>{pipe.path}; sleep 300 & pwd >&3; sleep 300")
    asked = asyncio.create_task(bench.ask(hangs, "hi"))
    place = Path((await pipe.line()).decode().strip())
    assert there(place)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await pipe.ended()
    assert not there(place)


async def test_at_its_time_limit_it_is_killed_and_has_no_opinion(bench: Any, pipe: Pipe) -> None:
    hangs = sh(f"exec 3>{pipe.path}; sleep 300", timeout=0.2)

    async def answer(call: Call) -> Reply:
        return Reply("hi")

    call = bench.call()
    reply = await compose([Verify((hangs,), on_reject="return")], answer)(call)
    assert (reply.verdict, call.trail.opinions[0].reason) == ("unknown", "no verdict within 0.2 s")
    assert await pipe.ended()


async def test_one_that_burns_processor_time_is_stopped_by_its_limit(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_cpu_seconds", lambda seconds: 1)
    told = await bench.ask(sh("while :; do :; done"), "hi")
    assert (told.verdict, "killed" in told.reason) == ("unknown", True)


async def test_one_that_wants_too_much_memory_does_not_get_it(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MEMORY", 64 * 1024 * 1024)
    told = await bench.ask(Command((sys.executable, "-S", "-c", "bytearray(10**9)")), "hi")
    assert (told.verdict, "MemoryError" in told.reason) == ("rejected", True)


@pytest.mark.skipif(not SHUT_IN, reason="the network can't be cut off here")
@pytest.mark.parametrize(("network", "verdict"), [(False, "rejected"), (True, "accepted")])
async def test_it_has_no_network_unless_it_may(bench: Any, network: bool, verdict: str) -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reach = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"
    async with server:
        told = await bench.ask(Command((sys.executable, "-S", "-c", reach), network=network), "hi")
    assert told.verdict == verdict, told.reason


async def test_where_the_network_cannot_be_cut_off_it_says_so(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "isolation", lambda network: ())
    told = await bench.ask(sh("true"), "hi")
    assert (told.verdict, told.reason) == ("accepted", "the network could not be cut off")
    told = await bench.ask(sh("echo no; exit 1"), "hi")
    assert told.reason == "exit code 1; the network could not be cut off:\nno"
    told = await bench.ask(sh("exit 1"), "hi")
    assert told.reason == "exit code 1; the network could not be cut off"


async def test_without_being_shut_in_what_it_forked_is_dead_too(
    bench: Any, pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "isolation", lambda network: ())
    await bench.ask(sh(f"exec 3>{pipe.path}; sleep 300 & exit 1"), "hi")
    assert await pipe.ended()


async def test_the_loop_goes_on_meanwhile(bench: Any, pipe: Pipe) -> None:
    """The program waits for what only this loop can tell it."""
    asked = asyncio.create_task(bench.ask(sh(f"echo ready >{pipe.path}; cat {pipe.path}.go"), "hi"))
    os.mkfifo(f"{pipe.path}.go")
    await pipe.line()
    await asyncio.to_thread(Path(f"{pipe.path}.go").write_text, "go")
    assert (await asked).verdict == "accepted"


def test_a_contracts_text_is_text(bench: Any) -> None:
    from onedoor.verifiers.command import said

    assert contract(["yes", "no"]).bare
    assert said(Reply(" Yes. ", data="yes")) == "yes"
    assert said(Reply("free text")) == "free text"
