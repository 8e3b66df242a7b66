"""A provider is asked about a batch until it gives a clear answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from onedoor.bulk.batch.pace import Pace
from onedoor.errors import BadEnvelope, ConnectFailed, ModelNotFound, Throttled, Transient
from onedoor.providers.batches import Batches, Look, Request

NOT_SENT = (ConnectFailed, Throttled)
"""Errors of a submission that surely has not arrived."""

T = TypeVar("T")
Seek = Callable[[], Coroutine[Any, Any, str | None]]

_log = logging.getLogger(__name__)


async def surely(step: Callable[[], Coroutine[Any, Any, T]], pace: Pace) -> T:
    """A step that is taken again for as long as it fails for a moment."""
    pause = pace.first
    while True:
        try:
            return await step()
        except Transient as error:
            _log.warning("a batch couldn't be looked at: %s", error)
            await asyncio.sleep(max(pause, error.retry_after or 0.0))
            pause = pace.after(pause)


async def submitted(api: Batches, requests: Sequence[Request], mark: str, seek: Seek, pace: Pace) -> str:
    """The provider's name of a batch. Where its submission got no clear answer, it is sought before anything else."""
    pause = pace.first
    for left in range(pace.sends - 1, -1, -1):
        try:
            return await api.submit(requests, mark)
        except (Transient, BadEnvelope) as error:
            _log.warning("a batch couldn't be handed over: %s", error)
            found = None if isinstance(error, NOT_SENT) else await surely(seek, pace)
            if found is not None:
                return found
            if not left or not isinstance(error, Transient):
                raise
            await asyncio.sleep(max(pause, error.retry_after or 0.0))
            pause = pace.after(pause)
    raise AssertionError("the last send returns or raises")


async def ended(api: Batches, name: str, pace: Pace) -> Look:
    """The last look at a batch. One that is no longer known has ended, and gives nothing."""
    pause = pace.first
    try:
        while not (look := await surely(lambda: api.look(name), pace)).ended:
            await asyncio.sleep(pause)
            pause = pace.after(pause)
    except ModelNotFound:
        _log.warning("batch %s is no longer known; its requests are made again", name)
        return Look(name, True)
    return look
