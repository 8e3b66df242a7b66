"""What was handed over is never paid for twice: killed, interrupted or cancelled, the next pass goes on with it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from onedoor.bulk.batch import cancel
from onedoor.errors import (
    BadEnvelope,
    ConnectFailed,
    CredentialRejected,
    InvalidCall,
    ServerFault,
    StoreError,
    StreamBroken,
    Throttled,
    Withdrawn,
)
from onedoor.providers.batches import Answered, Batches, Look
from onedoor.sim import Simulator
from onedoor.types import Reply

from .desk import Desk, configuration, desk, until
from .test_batches import made, run

ITEMS = [f"item {number}" for number in range(12)]
VICTIM = str(Path(__file__).with_name("victim.py"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "night.db"


def config(tmp_path: Path, url: str, kind: str) -> object:
    return configuration(url, str(tmp_path / "state.db"), kind=kind)


async def killed(tmp_path: Path, url: str, kind: str, moment: str) -> None:
    command = [sys.executable, VICTIM, str(tmp_path), url, kind, str(len(ITEMS)), moment]
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == -signal.SIGKILL


@pytest.mark.parametrize(
    ("kind", "moments"),
    [("openai", ["submitted", "followed"]), ("anthropic", ["submitted"])],
    ids=["openai", "anthropic"],
)
async def test_a_killed_run_finds_its_batch_again(
    moments: list[str], url: str, kind: str, simulator: Simulator, tmp_path: Path, file: Path
) -> None:
    """Also when it died before it wrote down what the provider calls it; and what it was charged is taken back."""
    simulator.batches.seconds = 3_000.0
    for moment in moments:
        await killed(tmp_path, url, kind, moment)
    hurry(simulator)
    async with desk(config(tmp_path, url, kind), file) as begun:
        charged = await begun.booked()
        await begun.all(ITEMS)
        booked = await begun.booked()
    assert len(begun.texts) == run(simulator) == len(ITEMS)
    assert made(simulator) == 1
    assert charged == (0, 0)
    assert booked == (begun.billed, 0)


def hurry(simulator: Simulator) -> None:
    """What is under way is soon done, and what comes is done soon."""
    simulator.batches.seconds = 1.0
    for batch in simulator.batches._batches.values():
        batch.seconds = 1.0


@asynccontextmanager
async def interrupted(
    tmp_path: Path, url: str, kind: str, file: Path, simulator: Simulator
) -> AsyncIterator[tuple[Desk, asyncio.Task[object]]]:
    """A pass whose batch is under way, until it is left."""
    before = made(simulator)
    async with desk(config(tmp_path, url, kind), file) as begun:
        task = asyncio.ensure_future(begun.all(ITEMS))
        await until(lambda: made(simulator) > before and all(one.name for one in begun.batching.store.open()))
        yield begun, task  # type: ignore[misc]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await begun.booked() == (begun.billed, 0)


async def test_an_interrupted_run_is_charged_once_it_has_its_results(
    url: str, kind: str, simulator: Simulator, tmp_path: Path, file: Path
) -> None:
    simulator.batches.seconds = 3_000.0
    async with interrupted(tmp_path, url, kind, file, simulator):
        pass
    hurry(simulator)
    async with desk(config(tmp_path, url, kind), file) as begun:
        await begun.all(ITEMS)
        booked = await begun.booked()
    assert (len(begun.texts), made(simulator), run(simulator)) == (len(ITEMS), 1, len(ITEMS))
    assert booked == (begun.billed, 0)


async def test_results_that_were_fetched_are_there_without_the_provider(
    url: str, simulator: Simulator, tmp_path: Path, file: Path
) -> None:
    async with desk(config(tmp_path, url, "openai"), file) as begun:
        await begun.all(ITEMS)
        said = begun.texts
    async with desk(config(tmp_path, url, "openai"), file) as begun:
        await begun.all(ITEMS)
        booked = await begun.booked()
    assert begun.texts == said
    assert booked == (begun.billed, 0)
    assert (made(simulator), run(simulator)) == (1, len(ITEMS))


async def test_only_what_is_new_goes_into_a_second_batch(
    url: str, simulator: Simulator, tmp_path: Path, file: Path
) -> None:
    simulator.batches.seconds = 3_000.0
    async with interrupted(tmp_path, url, "openai", file, simulator):
        pass
    hurry(simulator)
    async with desk(config(tmp_path, url, "openai"), file) as begun:
        await begun.all([*ITEMS, "one more"])
    assert [len(batch.items) for batch in simulator.batches._batches.values()] == [len(ITEMS), 1]


async def test_a_cancelled_batch_keeps_what_is_finished(
    url: str, kind: str, simulator: Simulator, tmp_path: Path, file: Path
) -> None:
    """One command, from another process or none; the rest is asked when the run goes on."""
    simulator.batches.seconds = 3_000.0
    async with interrupted(tmp_path, url, kind, file, simulator) as (begun, asked):
        batch = next(iter(simulator.batches._batches.values()))
        batch.made -= 1_300.0
        assert await cancel(file, begun.batching._lines["p"].find.func) == 1  # type: ignore[attr-defined]
        await asked
        booked = await begun.booked()
        assert booked == (begun.billed, 0)
        assert {type(found) for found in begun.replies.values()} == {Reply, Withdrawn}
        assert await cancel(file, begun.batching._lines["p"].find.func) == 0  # type: ignore[attr-defined]


async def test_after_a_cancel_the_rest_is_asked(
    url: str, kind: str, simulator: Simulator, tmp_path: Path, file: Path
) -> None:
    simulator.batches.seconds = 3_000.0
    async with interrupted(tmp_path, url, kind, file, simulator):
        pass
    batch = next(iter(simulator.batches._batches.values()))
    batch.made -= 1_300.0
    async with desk(config(tmp_path, url, kind), tmp_path / "other.db") as other:
        assert await cancel(file, other.batching._lines["p"].find.func) == 1  # type: ignore[attr-defined]
    simulator.batches.seconds = 1.0
    async with desk(config(tmp_path, url, kind), file) as begun:
        await begun.all(ITEMS)
    done = len(batch.done)
    assert 0 < done < len(ITEMS)
    assert [len(one.items) for one in simulator.batches._batches.values()] == [len(ITEMS), len(ITEMS) - done]
    assert len(begun.texts) == run(simulator) == len(ITEMS)


class Failing:
    """A batch API one of whose methods fails so many times: after it has done its work, or before."""

    def __init__(self, api: Batches, method: str, error: Exception, *, times: int = 1, after: bool = False) -> None:
        self._api, self._method, self._error, self._left, self._after = api, method, error, times, after

    def __getattr__(self, name: str) -> Any:
        return self._called if name == self._method else getattr(self._api, name)

    async def _called(self, *given: Any) -> Any:
        self._left -= 1
        if self._left < 0 or self._after:
            found = await getattr(self._api, self._method)(*given)
        if self._left >= 0:
            raise self._error
        return found


def failing(begun: Desk, method: str, error: Exception, **how: Any) -> None:
    line = begun.batching._lines["p"]
    line.__dict__["api"] = Failing(line.api, method, error, **how)


@pytest.mark.parametrize("error", [StreamBroken("lost"), ServerFault("502", status=502), BadEnvelope("a page")])
async def test_a_submission_whose_answer_is_lost_isnt_repeated(
    error: Exception, url: str, kind: str, simulator: Simulator, tmp_path: Path, file: Path
) -> None:
    async with desk(config(tmp_path, url, kind), file) as begun:
        failing(begun, "submit", error, after=True)
        await begun.all(ITEMS)
    assert (len(begun.texts), made(simulator), run(simulator)) == (len(ITEMS), 1, len(ITEMS))


@pytest.mark.parametrize("error", [ConnectFailed("down"), Throttled("slow", retry_after=0.001), ServerFault("503")])
@pytest.mark.parametrize(("times", "batches"), [(4, 1), (5, 0)])
async def test_a_submission_that_fails_for_a_moment_is_tried_again(
    error: Exception, times: int, batches: int, url: str, simulator: Simulator, tmp_path: Path, file: Path
) -> None:
    async with desk(config(tmp_path, url, "openai"), file) as begun:
        failing(begun, "submit", error, times=times)
        await begun.ask("one")
        assert begun.batching.store.open() == []
    assert made(simulator) == batches
    assert isinstance(begun.replies["one"], Reply if batches else type(error))


@pytest.mark.parametrize("method", ["look", "results"])
async def test_a_look_that_fails_for_a_moment_is_no_news(
    method: str, url: str, simulator: Simulator, tmp_path: Path, file: Path
) -> None:
    async with desk(config(tmp_path, url, "openai"), file) as begun:
        line = begun.batching._lines["p"]
        if method == "look":
            failing(begun, "look", StreamBroken("cut"), times=2)
        else:
            line.__dict__["api"] = Cut(line.api)
        await begun.all(ITEMS)
    assert (len(begun.texts), made(simulator)) == (len(ITEMS), 1)


class Cut:
    """A batch API whose results break off, the first time they are read."""

    def __init__(self, api: Batches) -> None:
        self._api = api
        self._whole = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)

    async def results(self, look: Look) -> AsyncIterator[Answered]:
        found = [one async for one in self._api.results(look)]
        for one in found if self._whole else found[:5]:
            yield one
        if not self._whole:
            self._whole = True
            raise StreamBroken("cut")


async def test_a_key_that_is_refused_loses_no_batch(url: str, simulator: Simulator, tmp_path: Path, file: Path) -> None:
    """Nothing is a failure: the run stops, and asked again its items find what was paid for."""
    async with desk(config(tmp_path, url, "openai"), file) as begun:
        failing(begun, "look", CredentialRejected("no", status=None))
        await begun.all(ITEMS)
        assert {type(found) for found in begun.replies.values()} == {Withdrawn}
        await begun.all(ITEMS)
    assert (len(begun.texts), made(simulator), run(simulator)) == (len(ITEMS), 1, len(ITEMS))


async def test_a_request_that_cant_be_written_down_fails(
    url: str, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(config(tmp_path, url, "openai"), file) as begun:
        monkeypatch.setattr(begun.batching.store, "begin", raising(StoreError("the disk is full")))
        await begun.all(["one", "two"])
    assert {type(found) for found in begun.replies.values()} == {StoreError}


def raising(error: Exception) -> Callable[..., None]:
    def raises(*given: object) -> None:
        raise error

    return raises


async def test_a_submission_that_never_arrived_is_forgotten(
    url: str, simulator: Simulator, tmp_path: Path, file: Path
) -> None:
    async with desk(config(tmp_path, url, "openai"), file) as begun:
        begun.batching.store.begin("p", "fast", "0" * 32, ["never-sent-0"], 0.0)
    async with desk(config(tmp_path, url, "openai"), file) as begun:
        assert begun.batching.store.open() == []
        assert begun.batching.store.find("never-sent-0") is None


async def test_a_batch_the_provider_no_longer_knows_is_made_again(
    url: str, kind: str, simulator: Simulator, tmp_path: Path, file: Path
) -> None:
    simulator.batches.seconds = 3_000.0
    async with interrupted(tmp_path, url, kind, file, simulator):
        pass
    simulator.batches._batches.clear()
    hurry(simulator)
    async with desk(config(tmp_path, url, kind), file) as begun:
        await begun.all(ITEMS)
    assert (len(begun.texts), made(simulator)) == (len(ITEMS), 1)


async def test_a_run_whose_provider_has_changed_its_kind_isnt_cancelled_silently(
    tmp_path: Path, url: str, file: Path
) -> None:
    async with desk(config(tmp_path, url, "openai"), file) as begun:
        begun.batching.store.begin("p", "fast", "0" * 32, ["never-sent-0"], 0.0)
        with pytest.raises(InvalidCall, match="kind has changed"):
            await cancel(file, lambda name: object())  # type: ignore[arg-type, return-value]
