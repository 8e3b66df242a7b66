"""What an attempt's end means: for the breaker, the gates, and the books."""

from __future__ import annotations

from onedoor.errors import (
    AnswerRejected,
    AttemptTimeout,
    BadEnvelope,
    ConnectFailed,
    ContextExceeded,
    CredentialRejected,
    InvalidAnswer,
    ModelNotFound,
    OnedoorError,
    OutputBlocked,
    ProviderError,
    QuotaExhausted,
    RequestRejected,
    Throttled,
    Transient,
)
from onedoor.policy.terms import Ending, Settlement
from onedoor.types import Reply

CANCELLED = Settlement("cancelled", error="cancelled")


def answered(reply: Reply, *, slow: bool, seconds: float) -> Settlement:
    """A whole answer came."""
    return Settlement(
        "slow" if slow else "ok",
        served=reply.served,
        usage=reply.usage,
        nano_usd=reply.cost.nano_usd if reply.cost else None,
        price_source=reply.cost.source if reply.cost else "",
        seconds=seconds,
        first_token=reply.first_token,
    )


def failed(error: OnedoorError, seconds: float) -> Settlement:
    """An error came instead. An error status is billed by nobody; an answer lost on the way may be."""
    status = error.status if isinstance(error, ProviderError) else None
    return Settlement(
        ending(error),
        error=error.code,
        status=status,
        seconds=seconds,
        retry_after=error.retry_after if isinstance(error, Transient) else None,
        billed=may_be_billed(error),
    )


def ending(error: OnedoorError) -> Ending:
    """The meaning of an error; only the provider's own failures count against it."""
    if _unreached(error):
        return "unsent"
    match error:
        case Throttled():
            return "throttled"
        case CredentialRejected(status=None):  # there is no key here to send; the provider was never asked
            return "cancelled"
        case CredentialRejected() | QuotaExhausted():
            return "refused_key"
        case RequestRejected() | InvalidAnswer() | ContextExceeded() | ModelNotFound() | Transient(status=409):
            return "rejected"
        case OutputBlocked() | AnswerRejected():  # the provider did what it should
            return "rejected"
        case Transient() | BadEnvelope():
            return "failed"
    return "cancelled"


def may_be_billed(error: OnedoorError) -> bool:
    """Whether the provider may have made tokens: not when it was never reached, or answered with an error status."""
    if not isinstance(error, ProviderError):
        return True
    if error.status is None:
        return isinstance(error, Transient | BadEnvelope | InvalidAnswer | AnswerRejected) and not _unreached(error)
    return 200 <= error.status < 300


def _unreached(error: OnedoorError) -> bool:
    """Whether no connection was made, so that nothing was sent."""
    return isinstance(error, ConnectFailed) or (isinstance(error, AttemptTimeout) and error.stage == "connect")
