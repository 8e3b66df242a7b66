"""A wrong answer is asked for again, corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from onedoor.errors import AnswerRejected, InvalidAnswer
from onedoor.output.actions import Action, action
from onedoor.output.contract import Contract, Diagnosis, Failure, Mode
from onedoor.output.hints import hint, objection
from onedoor.pipeline import Next
from onedoor.rails.setting import setting
from onedoor.types import Call, Options, Reply, replace

LARGEST_CAP = 16_384
WARMER = 0.7


@dataclass(frozen=True, slots=True)
class Repair:
    """Asks the same candidate again when its answer doesn't fulfil the contract or a verifier rejects it, at most
    `corrections` times.

    One action per diagnosis: a hint at what was wrong, as long at the last time as at the first; a larger cap for an
    answer cut off, or a shorter answer where the cap is at its largest; other sampling for one that ran away; the same
    again for an empty one. A refusal is not repaired, and nothing a reader has seen is taken back.
    """

    corrections: int = setting("repair.corrections", default=2)

    async def __call__(self, call: Call, call_next: Next) -> Reply:
        asked = call
        for left in range(self.corrections, -1, -1):
            try:
                return await call_next(asked)
            except InvalidAnswer as error:
                what = _action(error, asked.options)
                if not left or call.contract is None or what == "stop" or not call.rewind():
                    raise
                call.trail.remark(f"{error.mode}: {what}")
                asked = corrected(call.contract, error, what, asked=asked)
            except AnswerRejected as error:
                if not left or not error.correctable or not call.rewind():
                    raise
                call.trail.remark(f"{error.mode}: reask")
                asked = replace(asked, hint=objection(_reasons(error), error.answer))
        raise AssertionError("the last round returns or raises")


def corrected(contract: Contract, error: InvalidAnswer, what: Action, *, asked: Call) -> Call:
    """The question as it was `asked` last, changed by one action more. A hint replaces the one before."""
    if what == "larger_cap":
        return replace(asked, options=replace(asked.options, max_output_tokens=_larger(asked.options)))
    if what == "resample":
        return replace(asked, options=_resampled(asked.options))
    if what == "retry":
        return asked
    failures = tuple(failure for failure in error.failures if isinstance(failure, Failure))
    told = Diagnosis(cast("Mode", error.mode), str(error), failures)
    return replace(asked, hint=hint(contract, told, error.answer))


def _reasons(error: AnswerRejected) -> list[str]:
    return [opinion.reason for opinion in error.opinions if opinion.verdict == "rejected" and opinion.reason]


def _action(error: InvalidAnswer, options: Options) -> Action:
    """What to do about it; where a cap can't grow, a shorter answer is asked for: never the same call again."""
    what = action(cast("Mode", error.mode))
    at_its_largest = what == "larger_cap" and _larger(options) <= (options.max_output_tokens or 0)
    return "reask" if at_its_largest else what


def _larger(options: Options) -> int:
    return min(LARGEST_CAP, 2 * (options.max_output_tokens or LARGEST_CAP // 4))


def _resampled(options: Options) -> Options:
    """Warmer where it was cold, and another seed: the same sampling would run the same way."""
    warm = max(WARMER, options.temperature or 0.0)
    return replace(options, temperature=warm, seed=None if options.seed is None else options.seed + 1)
