"""What a provider's failure means, as a table."""

from __future__ import annotations

from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.errors import (
    BadEnvelope,
    CandidateFailed,
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
    Transient,
)
from onedoor.policy.faults import Complaint, cut, fault, not_ours, retry_after, unreachable


@pytest.mark.parametrize(
    ("status", "codes", "message", "expected"),
    [
        (300, (), "", BadEnvelope),
        (400, (), "", RequestRejected),
        (401, (), "", CredentialRejected),
        (402, (), "", QuotaExhausted),
        (403, (), "", CredentialRejected),
        (404, (), "", ModelNotFound),
        (405, (), "", RequestRejected),
        (408, (), "", ServerFault),
        (409, (), "", ServerFault),
        (413, (), "", RequestRejected),
        (422, (), "", RequestRejected),
        (425, (), "", ServerFault),
        (429, (), "", Throttled),
        (500, (), "", ServerFault),
        (501, (), "", ServerFault),
        (529, (), "", ServerFault),
        (599, (), "", ServerFault),
        # a named code says more than the status
        (429, ("insufficient_quota",), "", QuotaExhausted),
        (429, ("Insufficient_Quota",), "", QuotaExhausted),
        (400, ("billing_hard_limit_reached",), "", QuotaExhausted),
        (400, ("context_length_exceeded",), "", ContextExceeded),
        (413, ("exceed_context_size_error",), "", ContextExceeded),
        (400, ("content_filter",), "", ContentFiltered),
        (400, ("", "ResponsibleAIPolicyViolation"), "", ContentFiltered),
        (400, ("invalid_prompt",), "", ContentFiltered),
        (403, ("model_not_found",), "", ModelNotFound),
        # servers that say it only in words
        (400, (), "Your credit balance is too low", QuotaExhausted),
        (429, (), "You exceeded your current quota", QuotaExhausted),
        (400, (), "This model's maximum context length is 8192 tokens", ContextExceeded),
        (400, (), "The input token count (9) exceeds the maximum number of tokens allowed (8)", ContextExceeded),
        (500, (), "the input length exceeds the context length", ContextExceeded),
        (429, (), "context size", Throttled),
        (400, (), "model 'x' not found", ModelNotFound),
        (400, (), "unknown model: x", ModelNotFound),
        (500, (), "model x not found on disk", ServerFault),
        (400, (), "triggering Azure OpenAI's content management policy", ContentFiltered),
        # after a good head there is only the code
        (200, (), "", ServerFault),
        (200, ("overloaded_error",), "", ServerFault),
        (200, ("rate_limit_error",), "", Throttled),
        (200, ("429",), "", Throttled),
        (200, ("401",), "", CredentialRejected),
        (200, ("402",), "", QuotaExhausted),
        (200, ("404",), "", ModelNotFound),
        (200, ("400",), "", RequestRejected),
        (200, ("502",), "", ServerFault),
        (200, ("200",), "", ServerFault),
        (200, ("permission_error",), "", CredentialRejected),
        (200, ("invalid_request_error",), "", RequestRejected),
        (200, ("insufficient_quota",), "", QuotaExhausted),
        (200, (), "context window", ContextExceeded),
    ],
)
def test_a_failure_has_one_class(
    status: int, codes: tuple[str, ...], message: str, expected: type[ProviderError]
) -> None:
    error = fault(Complaint(codes, message), provider="p", status=status)
    assert type(error) is expected
    assert (error.provider, error.status) == ("p", status)
    assert (message or "no reason given") in str(error)


@given(
    status=st.integers(100, 999),
    codes=st.lists(st.text(max_size=12) | st.integers(0, 999).map(str), max_size=3),
    message=st.text(max_size=60),
)
def test_every_failure_has_a_class_that_says_what_to_do(status: int, codes: list[str], message: str) -> None:
    error = fault(Complaint(tuple(codes), message), provider="p", status=status, headers={"retry-after": "3"})
    assert isinstance(error, RequestRejected | CandidateFailed)
    assert type(error) not in {CandidateFailed, Transient}
    assert getattr(error, "retry_after", None) in {3.0, None}


NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "99999999999"}, 99_999_999_999.0),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30.0),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:50 -0000"}, 30.0),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:10 GMT"}, 0.0),
        ({"retry-after": "Tue, 99 Nov 2023 22:13:10 GMT"}, None),
        ({"retry-after": "1 Jan 99999999999999999999 00:00:00 GMT"}, None),
    ],
)
def test_the_wait_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


@given(value=st.text(max_size=30) | st.datetimes().map(format_datetime), ms=st.text(max_size=8))
def test_whatever_the_header_holds_the_wait_is_none_or_not_negative(value: str, ms: str) -> None:
    seconds = retry_after({"retry-after": value, "retry-after-ms": ms}, NOW)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "an empty body"),
        (b" <!doctype html>", "is base_url right?"),
        (b"{", "not the format expected (it begins '{')"),
    ],
)
def test_a_body_that_is_not_the_format(body: bytes, said: str) -> None:
    error = not_ours("p", body, 200)
    assert said in str(error)
    assert (type(error), error.status) == (BadEnvelope, 200)


def test_a_cut_and_a_missing_connection_may_be_tried_again() -> None:
    assert type(cut("p")) is StreamBroken
    assert type(unreachable("p", "http://x", "refused")) is ConnectFailed
    assert isinstance(cut("p"), Transient)
