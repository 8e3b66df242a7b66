"""Every way a provider fails, over real HTTP: the error's class, one request sent, no key in any text."""

from __future__ import annotations

import itertools
import socket
import time
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from email.utils import formatdate

import pytest

from onedoor.errors import (
    AttemptTimeout,
    BadEnvelope,
    ConfigError,
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
from onedoor.providers.provider import Provider
from onedoor.types import Call, Delta, Limits

from .asking import asking
from .dialects import DIALECTS, JSON, KEY, Dialect, Said
from .wire import Answer, Wire, closed_port

both = pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])


@dataclass(frozen=True, slots=True)
class Row:
    """A failure as a server says it, and what it must mean; `only` names the dialect whose words these are."""

    status: int
    error: type[ProviderError]
    message: str = "no"
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    only: str = ""


ROWS = (
    Row(400, RequestRejected),
    Row(401, CredentialRejected, "Incorrect API key provided: " + KEY),
    Row(402, QuotaExhausted),
    Row(403, CredentialRejected),
    Row(404, ModelNotFound),
    Row(408, ServerFault),
    Row(413, RequestRejected),
    Row(422, RequestRejected),
    Row(429, Throttled),
    Row(500, ServerFault),
    Row(502, ServerFault),
    Row(503, ServerFault),
    Row(504, ServerFault),
    Row(529, ServerFault),
    Row(301, BadEnvelope, headers={"location": "http://127.0.0.1:1/elsewhere"}),
    Row(429, QuotaExhausted, code="insufficient_quota", only="openai"),
    Row(400, QuotaExhausted, "Your credit balance is too low to access the Anthropic API", only="anthropic"),
    Row(402, QuotaExhausted, code="billing_error", only="anthropic"),
    Row(400, ContentFiltered, code="content_filter", only="openai"),
    Row(400, ContentFiltered, code="content_policy_violation", only="openai"),
    Row(400, ContentFiltered, "Output blocked by content filtering policy", only="anthropic"),
    Row(400, ContextExceeded, code="context_length_exceeded", only="openai"),
    Row(400, ContextExceeded, "This model's maximum context length is 4096 tokens.", only="openai"),
    Row(400, ContextExceeded, "the request exceeds the available context size", only="openai"),
    Row(400, ContextExceeded, "prompt (length 9) is longer than the maximum model length of 8", only="openai"),
    Row(400, ContextExceeded, "prompt is too long: 208310 tokens > 200000 maximum", only="anthropic"),
    Row(400, ContextExceeded, "input length and `max_tokens` exceed context limit: 2 + 1 > 2", only="anthropic"),
    Row(400, ContextExceeded, "the input length exceeds the context length", only="ollama"),
    Row(400, ModelNotFound, "model 'x' not found", only="openai"),
    Row(404, ModelNotFound, 'model "x" not found, try pulling it first', only="ollama"),
    Row(404, ModelNotFound, "model: claude-x", "not_found_error", only="anthropic"),
    Row(503, ServerFault, "server busy, please try again. maximum pending requests exceeded", only="ollama"),
    Row(400, RequestRejected, '"m" does not support thinking', only="ollama"),
    Row(429, Throttled, code="rate_limit_error", only="anthropic"),
    Row(529, ServerFault, code="overloaded_error", only="anthropic"),
)

LATE = (
    Row(200, ServerFault, "something went wrong"),
    Row(200, ContextExceeded, "the input length exceeds the context length"),
    Row(200, ServerFault, "Overloaded", "overloaded_error", only="anthropic"),
    Row(200, Throttled, "slow down", "rate_limit_error", only="anthropic"),
    Row(200, RequestRejected, "bad request", "invalid_request_error", only="anthropic"),
    Row(200, Throttled, "slow down", "429", only="openai"),
    Row(200, ServerFault, "busy", "503", only="openai"),
    Row(200, QuotaExhausted, "no money", "402", only="openai"),
    Row(200, QuotaExhausted, "no money", "insufficient_quota", only="openai"),
    Row(200, CredentialRejected, "bad key: " + KEY, "invalid_api_key", only="openai"),
    Row(200, ContentFiltered, "flagged", "content_filter", only="openai"),
)


def each(rows: tuple[Row, ...]) -> pytest.MarkDecorator:
    """Every row for every dialect that may say it."""
    pairs = [
        pytest.param(dialect, row, id=f"{dialect.name}-{row.status}-{row.error.code}")
        for dialect in DIALECTS
        for row in rows
        if row.only in {"", dialect.name}
    ]
    return pytest.mark.parametrize(("dialect", "row"), pairs, indirect=["dialect"])


async def failing(provider: Provider, call: Call) -> ProviderError:
    """The error that comes out, once its whole text has been searched for the key."""
    with pytest.raises(ProviderError) as caught:
        await provider.chat(call)
    assert caught.value.provider == "p"
    assert KEY not in "".join(traceback.format_exception(caught.value))
    return caught.value


@both
@each(ROWS)
async def test_a_failure_has_its_class(
    dialect: Dialect, provider: Provider, wire: Wire, row: Row, stream: bool
) -> None:
    wire.says(Answer((dialect.error(row.message, row.code),), row.status, {**JSON, **row.headers}))
    error = await failing(provider, asking(stream=stream))
    assert type(error) is row.error
    assert error.status == row.status
    assert getattr(error, "retry_after", None) is None
    assert len(wire.requests) == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "low", "high"),
    [
        ({"Retry-After": "7"}, 7, 7),
        ({"Retry-After": "0.5"}, 0.5, 0.5),
        ({"retry-after-ms": "1500", "Retry-After": "2"}, 1.5, 1.5),
        ({"Retry-After": "in 30 s"}, 27, 30),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0, 0),
    ],
)
async def test_the_wait_a_server_asks_for(
    dialect: Dialect, provider: Provider, wire: Wire, status: int, headers: dict[str, str], low: float, high: float
) -> None:
    if headers.get("Retry-After") == "in 30 s":
        headers = {"Retry-After": formatdate(time.time() + 30, usegmt=True)}
    wire.says(Answer((dialect.error("slow down"),), status, headers))
    error = await failing(provider, asking())
    assert isinstance(error, Throttled | ServerFault)
    assert error.retry_after is not None
    assert low <= error.retry_after <= high
    assert len(wire.requests) == 1


@both
@pytest.mark.parametrize(
    "body",
    [b"<html><body>502</body></html>", b'{"broken": ', b"[1, 2]", b"{}", b"plain words", b"\xff\xfe", KEY.encode()],
)
@pytest.mark.parametrize("kind", ["application/json", "text/html"])
async def test_what_is_not_the_format_is_a_bad_envelope(
    dialect: Dialect, provider: Provider, wire: Wire, body: bytes, kind: str, stream: bool
) -> None:
    wire.says(Answer((body,), headers={"content-type": kind}))
    error = await failing(provider, asking(stream=stream))
    if dialect.name == "ollama" and stream and body == b'{"broken": ':
        assert type(error) is StreamBroken
    else:
        assert type(error) is BadEnvelope
        assert error.status == 200
    assert len(wire.requests) == 1


@both
async def test_an_empty_body_is_no_answer(dialect: Dialect, provider: Provider, wire: Wire, stream: bool) -> None:
    wire.says(replace(dialect.streamed(Said()) if stream else dialect.plain(Said()), chunks=()))
    error = await failing(provider, asking(stream=stream))
    assert type(error) is (StreamBroken if stream else BadEnvelope)
    assert len(wire.requests) == 1


async def test_a_failure_that_is_html_shows_its_words_once(dialect: Dialect, provider: Provider, wire: Wire) -> None:
    wire.says(Answer((b"<html>\n\n<h1>Bad Gateway</h1>" + b"x" * 5000,), 502, {"content-type": "text/html"}))
    error = await failing(provider, asking())
    assert type(error) is ServerFault
    assert len(str(error)) < 400


@both
async def test_broken_json_inside_a_whole_event_is_a_bad_envelope(
    dialect: Dialect, provider: Provider, wire: Wire, stream: bool
) -> None:
    good = dialect.streamed(Said()) if stream else dialect.plain(Said())
    wire.says(replace(good, chunks=(b'data: {"broken"\n\n' if dialect.name != "ollama" else b'{"broken"\n',)))
    assert type(await failing(provider, asking(stream=stream))) is BadEnvelope
    assert len(wire.requests) == 1


@both
async def test_a_reset_before_the_head(dialect: Dialect, provider: Provider, wire: Wire, stream: bool) -> None:
    wire.says(Answer(cut="before"))
    assert type(await failing(provider, asking(stream=stream))) is StreamBroken
    assert len(wire.requests) == 1


@both
async def test_a_reset_in_the_body(dialect: Dialect, provider: Provider, wire: Wire, stream: bool) -> None:
    good = dialect.streamed(Said()) if stream else dialect.plain(Said())
    wire.says(replace(good, chunks=good.chunks[:2] if stream else (good.chunks[0][:20],), cut="during", delay=0.005))
    assert type(await failing(provider, asking(stream=stream))) is StreamBroken
    assert len(wire.requests) == 1


async def test_a_stream_cut_anywhere_is_never_an_answer(dialect: Dialect, provider: Provider, wire: Wire) -> None:
    """A clean end of the connection, at every byte before the end mark."""
    good = dialect.streamed(Said(text=("Hi",), usage=None))
    body = b"".join(good.chunks)
    end = body.rindex(dialect.end())
    for place in itertools.chain(range(0, end, 11), [end]):
        wire.says(replace(good, chunks=(body[:place],)))
        assert type(await failing(provider, asking(stream=True))) is StreamBroken, body[:place]


async def test_what_was_seen_before_the_cut_was_shown(dialect: Dialect, provider: Provider, wire: Wire) -> None:
    good = dialect.streamed(Said())
    body = b"".join(good.chunks)
    wire.says(replace(good, chunks=(body[: body.rindex(dialect.end())],)))
    seen: list[Delta] = []
    call = asking(seen=seen)
    await failing(provider, call)
    assert "".join(delta.text for delta in seen) == "Good morning ✓"
    assert not call.rewind()


@both
@each(LATE)
async def test_an_error_after_a_good_head(
    dialect: Dialect, provider: Provider, wire: Wire, row: Row, stream: bool
) -> None:
    good = dialect.streamed(Said()) if stream else dialect.plain(Said())
    late = (
        (*good.chunks[:2], dialect.late_error(row.message, row.code))
        if stream
        else (dialect.error(row.message, row.code),)
    )
    wire.says(replace(good, chunks=late))
    error = await failing(provider, asking(stream=stream))
    assert type(error) is row.error
    assert error.status == 200
    assert len(wire.requests) == 1


@pytest.fixture
async def elsewhere(dialect: Dialect, request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    adapter = dialect.make("p", request.param, key=KEY)
    yield adapter
    await adapter.close()


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(f"http://127.0.0.1:{closed_port()}", id="a closed port"),
        "http://no-such-host.invalid",
        "http://127.0.0.1:1/x",
        "ftp://x/y",
        "nowhere",
    ],
    indirect=True,
)
async def test_no_connection_means_nothing_was_sent(elsewhere: Provider) -> None:
    error = await failing(elsewhere, asking())
    assert type(error) is ConnectFailed
    assert error.status is None


async def test_a_server_that_speaks_no_tls(dialect: Dialect, wire: Wire) -> None:
    adapter = dialect.make("p", wire.url.replace("http:", "https:"), key=KEY)
    assert type(await failing(adapter, asking())) is ConnectFailed
    await adapter.close()
    assert wire.requests == []


@pytest.fixture
def deaf() -> Iterator[str]:
    """A port whose queue of connections is full, so that one more is neither taken nor refused."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


async def test_a_connection_that_takes_too_long(dialect: Dialect, deaf: str) -> None:
    adapter = dialect.make("p", deaf, key=KEY)
    error = await failing(adapter, asking(limits=Limits(connect=0.03)))
    await adapter.close()
    assert isinstance(error, AttemptTimeout)
    assert (error.stage, error.seconds) == ("connect", 0.03)


async def test_the_model_list_fails_alike(dialect: Dialect, provider: Provider, wire: Wire) -> None:
    wire.says(Answer((dialect.error(f"{KEY} is wrong"),), 401, JSON))
    with pytest.raises(CredentialRejected) as caught:
        await provider.models()
    assert KEY not in str(caught.value)
    assert "[key]" in str(caught.value)


@pytest.mark.parametrize("status", [400, 429, 500])
@pytest.mark.parametrize(
    "dialect", [one for one in DIALECTS if one.name != "anthropic"], indirect=True, ids=lambda one: one.name
)
async def test_embeddings_fail_alike(dialect: Dialect, provider: Provider, wire: Wire, status: int) -> None:
    wire.says(Answer((dialect.error("no"),), status, JSON))
    with pytest.raises(ProviderError) as caught:
        await provider.embed(asking(texts=("a",)))
    assert caught.value.status == status
    assert isinstance(caught.value, Transient) is (status != 400)
    assert len(wire.requests) == 1


async def test_an_adapter_serves_again_after_it_was_closed(dialect: Dialect, provider: Provider, wire: Wire) -> None:
    wire.says(dialect.plain(Said()), dialect.plain(Said()))
    await provider.chat(asking())
    await provider.close()
    assert (await provider.chat(asking())).text == "Good morning ✓"


@pytest.mark.parametrize(
    ("base_url", "key", "said"),
    [
        (f"http://user:{KEY}@host/v1", "", "user name"),
        (f"http://host/v1?key={KEY}", "", "query"),
        ("http://[::1", "", "not an address"),
        ("http://host/v1", KEY + "\n", "line break"),
    ],
)
def test_an_address_or_key_that_can_not_work_is_refused_at_once(
    dialect: Dialect, base_url: str, key: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        dialect.make("p", base_url, key=key)
    assert KEY not in str(caught.value)
