"""A callable of the user's may be written in any way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable

import pytest

from onedoor.calling import called

HERE = threading.get_ident


def sync(word: str) -> tuple[str, int]:
    return word, HERE()


async def later(word: str) -> tuple[str, int]:
    return word, HERE()


def promising(word: str) -> Awaitable[tuple[str, int]]:
    return later(word)


class Sync:
    def __call__(self, word: str) -> tuple[str, int]:
        return sync(word)


class Later:
    async def __call__(self, word: str) -> tuple[str, int]:
        return await later(word)


@pytest.mark.parametrize(("function", "thread"), [(sync, True), (Sync(), True), (later, False), (Later(), False)])
async def test_a_sync_one_may_block_and_an_async_one_stays_here(function: object, thread: bool) -> None:
    word, ran = await called(function, "hi")  # type: ignore[arg-type]
    assert (word, ran != HERE()) == ("hi", thread)


async def test_what_it_promises_is_waited_for() -> None:
    assert (await called(promising, "hi"))[0] == "hi"


async def test_one_that_is_cancelled_leaves_nothing_behind() -> None:
    async def forever() -> None:
        await asyncio.sleep(3600)

    task = asyncio.ensure_future(called(forever))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
