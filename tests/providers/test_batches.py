"""The batch APIs as their documentation shows them: what is sent, how far a batch is, what came of each request."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from onedoor.errors import (
    CandidateFailed,
    ContextExceeded,
    CredentialRejected,
    ProviderError,
    RequestRejected,
    ServerFault,
    Throttled,
)
from onedoor.providers.anthropic import Anthropic
from onedoor.providers.batches import Answered, Batches, HasBatches, Look, Request, Sought
from onedoor.providers.ollama import Ollama
from onedoor.providers.openai import OpenAI

from .asking import asking
from .dialects import JSON, KEY, encode
from .wire import Answer, Wire

REQUESTS = (Request("one-0", b'{"model":"m","n":1}'), Request("two-0", b'{"model":"m","n":2}'))
SAID = {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}}


@pytest.fixture
async def openai(wire: Wire) -> AsyncIterator[Batches]:
    provider = OpenAI("p", f"{wire.url}/v1", key=KEY)
    yield provider.batches()
    await provider.close()


@pytest.fixture
async def anthropic(wire: Wire) -> AsyncIterator[Batches]:
    provider = Anthropic("p", wire.url, key=KEY)
    yield provider.batches()
    await provider.close()


@pytest.fixture
def api(name: str, openai: Batches, anthropic: Batches) -> Batches:
    return {"openai": openai, "anthropic": anthropic}[name]


def says(*bodies: object) -> tuple[Answer, ...]:
    return tuple(Answer((encode(body),), headers=JSON) for body in bodies)


def lines(*told: object) -> Answer:
    return Answer((b"".join(encode(one) + b"\n" for one in told),), headers={"content-type": "application/jsonl"})


async def results(api: Batches, look: Look) -> list[Answered]:
    return [one async for one in api.results(look)]


def test_who_has_batches() -> None:
    assert isinstance(OpenAI("p", "http://x/v1"), HasBatches)
    assert isinstance(Anthropic("p", "http://x"), HasBatches)
    assert not isinstance(Ollama("p", "http://x"), HasBatches)


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_a_request_is_a_call_that_isnt_streamed(api: Batches, wire: Wire) -> None:
    assert b"stream" not in api.write(asking(stream=True))


async def test_openai_is_sent_a_file_and_then_a_batch_of_it(wire: Wire, openai: Batches) -> None:
    wire.says(*says({"id": "file-1", "object": "file"}, {"id": "batch_1", "status": "validating"}))
    assert await openai.submit(REQUESTS, "mark") == "batch_1"
    upload, batch = wire.requests
    assert (upload.path, batch.path) == ("/v1/files", "/v1/batches")
    assert batch.json == {
        "input_file_id": "file-1",
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "metadata": {"onedoor": "mark"},
    }
    boundary = re.fullmatch(r"multipart/form-data; boundary=([\w-]+)", upload.headers["content-type"])
    assert boundary
    _, purpose, file, end = upload.body.split(b"--" + boundary[1].encode())
    assert purpose == b'\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    head, _, content = file.partition(b"\r\n\r\n")
    assert b'name="file"; filename="batch.jsonl"' in head
    assert end == b"--\r\n"
    assert content.rstrip().splitlines() == [
        b'{"custom_id":"one-0","method":"POST","url":"/v1/chat/completions","body":{"model":"m","n":1}}',
        b'{"custom_id":"two-0","method":"POST","url":"/v1/chat/completions","body":{"model":"m","n":2}}',
    ]


@pytest.mark.parametrize(
    ("told", "look"),
    [
        ({"status": "validating"}, Look("b", False)),
        ({"status": "in_progress"}, Look("b", False)),
        ({"status": "finalizing", "output_file_id": None}, Look("b", False)),
        ({"status": "cancelling"}, Look("b", False)),
        ({"status": "completed", "output_file_id": "o"}, Look("b", True, files=("o",))),
        ({"status": "completed", "output_file_id": "o", "error_file_id": "e"}, Look("b", True, files=("o", "e"))),
        ({"status": "expired", "output_file_id": "o", "error_file_id": "e"}, Look("b", True, files=("o", "e"))),
        ({"status": "cancelled", "output_file_id": "o"}, Look("b", True, "cancelled", files=("o",))),
        (
            {"status": "failed", "errors": {"data": [{"code": "invalid_json_line", "message": "line 1", "line": 1}]}},
            Look("b", True, "refused", b'{"error":{"code":"invalid_json_line","message":"line 1"}}'),
        ),
        (
            {"status": "failed", "errors": {"data": [{"code": "token_limit_exceeded", "message": "full"}]}},
            Look("b", True, "later", b'{"error":{"code":"token_limit_exceeded","message":"full"}}'),
        ),
    ],
)
async def test_how_far_openais_batch_is(told: dict[str, Any], look: Look, wire: Wire, openai: Batches) -> None:
    wire.says(*says({"id": "b", **told}))
    assert await openai.look("b") == look
    assert (wire.requests[0].method, wire.requests[0].path) == ("GET", "/v1/batches/b")


async def test_openais_answers_and_errors_are_in_two_files(wire: Wire, openai: Batches) -> None:
    answered = {"id": "x", "custom_id": "b-0", "response": {"status_code": 200, "body": SAID}, "error": None}
    failed = {"custom_id": "a-0", "response": {"status_code": 400, "body": {"error": {"message": "no"}}}, "error": None}
    expired = {"custom_id": "c-0", "response": None, "error": {"code": "batch_expired", "message": "late"}}
    cancelled = {"custom_id": "d-0", "response": None, "error": {"code": "batch_cancelled", "message": "stop"}}
    broken = {"custom_id": "e-0", "response": None, "error": {"code": "server_error", "message": "oh"}}
    wire.says(lines(answered), lines(failed, expired, cancelled, broken))
    api = openai
    found = await results(api, Look("b", True, files=("o", "e")))
    assert [request.path for request in wire.requests] == ["/v1/files/o/content", "/v1/files/e/content"]
    assert [(one.id, one.outcome, one.status) for one in found] == [
        ("b-0", "answered", 200),
        ("a-0", "answered", 400),
        ("c-0", "expired", 500),
        ("d-0", "cancelled", 500),
        ("e-0", "answered", 500),
    ]
    assert api.read(asking(), found[0].body).text == "hi"
    assert isinstance(api.fault(found[1]), RequestRejected)
    assert isinstance(api.fault(found[4]), ServerFault)


async def test_anthropic_is_sent_the_requests_themselves(wire: Wire, anthropic: Batches) -> None:
    wire.says(*says({"id": "msgbatch_1", "processing_status": "in_progress"}))
    assert await anthropic.submit(REQUESTS, "mark") == "msgbatch_1"
    assert wire.requests[0].path == "/v1/messages/batches"
    assert wire.requests[0].headers["content-type"] == "application/json"
    assert wire.sent == {
        "requests": [
            {"custom_id": "one-0", "params": {"model": "m", "n": 1}},
            {"custom_id": "two-0", "params": {"model": "m", "n": 2}},
        ]
    }


@pytest.mark.parametrize(
    ("told", "look"),
    [
        ({"processing_status": "in_progress", "cancel_initiated_at": None}, Look("b", False)),
        (
            {"processing_status": "canceling", "cancel_initiated_at": "2026-08-20T18:37:24Z"},
            Look("b", False, "cancelled"),
        ),
        ({"processing_status": "ended", "results_url": "https://x/results"}, Look("b", True)),
    ],
)
async def test_how_far_anthropics_batch_is(told: dict[str, Any], look: Look, wire: Wire, anthropic: Batches) -> None:
    wire.says(*says({"id": "b", **told}))
    assert await anthropic.look("b") == look
    assert wire.requests[0].path == "/v1/messages/batches/b"


async def test_anthropics_results(wire: Wire, anthropic: Batches) -> None:
    """They are fetched from the provider's own address, whatever address the batch names: the key goes nowhere else."""
    message = {"model": "m", "content": [{"type": "text", "text": "hi"}], "stop_reason": "end_turn"}
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}, "request_id": "r"}
    wire.says(
        lines(
            {"custom_id": "b-0", "result": {"type": "succeeded", "message": message}},
            {"custom_id": "a-0", "result": {"type": "errored", "error": error}},
            {"custom_id": "c-0", "result": {"type": "expired"}},
            {"custom_id": "d-0", "result": {"type": "canceled"}},
        )
    )
    api = anthropic
    found = await results(api, Look("b", True))
    assert wire.requests[0].path == "/v1/messages/batches/b/results"
    assert [(one.id, one.outcome) for one in found] == [
        ("b-0", "answered"),
        ("a-0", "answered"),
        ("c-0", "expired"),
        ("d-0", "cancelled"),
    ]
    assert api.read(asking(), found[0].body).text == "hi"
    assert isinstance(api.fault(found[1]), ServerFault)


@pytest.mark.parametrize(
    ("kind", "message", "error"),
    [
        ("invalid_request_error", "max_tokens: required", RequestRejected),
        ("invalid_request_error", "prompt is too long: 210000 tokens", ContextExceeded),
        ("authentication_error", "no", CredentialRejected),
        ("not_found_error", "model: nobody", CandidateFailed),
        ("rate_limit_error", "slow down", Throttled),
        ("api_error", "oh", ServerFault),
        ("overloaded_error", "busy", ServerFault),
        ("one_they_add_later", "?", ServerFault),
    ],
)
async def test_anthropics_errors_are_those_of_direct_calls(
    kind: str, message: str, error: type[ProviderError], wire: Wire, anthropic: Batches
) -> None:
    said = {"type": "error", "error": {"type": kind, "message": message}}
    wire.says(lines({"custom_id": "a-0", "result": {"type": "errored", "error": said}}))
    (found,) = await results(anthropic, Look("b", True))
    assert isinstance(anthropic.fault(found), error)


@pytest.mark.parametrize(
    ("name", "path"), [("openai", "/v1/batches/b/cancel"), ("anthropic", "/v1/messages/batches/b/cancel")]
)
async def test_cancelling(api: Batches, path: str, wire: Wire) -> None:
    wire.says(*says({"id": "b"}))
    await api.cancel("b")
    assert (wire.requests[0].method, wire.requests[0].path) == ("POST", path)


@pytest.mark.parametrize("name", ["openai", "anthropic"])
async def test_a_server_without_batches_says_so(api: Batches, wire: Wire) -> None:
    wire.says(Answer((b"not found",), status=404), Answer((b"{}",), headers=JSON))
    with pytest.raises(RequestRejected, match="p has no batch API"):
        await api.check()
    await api.check()


async def test_openais_lost_batch_is_known_by_its_mark(wire: Wire, openai: Batches) -> None:
    page = {"id": "other", "created_at": 1000, "metadata": {"onedoor": "another"}}
    wire.says(
        *says(
            {"data": [page, {"id": "plain", "created_at": 1000}], "has_more": True},
            {"data": [{"id": "ours", "created_at": 999, "metadata": {"onedoor": "mark"}}], "has_more": True},
        )
    )
    assert await openai.seek(Sought("mark", (), since=900.0)) == "ours"


async def test_openais_list_is_read_back_to_when_it_was_sent(wire: Wire, openai: Batches) -> None:
    wire.says(*says({"data": [{"id": "old", "created_at": 100}], "has_more": True}))
    assert await openai.seek(Sought("mark", (), since=900.0)) is None
    assert len(wire.requests) == 1


def anthropics(name: str, count: int, *, ended: bool = False, at: str = "2026-08-20T18:37:24.1Z") -> dict[str, Any]:
    counts = {"processing": 0 if ended else count, "succeeded": count if ended else 0}
    told = {"id": name, "created_at": at, "request_counts": counts, "processing_status": "in_progress"}
    return {**told, "processing_status": "ended", "results_url": "https://x"} if ended else told


SENT = Sought("mark", frozenset({"one-0", "two-0"}), since=1787251044.0, known=("known",))


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([], None),
        ([anthropics("b", 2)], "b"),
        ([anthropics("known", 2), anthropics("b", 2)], "b"),
        ([anthropics("larger", 3)], None),
        ([anthropics("b", 2), anthropics("as likely", 2)], None),
        ([anthropics("older", 2, at="2026-08-19T18:37:24Z")], None),
    ],
)
async def test_anthropics_lost_batch_is_guessed_where_only_one_can_be_it(
    listed: list[dict[str, Any]], found: str | None, wire: Wire, anthropic: Batches
) -> None:
    wire.says(*says({"data": listed, "has_more": False}))
    assert await anthropic.seek(SENT) == found


@pytest.mark.parametrize(("id_", "found"), [("two-0", "b"), ("somebody-else", None)])
async def test_anthropics_lost_batch_that_has_ended_is_known_by_its_ids(
    id_: str, found: str | None, wire: Wire, anthropic: Batches
) -> None:
    wire.says(*says({"data": [anthropics("b", 2, ended=True)]}))
    wire.says(lines({"custom_id": id_, "result": {"type": "expired"}}))
    assert await anthropic.seek(SENT) == found
