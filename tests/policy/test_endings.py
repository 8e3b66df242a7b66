"""What each error means for the breaker, the gates and the books."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from onedoor import errors
from onedoor.errors import OnedoorError
from onedoor.policy.breaker import Result
from onedoor.policy.endings import CANCELLED, answered, ending, failed, may_be_billed
from onedoor.policy.settlement import RESULTS
from onedoor.policy.terms import Ending
from onedoor.types import Cost, Reply, Usage

NO, LOST = False, True
TABLE: list[tuple[OnedoorError, Ending, bool]] = [
    (errors.OnedoorError("x"), "cancelled", LOST),
    (errors.Misuse("x"), "cancelled", LOST),
    (errors.ConfigError("x"), "cancelled", LOST),
    (errors.InvalidCall("x"), "cancelled", LOST),
    (errors.UnknownCall("x"), "cancelled", LOST),
    (errors.WrongContext("x"), "cancelled", LOST),
    (errors.Refused("x"), "cancelled", LOST),
    (errors.DeadlineExceeded(1.0), "cancelled", LOST),
    (errors.Withdrawn("x"), "cancelled", LOST),
    (errors.Blocked("x"), "cancelled", LOST),
    (errors.InputBlocked("x"), "cancelled", LOST),
    (errors.OutputBlocked("x"), "rejected", LOST),
    (errors.StoreError("x"), "cancelled", LOST),
    (errors.Unrecoverable("x", reason="prose"), "cancelled", LOST),
    (errors.InvalidAnswer("x", mode="runaway"), "rejected", LOST),
    (errors.ModelRefused("x"), "rejected", NO),
    (errors.ProviderError("x"), "cancelled", NO),
    (errors.RequestRejected("x", status=400), "rejected", NO),
    (errors.RequestRejected("x", status=422), "rejected", NO),
    (errors.RequestRejected("x", status=200), "rejected", LOST),
    (errors.ContentFiltered("x", status=400), "rejected", NO),
    (errors.ContentFiltered("x", status=200), "rejected", LOST),
    (errors.CandidateFailed("x"), "cancelled", NO),
    (errors.Transient("x"), "failed", LOST),
    (errors.ConnectFailed("x"), "unsent", NO),
    (errors.AttemptTimeout("connect", 1.0), "unsent", NO),
    (errors.AttemptTimeout("first_token", 1.0), "failed", LOST),
    (errors.AttemptTimeout("stall", 1.0), "failed", LOST),
    (errors.AttemptTimeout("total", 1.0), "failed", LOST),
    (errors.ServerFault("x", status=500), "failed", NO),
    (errors.ServerFault("x", status=529), "failed", NO),
    (errors.ServerFault("x", status=409), "rejected", NO),
    (errors.ServerFault("x", status=200), "failed", LOST),
    (errors.StreamBroken("x"), "failed", LOST),
    (errors.Throttled("x", status=429), "throttled", NO),
    (errors.BadEnvelope("x", status=200), "failed", LOST),
    (errors.BadEnvelope("x"), "failed", LOST),
    (errors.BadEnvelope("x", status=302), "failed", NO),
    (errors.ContextExceeded("x", status=400), "rejected", NO),
    (errors.CredentialRejected("x", status=401), "refused_key", NO),
    (errors.ModelNotFound("x", status=404), "rejected", NO),
    (errors.QuotaExhausted("x", status=429), "refused_key", NO),
    (errors.AnswerRejected("x", mode="rejected"), "rejected", LOST),
    (errors.NotAdmitted("x"), "cancelled", NO),
    (errors.CircuitOpen("x"), "cancelled", NO),
    (errors.ProviderThrottled("x"), "cancelled", NO),
    (errors.CredentialShut("x"), "cancelled", NO),
    (errors.RateLimited("x"), "cancelled", NO),
    (errors.SlotsFull("x"), "cancelled", NO),
    (errors.BudgetExceeded("x"), "cancelled", NO),
    (errors.PriceUnknown("x"), "cancelled", NO),
]


@pytest.mark.parametrize(("error", "meaning", "billed"), TABLE, ids=lambda value: type(value).__name__)
def test_what_an_error_means(error: OnedoorError, meaning: Ending, billed: bool) -> None:
    assert ending(error) == meaning
    assert may_be_billed(error) is billed


def test_every_error_there_is_has_its_meaning_above() -> None:
    ours = {kind for kind in _below(OnedoorError) if kind.__module__ == "onedoor.errors"}
    assert ours == {type(error) for error, _, _ in TABLE}


@pytest.mark.parametrize(
    ("meaning", "result"),
    [
        ("ok", "success"),
        ("slow", "slow"),
        ("failed", "failure"),
        ("unsent", "failure"),
        ("rejected", "success"),
        ("throttled", "neutral"),
        ("refused_key", "neutral"),
        ("cancelled", "neutral"),
    ],
)
def test_what_an_ending_means_for_the_breaker(meaning: Ending, result: Result) -> None:
    assert RESULTS[meaning] == result


def test_a_settlement_says_what_the_error_said() -> None:
    told = failed(errors.Throttled("x", status=429, retry_after=7.0), 1.5)
    assert (told.ending, told.error, told.status, told.retry_after, told.seconds) == (
        "throttled",
        "throttled",
        429,
        7.0,
        1.5,
    )
    assert told.usage is None


@pytest.mark.parametrize(("slow", "meaning"), [(False, "ok"), (True, "slow")])
def test_an_answer_is_settled_at_what_it_used(slow: bool, meaning: Ending) -> None:
    reply = Reply("hi", served="small-1", usage=Usage(3, 4), cost=Cost(70, "reported"), first_token=0.1)
    told = answered(reply, slow=slow, seconds=2.0)
    assert (told.ending, told.usage, told.nano_usd, told.price_source) == (meaning, Usage(3, 4), 70, "reported")
    assert (told.served, told.first_token, told.seconds) == ("small-1", 0.1, 2.0)
    assert answered(Reply("hi"), slow=False, seconds=1.0).nano_usd is None


def test_a_cancelled_attempt_may_have_been_billed() -> None:
    assert CANCELLED.billed
    assert CANCELLED.usage is None


def _below(kind: type[OnedoorError]) -> Iterator[type[OnedoorError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _below(child)
