"""Cancel a run's batches at their providers, from wherever."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from onedoor.bulk.batch.store import Batch, Store, has_open
from onedoor.errors import InvalidCall, ModelNotFound, ProviderError
from onedoor.providers.batches import Batches, HasBatches, Sought
from onedoor.providers.provider import Provider

OVER = frozenset({400, 409})
"""What a provider answers when there is nothing left to cancel."""


async def cancel(file: Path, find: Callable[[str], Provider], *, now: Callable[[], float] = time.time) -> int:
    """Cancel every batch of a run that hasn't ended; gives how many. What is finished stays, for the run to fetch.

    `find` gives a provider by its name. Raises what a provider answers; batches before that one are cancelled.
    """
    if not has_open(file):
        return 0
    with closing(Store(file)) as store:
        return sum([await _cancelled(batch, _api(find(batch.provider)), store, now()) for batch in store.open()])


def _api(provider: Provider) -> Batches:
    if not isinstance(provider, HasBatches):
        raise InvalidCall("this run has batches at a provider whose kind has changed since; restore its configuration")
    return provider.batches()


async def _cancelled(batch: Batch, api: Batches, store: Store, now: float) -> bool:
    """Whether there was something to cancel. It is written down first, so that its run knows whose wish it was."""
    name = batch.name or await _sought(batch, api, store)
    if name is None or await _over(api, name):
        return False
    if batch.cancelled is None:
        store.cancel(batch.id, now)
    try:
        await api.cancel(name)
    except ProviderError as error:
        if error.status not in OVER:
            raise
        return False
    return batch.cancelled is None


async def _over(api: Batches, name: str) -> bool:
    try:
        return (await api.look(name)).ended
    except ModelNotFound:
        return True


async def _sought(batch: Batch, api: Batches, store: Store) -> str | None:
    """A batch whose submission got no answer is looked for."""
    ids = frozenset(store.unanswered(batch.id))
    return await api.seek(Sought(batch.mark, ids, batch.begun, store.names(batch.provider)))
