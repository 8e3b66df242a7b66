"""No attempt is sent without leave: breaker, gates, rates, slots and budgets are asked in one step."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from msgspec import structs

from onedoor.errors import (
    BudgetExceeded,
    CircuitOpen,
    CredentialShut,
    NotAdmitted,
    OnedoorError,
    PriceUnknown,
    ProviderThrottled,
    RateLimited,
    SlotsFull,
)
from onedoor.ids import new_id
from onedoor.pipeline import Next
from onedoor.plan import Plan
from onedoor.policy.budget import bound
from onedoor.policy.endings import CANCELLED, answered, failed
from onedoor.policy.patience import latest, pause
from onedoor.policy.terms import Need, Permit, Refusal, Settlement, Why
from onedoor.rails.setting import part, setting
from onedoor.state import State
from onedoor.types import Call, Candidate, Reply, replace

ERRORS: Mapping[Why, type[NotAdmitted]] = {
    "circuit": CircuitOpen,
    "throttled": ProviderThrottled,
    "credential": CredentialShut,
    "rate": RateLimited,
    "slots": SlotsFull,
    "budget": BudgetExceeded,
    "price": PriceUnknown,
}
WAITABLE: frozenset[Why] = frozenset({"throttled", "rate", "slots"})


@dataclass(frozen=True, slots=True)
class Admit:
    """Asks the shared state for leave to send, and settles what really happened, whatever that is.

    A refusal consumes nothing. Where `on_limit` is "wait" a call waits for slots, rates and throttled providers as
    long as its deadline and `max_wait` allow; a budget, an open breaker and a refused key never wait.
    """

    on_limit: Literal["wait", "fail"] = setting("on_limit", default="wait")
    max_wait: float = setting("max_wait", default=60.0)
    plan: Plan = part(kw_only=True)
    state: State = part(kw_only=True)

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        permit = await self._enter(call)
        told, trail = CANCELLED, call.trail
        begun = trail.now
        try:
            reply = await call_next(self._capped(call, permit))
            told = self._answered(call, reply, trail.now - begun)
            return reply
        except OnedoorError as error:
            told = failed(error, trail.now - begun)
            raise
        finally:
            call.settling.append(self.state.settle(permit, told))

    async def _enter(self, call: Call) -> Permit:
        """A permit, waited for where that helps."""
        now = call.trail.now
        until = latest(self.on_limit, self.max_wait, deadline=call.deadline, now=now)
        need = self._need(call, until - now)
        told = await self.state.admit(need)
        waits = isinstance(told, Refusal)
        try:
            while isinstance(told, Refusal):
                await self._wait(call, need, told, until)
                told = await self.state.admit(structs.replace(need, patience=until - call.trail.now))
        except BaseException:
            if isinstance(told, Refusal) and told.queued:
                await self.state.leave(need)
            raise
        if waits:
            call.trail.remark(f"waited {told.reservation.waited:.3g} s to be admitted")
        return told

    async def _wait(self, call: Call, need: Need, told: Refusal, until: float) -> None:
        """Until it is worth asking again; raises the refusal where waiting can't help in time."""
        seconds = _pause(told, self.state.now, until - call.trail.now)
        if seconds is None:
            raise ERRORS[told.why](told.message, provider=_asked(call).provider, limit=told.limit, until=told.until)
        if told.queued:
            await self.state.freed(need, f"slots/{told.limit}", seconds)
        else:
            await asyncio.sleep(seconds)

    def _need(self, call: Call, patience: float) -> Need:
        candidate, now = _asked(call), self.state.now
        terms = self.plan.terms(call, candidate)
        output = call.options.max_output_tokens or self.plan.longest(candidate)
        return Need(
            permit=new_id(now),
            call=call.id,
            number=call.trail.attempts + 1,
            task=call.task,
            caller=call.caller,
            run=call.run,
            model=candidate.name,
            bound=bound(call, candidate.price, output=output, strict=terms.strict),
            terms=terms,
            bulk=self.plan.bulk(call),
            since=now,
            patience=patience,
        )

    def _capped(self, call: Call, permit: Permit) -> Call:
        """Under a budget the answer may be no longer than what was reserved for it."""
        if call.options.max_output_tokens or not permit.reservation.books:
            return call
        return replace(call, options=replace(call.options, max_output_tokens=self.plan.longest(_asked(call))))

    def _answered(self, call: Call, reply: Reply, seconds: float) -> Settlement:
        output = reply.usage.output
        writing = seconds - (reply.first_token or 0.0)
        slow = self.plan.slow(_asked(call), reply.first_token, writing / output if output else None)
        return answered(reply, slow=slow, seconds=seconds)


def _pause(told: Refusal, now: float, left: float) -> float | None:
    """Seconds until it is worth asking again; None where that isn't before the end. A queue is kept to until then."""
    if told.why not in WAITABLE:
        return None
    if told.queued and told.until is not None and left > 0:
        return min(max(0.001, told.until - now), left)
    return pause(told.until, now=now, left=left)


def _asked(call: Call) -> Candidate:
    if call.candidate is None:
        raise LookupError("admission was reached without a candidate: the road needs the Fallback rail")
    return call.candidate
