"""A storm of kills over workers that share a state, and the judgement of what is left by what the provider saw."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onedoor.policy.budget import Book
from onedoor.policy.slots import Group
from onedoor.policy.terms import Reservation
from onedoor.state import State
from onedoor.stores.engine import Transaction
from onedoor.stores.sqlite import SqliteEngine

from .worker import STATES, config

HERE = Path(__file__).parent
INPUT, OUTPUT = 1_000, 2_000
"""Nano-dollars per token."""


@dataclass(frozen=True)
class Storm:
    """What happens: so many workers with so many calls at once each, killed so many times, 5 to 40 ms apart."""

    kills: int
    total_usd: float = 1.0
    caller_usd: float = 0.02
    workers: int = 8
    parallel: int = 4
    slots: int = 12
    seed: int = 1
    state: str = "honest"
    pause: tuple[float, float] = (0.005, 0.04)
    provider: Mapping[str, object] = field(default_factory=lambda: {"fail_every": 23})


@dataclass(frozen=True)
class Request:
    """One request as the provider logged it; `end` is when it was answered or its asker had gone or been killed."""

    caller: str
    nano_usd: int
    begin: float
    end: float
    worked_until: float


@dataclass(frozen=True)
class Aftermath:
    """What is left. Rows are the ledger's attempts: caller, outcome, nano-dollars, permit."""

    storm: Storm
    requests: tuple[Request, ...]
    callers: Mapping[str, float]
    rows: tuple[tuple[str, str, int, str], ...]
    books: Mapping[str, Book]
    left_over: tuple[str, ...]
    recovered: float
    complaints: str

    @property
    def billed(self) -> int:
        """What the provider made, in nano-dollars."""
        return sum(request.nano_usd for request in self.requests)

    @property
    def accounted(self) -> int:
        """What the ledger says was spent."""
        return sum(nano_usd for _, _, nano_usd, _ in self.rows)

    @property
    def orphans(self) -> list[int]:
        """What each orphan was charged."""
        return [nano_usd for _, outcome, nano_usd, _ in self.rows if outcome == "orphan"]

    @property
    def most_live(self) -> int:
        """The most requests of living workers in the provider at any instant."""
        return _most((request.begin, request.end) for request in self.requests)

    @property
    def most_in_all(self) -> int:
        """The same with what it was still doing for the dead."""
        return _most((request.begin, request.worked_until) for request in self.requests)

    def __str__(self) -> str:
        return (
            f"{self.storm.kills} kills, {len(self.requests)} requests, {len(self.rows)} rows, "
            f"{len(self.orphans)} orphans; billed {self.billed}, accounted {self.accounted}, cap "
            f"{round(self.storm.total_usd * 1e9)}; slots {self.most_live} of {self.storm.slots}, with the dead's "
            f"{self.most_in_all}; recovered in {self.recovered:.3f} s"
        )


def judge(left: Aftermath) -> list[str]:
    """Every promise that was broken."""
    return [*_rows_wrong(left), *_money_wrong(left), *_rest_wrong(left)]


def _rows_wrong(left: Aftermath) -> Iterator[str]:
    """Between the provider's requests and our rows there are at most those that were under way at the kill."""
    requests = Counter(request.caller for request in left.requests)
    rows = Counter(caller for caller, *_ in left.rows)
    for caller in requests | rows:
        more = rows[caller] - requests[caller]
        if not 0 <= more <= left.storm.parallel:
            yield f"rows: {caller} has {rows[caller]} rows and made {requests[caller]} requests"
    if len({permit.removesuffix("/late") for *_, permit in left.rows}) < len(left.rows):
        yield "settled twice: a permit has two rows"


def _money_wrong(left: Aftermath) -> Iterator[str]:
    cap, caller_cap = (round(usd * 1e9) for usd in (left.storm.total_usd, left.storm.caller_usd))
    if left.billed > left.accounted:
        yield f"undercount: {left.billed} billed, {left.accounted} accounted"
    if left.accounted - left.billed > sum(left.orphans):
        yield f"overcount: {left.accounted} accounted, {left.billed} billed, orphans were {sum(left.orphans)}"
    if max(left.billed, left.accounted) > cap:
        yield f"overspent: {left.billed} billed and {left.accounted} accounted of {cap}"
    for caller, billed in _by_caller(left.requests).items():
        if billed > caller_cap:
            yield f"overspent: {caller} was billed {billed} of {caller_cap}"
    sums: Counter[str] = Counter()
    for caller, _, nano_usd, _ in left.rows:
        sums.update({"provider/hosted": nano_usd, "model/small": nano_usd, f"caller/{caller}": nano_usd})
    for key, book in left.books.items():
        level = "/".join(key.split("/")[1:3])
        if book.spent != sums[level]:
            yield f"sums: {level} has spent {book.spent}, its rows say {sums[level]}"


def _rest_wrong(left: Aftermath) -> Iterator[str]:
    if left.most_live > left.storm.slots:
        yield f"slots: {left.most_live} calls of living workers at once, {left.storm.slots} allowed"
    if left.left_over:
        yield f"left over: {left.left_over}"
    if left.recovered > 1.0:
        yield f"slow: recovered {left.recovered:.2f} s after the last kill"
    if left.complaints:
        yield f"a worker failed: {left.complaints}"


def _by_caller(requests: tuple[Request, ...]) -> Counter[str]:
    billed: Counter[str] = Counter()
    for request in requests:
        billed[request.caller] += request.nano_usd
    return billed


def _most(spans: Iterator[tuple[float, float]]) -> int:
    """The most that overlap; one that ends makes room for one that begins at the same instant."""
    changes = sorted((at, step) for begin, end in spans if end > begin for at, step in ((begin, 1), (end, -1)))
    most = now = 0
    for _, step in changes:
        now += step
        most = max(most, now)
    return most


async def run(storm: Storm, folder: Path) -> Aftermath:
    """Let it blow, then look."""
    file, complaints = folder / "state.db", folder / "complaints.txt"
    with provider(folder, storm.provider) as (port, log), _forks(file, complaints) as forks:
        killed = await asyncio.to_thread(_blow, storm, port, forks)
        since = time.monotonic()
        recovered, books, left_over = await _recover(STATES[storm.state](str(file)))
        rows = await _ledger(file)
    return Aftermath(
        storm=storm,
        requests=requests_of(log, killed),
        callers=killed,
        rows=rows,
        books=books,
        left_over=left_over,
        recovered=recovered - since,
        complaints=complaints.read_text(),
    )


@contextmanager
def provider(folder: Path, settings: Mapping[str, object]) -> Iterator[tuple[int, Path]]:
    """A provider's port and its log. It has ended everything when the context is left."""
    log = folder / "provider.jsonl"
    line = [sys.executable, str(HERE / "provider.py"), str(log), json.dumps(settings)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        port = int(process.stdout.readline())
        try:
            yield port, log
        finally:
            process.stdin.close()


@contextmanager
def _forks(file: Path, complaints: Path) -> Iterator[subprocess.Popen[str]]:
    """The process that workers are forked from."""
    with (
        complaints.open("w") as errors,
        subprocess.Popen(
            [sys.executable, str(HERE / "worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "ONEDOOR_STATE": str(file)},
        ) as process,
    ):
        assert process.stdin is not None
        try:
            yield process
        finally:
            process.stdin.close()


def _blow(storm: Storm, port: int, forks: subprocess.Popen[str]) -> dict[str, float]:
    """Every worker that lived, and when it was killed."""
    chance = random.Random(storm.seed)
    killed: dict[str, float] = {}
    alive: dict[str, int] = {}

    def start(number: int) -> None:
        caller = f"w{number}"
        told = config(port, caller, total_usd=storm.total_usd, caller_usd=storm.caller_usd, slots=storm.slots)
        alive[caller] = _started(forks, caller, storm, told)

    def kill(caller: str) -> None:
        killed[caller] = time.monotonic()
        with suppress(ProcessLookupError):  # it has failed by itself and complained
            os.kill(alive.pop(caller), signal.SIGKILL)

    try:
        for number in range(storm.workers):
            start(number)
        time.sleep(0.3)
        for number in range(storm.kills):
            time.sleep(chance.uniform(*storm.pause))
            kill(chance.choice(sorted(alive)))
            start(storm.workers + number)
        time.sleep(0.2)
    finally:
        for caller in list(alive):
            kill(caller)
    return killed


def _started(forks: subprocess.Popen[str], caller: str, storm: Storm, told: Mapping[str, Any]) -> int:
    assert forks.stdin is not None
    assert forks.stdout is not None
    line = {"caller": caller, "state": storm.state, "parallel": storm.parallel, "config": told}
    forks.stdin.write(json.dumps(line) + "\n")
    forks.stdin.flush()
    return int(forks.stdout.readline())


async def _recover(state: State) -> tuple[float, dict[str, Book], tuple[str, ...]]:
    """When nothing of the dead was left, every book, and what was still left after two seconds."""
    until = time.monotonic() + 2.0
    held = await state.read(held_by_anyone)
    while held and time.monotonic() < until:
        await asyncio.sleep(0.01)
        held = await state.read(held_by_anyone)
    done = time.monotonic()
    books = await state.read(lambda rows: dict(rows.scan("budget/", Book)))
    await state.close()
    return done, books, held


def held_by_anyone(rows: Transaction) -> tuple[str, ...]:
    """Reservations, slots and places in queues: none of them should be left once nobody is at work."""
    groups = {key: group for key, group in rows.scan("slots/", Group) if group.held or group.waiting}
    books = {key: book for key, book in rows.scan("budget/", Book) if book.reserved}
    return (*(key for key, _ in rows.scan("reservation/", Reservation)), *groups, *books)


async def _ledger(file: Path) -> tuple[tuple[str, str, int, str], ...]:
    engine = SqliteEngine(file)
    rows = engine.query("SELECT caller, outcome, nano_usd, permit FROM attempts")
    assert engine.query("PRAGMA integrity_check") == [("ok",)]
    await engine.close()
    return tuple(
        (str(caller), str(outcome), int(str(nano or 0)), str(permit)) for caller, outcome, nano, permit in rows
    )


def events(log: Path) -> list[dict[str, Any]]:
    """The provider's log."""
    return [json.loads(line) for line in log.read_text().splitlines()]


def requests_of(log: Path, killed: Mapping[str, float]) -> tuple[Request, ...]:
    """What the provider saw, each request with the moment its asker needed it no more."""
    told: dict[int, dict[str, dict[str, Any]]] = {}
    for event in events(log):
        told.setdefault(event["n"], {})[event["event"]] = event
    return tuple(_request(seen, killed) for seen in told.values())


def _request(seen: Mapping[str, Mapping[str, Any]], killed: Mapping[str, float]) -> Request:
    start = seen["start"]
    caller = str(start["nonce"]).partition(":")[0]
    ends = [float(seen[event]["at"]) for event in ("end", "lost") if event in seen]
    return Request(
        caller=caller,
        nano_usd=start["input"] * INPUT + start["output"] * OUTPUT,
        begin=start["at"],
        end=min([*ends, killed.get(caller, float("inf"))]),
        worked_until=seen["end"]["at"] if "end" in seen else max([start["at"], *ends]),
    )
