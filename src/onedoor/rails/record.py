"""Every call is written down, whatever becomes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from onedoor.errors import OnedoorError, StoreError
from onedoor.logs import call_logged
from onedoor.pipeline import Next
from onedoor.rails.setting import part
from onedoor.stores.store import CallRow, Ledger
from onedoor.trail import code_of
from onedoor.types import Call, Reply, replace


@dataclass(frozen=True, slots=True)
class Record:
    """Completes the reply or error with the call's story and writes one row, also when the call is cancelled."""

    ledger: Ledger = part()
    now: Callable[[], float] = part(default=time.time)

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        at = self.now()
        try:
            try:
                reply = self._complete(call, await call_next(call))
            except BaseException as error:
                await self._failed(call, at, error)
                raise
            await self._write(call, at, reply, None)
        except OnedoorError as error:
            error.call_id, error.trail = call.id, call.trail
            raise
        return reply

    async def _failed(self, call: Call, at: float, error: BaseException) -> None:
        """Write an error down; it comes out even where that can't be done."""
        try:
            await self._write(call, at, None, error)
        except StoreError as unwritten:
            raise error from unwritten

    def _complete(self, call: Call, reply: Reply) -> Reply:
        trail = call.trail
        attempts = trail.attempts
        waited = trail.last_send if reply.first_token is not None else 0.0
        return replace(
            reply,
            id=call.id,
            origin=reply.origin or call.id,
            attempts=attempts,
            retries=attempts - len(trail.sends),
            duration=trail.elapsed,
            first_token=None if reply.first_token is None else waited + reply.first_token,
            metadata=call.metadata,
            trail=trail,
        )

    async def _write(self, call: Call, at: float, reply: Reply | None, error: BaseException | None) -> None:
        """Write the row down, and wait until what its attempts used is booked as well."""
        row = self._row(call, at, reply, error)
        call_logged(row)
        await self.ledger.write(row)
        for booked in call.settling:
            await booked

    def _row(self, call: Call, at: float, reply: Reply | None, error: BaseException | None) -> CallRow:
        return CallRow(
            id=call.id,
            at=at,
            task=call.task,
            caller=call.caller,
            seconds=call.trail.elapsed,
            reply=reply,
            error=code_of(error) if error else "",
            message=str(error) if error else "",
            attempts=call.trail.attempts,
            trail=call.trail,
            metadata=call.metadata,
            run=call.run,
            user=call.user,
            parent=call.parent,
            template=call.template,
            messages=call.turns,
            context=call.context,
        )
