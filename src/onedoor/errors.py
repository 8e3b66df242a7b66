"""Every error onedoor raises, in one tree. The class says what to do about it.

    OnedoorError
    ├── Misuse                  mend what was given; nothing was sent
    │   ├── ConfigError           … the configuration
    │   ├── InvalidCall           … the arguments of this call
    │   ├── UnknownCall           … the id of a call in the ledger
    │   └── WrongContext          … where the sync door is used from
    ├── Refused                 stop: onedoor itself said no
    │   ├── DeadlineExceeded
    │   ├── Withdrawn             the provider's batch it was in was cancelled; the same run asks it again
    │   ├── InputBlocked          the guard found something in the question or its documents; nothing was sent
    │   └── OutputBlocked         … in the answer; it isn't shown
    ├── StoreError              the state or ledger can't be read or written; the message says what to do
    ├── Unrecoverable           ask again: the answer can't be read without guessing
    ├── RequestRejected         change the question: the provider refuses it as it stands
    │   ├── ContentFiltered       … because of what it says
    │   └── ModelRefused          … the model itself declines to answer
    └── CandidateFailed         go elsewhere: another model may answer
        ├── Transient             … or ask the same one again in a moment
        │   ├── ConnectFailed       nothing was sent
        │   ├── AttemptTimeout      too slow: connect, first_token, stall or total
        │   ├── ServerFault         5xx, overloaded
        │   ├── StreamBroken        the answer stopped before its end
        │   └── Throttled           429: slow down
        ├── BadEnvelope           what came back is not the provider's format
        ├── ContextExceeded       the prompt is longer than this model's window
        ├── CredentialRejected    401, 403: the key is wrong
        ├── ModelNotFound         this provider doesn't serve that model
        ├── InvalidAnswer         its answer doesn't fulfil the contract, corrections included; `mode` says how
        ├── AnswerRejected        a verifier rejects its answer, or none could tell
        ├── QuotaExhausted        402, quota or money at the provider is used up
        └── NotAdmitted           onedoor didn't send it; nothing was consumed. `until` says when to try again
            ├── CircuitOpen         this route has failed too often of late
            ├── ProviderThrottled   the provider asked to slow down
            ├── CredentialShut      the provider refused the key a moment ago
            ├── RateLimited         a configured rate is used up
            ├── SlotsFull           every slot is taken and the wait would be too long
            ├── BudgetExceeded      a budget is used up
            └── PriceUnknown        a money budget holds here and this model has no price

Every error has a stable `code` for logs and metrics; one of a call that was under way also has its `call_id` and
`trail`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from onedoor.trail import Found, Opinion, Trail

Stage = Literal["connect", "first_token", "stall", "total"]


class OnedoorError(Exception):
    """The root of the tree: catch this to catch everything onedoor raises."""

    code: ClassVar[str] = "error"
    call_id: str | None = None
    trail: Trail | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and pickled as it is, whatever its class is made from."""
        return _made, (type(self), self.args), self.__dict__


def _made(kind: type[OnedoorError], args: tuple[object, ...]) -> OnedoorError:
    return kind.__new__(kind, *args)


class Misuse(OnedoorError):
    """What was given is wrong; nothing was sent. Mend it and call again."""

    code = "misuse"


class ConfigError(Misuse):
    """The configuration is wrong; the message names the place, the rule and the nearest right name."""

    code = "config"


class InvalidCall(Misuse):
    """An argument of this call is wrong: an empty prompt, an unknown task, a wrong type."""

    code = "invalid_call"


class WrongContext(Misuse):
    """The sync door was used inside a running event loop, after a fork, or after it was closed."""

    code = "wrong_context"


class UnknownCall(Misuse):
    """There is no call of this id, or more than one begins so."""

    code = "unknown_call"


class Refused(OnedoorError):
    """onedoor itself said no. Asking again changes nothing."""

    code = "refused"


class DeadlineExceeded(Refused):
    """The call's whole time is used up, retries and fallbacks included."""

    code = "deadline"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no answer within the deadline of {seconds:g} s (retries and fallbacks included)")
        self.seconds = seconds


class Withdrawn(Refused):
    """The provider's batch it was in was cancelled before it was its turn; the same run asks it again."""

    code = "withdrawn"


class Blocked(Refused):
    """The guard let something not pass. Not raised itself: see its two kinds."""

    def __init__(self, message: str, *, findings: tuple[Found, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings

    @property
    def mode(self) -> str:
        """What was found, the worst first: it stands behind the code in the ledger, "input_blocked/override.above"."""
        return self.findings[0].id if self.findings else ""


class InputBlocked(Blocked):
    """The guard found something in the question or its documents. No model, cache or judge has seen it.

    `findings` say what, where, and in which text; asking again changes nothing.
    """

    code = "input_blocked"


class OutputBlocked(Blocked):
    """The guard found something in the answer: a secret, a link that carries data away, leaked instructions."""

    code = "output_blocked"


class StoreError(OnedoorError):
    """The state or ledger can't be read or written; the message says what to do. Nothing of the step was kept."""

    code = "store"


class Unrecoverable(OnedoorError):
    """A damaged answer can't be read without guessing. `reason` is one word, `position` where in the text it shows."""

    code = "unrecoverable"

    def __init__(self, message: str, *, reason: str, position: int = 0) -> None:
        super().__init__(message)
        self.reason = reason
        self.position = position


class ProviderError(OnedoorError):
    """Something a provider said or failed to say. Not raised itself: see its two branches."""

    def __init__(self, message: str, *, provider: str = "", status: int | None = None) -> None:
        super().__init__(message)
        self.provider = provider
        self.status = status


class RequestRejected(ProviderError):
    """The provider refuses this request as it stands (400, 413, 422). Change the question."""

    code = "request_rejected"


class ContentFiltered(RequestRejected):
    """The provider's content filter stopped the request. Never answered by a fallback."""

    code = "content_filter"


class ModelRefused(RequestRejected):
    """The model declines to give what the contract asks for. Never repaired, never answered by a fallback."""

    code = "model_refused"


class CandidateFailed(ProviderError):
    """This candidate can't answer; the next one may."""

    code = "candidate_failed"


class Transient(CandidateFailed):
    """The same call may succeed in a moment. `retry_after` is the provider's own minimum wait in seconds."""

    code = "transient"

    def __init__(
        self, message: str, *, provider: str = "", status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, provider=provider, status=status)
        self.retry_after = retry_after


class ConnectFailed(Transient):
    """No connection: refused, unreachable, DNS or TLS. Nothing was sent, so nothing is billed."""

    code = "connect"


class AttemptTimeout(Transient):
    """One attempt was too slow; `stage` says which limit passed."""

    code = "timeout"

    def __init__(self, stage: Stage, seconds: float, *, provider: str = "") -> None:
        super().__init__(_TIMEOUTS[stage].format(seconds=seconds), provider=provider)
        self.stage: Stage = stage
        self.seconds = seconds


_TIMEOUTS: dict[Stage, str] = {
    "connect": "no connection within {seconds:g} s",
    "first_token": "no first token within {seconds:g} s",
    "stall": "the stream stood still for {seconds:g} s",
    "total": "no whole answer within {seconds:g} s",
}


class ServerFault(Transient):
    """The provider failed or is overloaded: 500, 502, 503, 504, 529."""

    code = "server_fault"


class StreamBroken(Transient):
    """The answer ended without its end mark; what arrived is not an answer."""

    code = "stream_broken"


class Throttled(Transient):
    """429: too many requests or tokens for now."""

    code = "throttled"


class BadEnvelope(CandidateFailed):
    """The answer is not in the provider's format: HTML, broken JSON, missing fields. Often a wrong base_url."""

    code = "bad_envelope"


class ContextExceeded(CandidateFailed):
    """The prompt is longer than this model's context window."""

    code = "context_exceeded"


class CredentialRejected(CandidateFailed):
    """The provider refuses the key (401, 403)."""

    code = "credential"


class ModelNotFound(CandidateFailed):
    """The provider doesn't serve this model (404)."""

    code = "model_not_found"


class QuotaExhausted(CandidateFailed):
    """The account's quota or money is used up. Waiting a moment doesn't help."""

    code = "quota"


class InvalidAnswer(CandidateFailed):
    """The answer doesn't fulfil its contract.

    `mode` is the diagnosis ("syntax", "schema", "constraint", "truncation", "runaway", "empty"), `failures` what is
    wrong where, `answer` the text that came, `saved` the output tokens not spent because it was stopped early.
    """

    code = "invalid_answer"

    def __init__(
        self,
        message: str,
        *,
        mode: str,
        answer: str = "",
        failures: tuple[object, ...] = (),
        provider: str = "",
        saved: int = 0,
    ) -> None:
        super().__init__(message, provider=provider)
        self.mode = mode
        self.answer = answer
        self.failures = failures
        self.saved = saved


class AnswerRejected(CandidateFailed):
    """A verifier rejects the answer, or none could tell whether it is right.

    `mode` is "rejected" or "unknown", `opinions` say who thinks what and why, `answer` is the text that came.
    `correctable` says whether the same candidate may be asked again.
    """

    code = "not_verified"

    def __init__(
        self,
        message: str,
        *,
        mode: str,
        answer: str = "",
        opinions: tuple[Opinion, ...] = (),
        correctable: bool = False,
        provider: str = "",
    ) -> None:
        super().__init__(message, provider=provider)
        self.mode = mode
        self.answer = answer
        self.opinions = opinions
        self.correctable = correctable


class NotAdmitted(CandidateFailed):
    """onedoor didn't send this attempt, and it has consumed nothing.

    `limit` names what refused ("provider/hosted", "caller/etl"); `until` is seconds since the epoch when it may be
    tried again, None when never.
    """

    code = "not_admitted"

    def __init__(self, message: str, *, provider: str = "", limit: str = "", until: float | None = None) -> None:
        super().__init__(message, provider=provider)
        self.limit = limit
        self.until = until


class CircuitOpen(NotAdmitted):
    """This route has failed too often of late; its breaker is open."""

    code = "circuit_open"


class ProviderThrottled(NotAdmitted):
    """The provider answered 429 a moment ago and asked to wait."""

    code = "provider_throttled"


class CredentialShut(NotAdmitted):
    """The provider refused the key, or its quota is used up; it is tried again now and then."""

    code = "credential_shut"


class RateLimited(NotAdmitted):
    """A configured rate of a provider, model or caller is used up for now."""

    code = "rate_limited"


class SlotsFull(NotAdmitted):
    """Every slot is taken, and waiting is not allowed or would take too long."""

    code = "slots_full"


class BudgetExceeded(NotAdmitted):
    """A budget of a provider, model, caller or run is used up; `until` is when its next window begins."""

    code = "budget_exceeded"


class PriceUnknown(NotAdmitted):
    """A money budget holds here and this model has no known price, so its cost could not be bounded."""

    code = "price_unknown"
