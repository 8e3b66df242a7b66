"""From what a call came to, to the result of its item."""

from __future__ import annotations

import msgspec

from onedoor.bulk.question import Question
from onedoor.bulk.result import Result
from onedoor.errors import OnedoorError
from onedoor.output.score import plain
from onedoor.quality.meter import Bill
from onedoor.trail import code_of, words_of
from onedoor.types import Reply


def answered(question: Question, reply: Reply, bill: Bill, at: float) -> Result:
    """The result of a question that was answered."""
    return Result(
        question.key,
        question.place,
        step=question.step,
        text=reply.text,
        data=None if reply.data is None else plain(reply.data),
        model=reply.model,
        served=reply.served,
        provider=reply.provider,
        nano_usd=_cost(bill),
        input=reply.usage.input,
        output=reply.usage.output,
        degraded=reply.degraded,
        finish_reason=reply.finish_reason,
        score=reply.score,
        seconds=reply.duration,
        attempts=reply.attempts,
        retries=reply.retries,
        call=reply.id,
        at=at,
        cached=reply.cached,
        tool_calls=reply.tool_calls,
    )


def failed(question: Question, error: BaseException, bill: Bill, *, at: float, seconds: float) -> Result:
    """The result of a question whose call failed; an answer that was given and not accepted is kept to be looked at."""
    trail = error.trail if isinstance(error, OnedoorError) else None
    attempts = trail.attempts if trail else 0
    return Result(
        question.key,
        question.place,
        step=question.step,
        text=str(getattr(error, "answer", "")),
        nano_usd=_cost(bill),
        seconds=seconds,
        attempts=attempts,
        retries=attempts - len(trail.sends) if trail else 0,
        error=code_of(error),
        kind=type(error).__name__,
        message=words_of(error),
        call=call_of(error),
        at=at,
    )


def refused(key: str, place: int, code: str, problem: str, *, at: float) -> Result:
    """The result of an item that can't be asked about."""
    return Result(key, place, error=code, kind="InvalidItem", message=problem, nano_usd=0, at=at)


def twin(result: Result, question: Question) -> Result:
    """The same for another one who asks the same; nothing was used for it."""
    free = {"nano_usd": 0, "input": 0, "output": 0, "attempts": 0, "retries": 0}
    own = {"key": question.key, "place": question.place, "step": question.step}
    return msgspec.structs.replace(result, cached=True, **own, **free)


def after(result: Result, before: Result) -> Result:
    """A result with what an earlier try at it cost."""
    spent = None if result.nano_usd is None else result.nano_usd + (before.nano_usd or 0)
    return msgspec.structs.replace(result, nano_usd=spent, attempts=result.attempts + before.attempts)


def call_of(error: BaseException) -> str:
    """The id of the call that failed so, where it has one."""
    return (error.call_id or "") if isinstance(error, OnedoorError) else ""


def _cost(bill: Bill) -> int | None:
    return None if bill.unpriced else bill.nano_usd + bill.judged
