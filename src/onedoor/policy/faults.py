"""What a provider's failure means: status, headers and body in, the error to raise out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from onedoor.errors import (
    BadEnvelope,
    ConnectFailed,
    ContentFiltered,
    ContextExceeded,
    CredentialRejected,
    ModelNotFound,
    ProviderError,
    QuotaExhausted,
    RequestRejected,
    ServerFault,
    StreamBroken,
    Throttled,
)

QUOTA_CODES = frozenset(
    {
        "insufficient_quota",
        "credit_balance_exhausted",
        "enforced_spend_limit_reached",
        "billing_error",
        "billing_hard_limit_reached",
        "quota_exceeded",
    }
)
REQUESTS_LEFT = ("x-ratelimit-remaining-requests", "anthropic-ratelimit-requests-remaining")
TOKENS_LEFT = ("x-ratelimit-remaining-tokens", "anthropic-ratelimit-tokens-remaining")
CONTEXT_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error", "string_above_max_length"})
FILTER_CODES = frozenset(
    {"content_filter", "content_policy_violation", "responsibleaipolicyviolation", "invalid_prompt"}
)
MODEL_CODES = frozenset({"model_not_found"})
THROTTLE_CODES = frozenset({"rate_limit_error", "rate_limit_exceeded", "throttling_error", "resource_exhausted"})
CREDENTIAL_CODES = frozenset({"authentication_error", "permission_error", "invalid_api_key"})

# Some servers say it only in words. These are wire text of a known server, matched once, here.
CONTEXT_WORDS = re.compile(
    r"context (length|window|size|limit)|maximum context|prompt is too long|exceeds? the (available )?context"
    r"|maximum model length|exceeds the maximum number of tokens",
    re.I,
)
MODEL_WORDS = re.compile(r"model\b.*\b(not found|does not exist|not exist)|unknown model", re.I)
FILTER_WORDS = re.compile(r"content (filtering|management) policy", re.I)
QUOTA_WORDS = re.compile(r"credit balance is too low|exceeded your current quota", re.I)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a provider's error body says, whatever its dialect: every code it names, and its words."""

    codes: tuple[str, ...] = ()
    message: str = ""


def fault(
    complaint: Complaint, *, provider: str, status: int, headers: Mapping[str, str] | None = None, now: float = 0.0
) -> ProviderError:
    """The error for an answer that is a failure. `status` 200 means an error inside a stream already begun.

    `now` is seconds since the epoch, for a Retry-After that is a date.
    """
    codes = frozenset(code.lower() for code in complaint.codes if code)
    text = f"{provider} answered {status}: {complaint.message or 'no reason given'}"
    kind = _kind(codes, complaint.message, status)
    if issubclass(kind, Throttled | ServerFault):
        return kind(text, provider=provider, status=status, retry_after=retry_after(headers or {}, now))
    return kind(text, provider=provider, status=status)


def _kind(codes: frozenset[str], message: str, status: int) -> type[ProviderError]:
    """The first rule that fits; a named code says more than the status does."""
    if codes & QUOTA_CODES or QUOTA_WORDS.search(message) or status == 402:
        return QuotaExhausted
    if codes & CONTEXT_CODES or (status in {200, 400, 413, 422, 500} and CONTEXT_WORDS.search(message)):
        return ContextExceeded
    if codes & FILTER_CODES or (status in {200, 400} and FILTER_WORDS.search(message)):
        return ContentFiltered
    if codes & MODEL_CODES or (status in {400, 404} and MODEL_WORDS.search(message)):
        return ModelNotFound
    return _by_status(codes, status)


def _by_status(codes: frozenset[str], status: int) -> type[ProviderError]:
    if status == 200:
        return _inside_stream(codes)
    if status in {401, 403}:
        return CredentialRejected
    if status == 429:
        return Throttled
    if status == 404:
        return ModelNotFound
    if status in {408, 409, 425} or status >= 500:
        return ServerFault
    if status < 400:
        return BadEnvelope
    return RequestRejected


def _inside_stream(codes: frozenset[str]) -> type[ProviderError]:
    """An error after a good head names its kind, or the status it would have had."""
    if codes & THROTTLE_CODES:
        return Throttled
    if codes & CREDENTIAL_CODES:
        return CredentialRejected
    for code in codes:
        if re.fullmatch("[45][0-9][0-9]", code):
            return QuotaExhausted if code == "402" else _by_status(codes, int(code))
    return RequestRejected if "invalid_request_error" in codes else ServerFault


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """The provider's own minimum wait in seconds: `retry-after-ms`, then Retry-After as seconds or as an HTTP date.

    Source: RFC 9110 §10.2.3; `retry-after-ms` is OpenAI's finer form.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "").strip()
    seconds = _number(value)
    if seconds is not None or not value:
        return seconds
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now)


def remaining(headers: Mapping[str, str], tokens: int) -> int | None:
    """How many more calls of so many tokens a provider says it takes before its limits reset; None where it says
    nothing.

    Source: the rate limit headers of OpenAI, whose names most others use, and of Anthropic.
    """
    calls = [_left(headers, REQUESTS_LEFT, 1), _left(headers, TOKENS_LEFT, max(1, tokens))]
    return min((left for left in calls if left is not None), default=None)


def _left(headers: Mapping[str, str], names: tuple[str, ...], each: int) -> int | None:
    for name in names:
        said = headers.get(name)
        left = _number(said) if said else None
        if left is not None:
            return int(left) // each
    return None


def _number(value: str) -> float | None:
    return float(value.strip()) if re.fullmatch(r"\s*[0-9]{1,15}(\.[0-9]{1,15})?\s*", value) else None


def cut(provider: str, what: str = "without its end mark") -> StreamBroken:
    """The error for an answer that stopped early."""
    return StreamBroken(f"{provider}'s answer ended {what}; what arrived is not an answer", provider=provider)


def not_ours(provider: str, body: bytes, status: int) -> BadEnvelope:
    """The error for a 2xx body that isn't the provider's format."""
    shown = body[:80].decode("utf-8", "replace")
    hint = "an HTML page; is base_url right?" if body.lstrip()[:1] == b"<" else "not the format expected"
    what = f"{hint} (it begins {shown!r})" if body else "an empty body"
    return BadEnvelope(f"{provider} answered {status} with {what}", provider=provider, status=status)


def unreachable(provider: str, url: str, why: str) -> ConnectFailed:
    """The error for a connection that could not be made."""
    return ConnectFailed(f"{provider} can't be reached at {url}: {why}", provider=provider)
