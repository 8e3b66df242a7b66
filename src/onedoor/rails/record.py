"""Every call is written down, whatever becomes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from onedoor.clock import loop_time
from onedoor.errors import OnedoorError
from onedoor.pipeline import Next
from onedoor.rails.setting import part
from onedoor.stores.store import CallRow, Ledger
from onedoor.trail import code_of
from onedoor.types import Call, Reply


@dataclass(frozen=True, slots=True)
class Record:
    """Completes the reply or error with the call's story and writes one row, also when the call is cancelled."""

    ledger: Ledger = part()
    now: Callable[[], float] = part(default=time.time)
    clock: Callable[[], float] = part(default=loop_time)

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        at = self.now()
        try:
            reply = self._complete(call, await call_next(call))
        except BaseException as error:
            if isinstance(error, OnedoorError):
                error.call_id, error.trail = call.id, call.trail
            self._write(call, at, None, error)
            raise
        self._write(call, at, reply, None)
        return reply

    def _complete(self, call: Call, reply: Reply) -> Reply:
        trail = call.trail
        sends = trail.sends
        attempts = sum(sends.values())
        waited = trail.last_send if reply.first_token is not None else 0.0
        return replace(
            reply,
            id=call.id,
            attempts=attempts,
            retries=attempts - len(sends),
            duration=self.clock() - trail.begun,
            first_token=None if reply.first_token is None else waited + reply.first_token,
            metadata=call.metadata,
            trail=trail,
        )

    def _write(self, call: Call, at: float, reply: Reply | None, error: BaseException | None) -> None:
        self.ledger.write(
            CallRow(
                id=call.id,
                at=at,
                task=call.task,
                caller=call.caller,
                seconds=self.clock() - call.trail.begun,
                reply=reply,
                error=code_of(error) if error else "",
                message=str(error) if error else "",
                attempts=call.trail.attempts,
                trail=call.trail,
                metadata=call.metadata,
            )
        )
