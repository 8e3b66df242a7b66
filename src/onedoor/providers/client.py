"""What every HTTP dialect shares: an address, headers, failures turned into errors, streams cut into events."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from onedoor.errors import BadEnvelope, ConfigError, InvalidCall, ProviderError
from onedoor.policy.faults import Complaint, cut, fault, not_ours
from onedoor.providers.transport import HttpRequest, HttpResponse, Transport

T = TypeVar("T")

LONGEST_LINE = 16 * 1024 * 1024
SHORTEST_SECRET = 8
_JSON = {"content-type": "application/json"}
_OPEN = frozenset({"anthropic-version", "content-type", "user-agent"})


class Client:
    """One provider's address. `headers` carry the key; they never appear in an error, not even where a server repeats
    them."""

    def __init__(
        self,
        provider: str,
        base_url: str,
        *,
        headers: Mapping[str, str],
        transport: Transport,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.provider = provider
        self.base_url = _address(provider, base_url)
        self.transport = transport
        self._secrets = _secrets(provider, headers)
        self._headers = dict(headers)
        self._post_headers = {**_JSON, **headers}
        self._now = now

    @asynccontextmanager
    async def post(self, path: str, body: object, *, connect: float | None = None) -> AsyncIterator[HttpResponse]:
        """Send JSON; the answer once its head says 2xx, else the error it stands for."""
        request = HttpRequest(
            "POST", self.base_url + path, self.written(body), headers=self._post_headers, connect=connect
        )
        async with self._sent(request) as response:
            yield response

    async def upload(self, path: str, body: bytes, *, content_type: str = "application/json") -> bytes:
        """Send bytes as they are; the whole body of the answer."""
        headers = {**self._headers, "content-type": content_type}
        async with self._sent(HttpRequest("POST", self.base_url + path, body, headers=headers, connect=10.0)) as said:
            return await said.read()

    async def get(self, path: str, kind: type[T], *, connect: float | None = 5.0) -> T:
        """The parsed body of a GET."""
        async with self.fetch(path, connect=connect) as response:
            return self.parse(await response.read(), kind, status=response.status)

    @asynccontextmanager
    async def fetch(self, path: str, *, connect: float | None = 5.0) -> AsyncIterator[HttpResponse]:
        """The answer to a GET once its head says 2xx, its body still to be read."""
        request = HttpRequest("GET", self.base_url + path, headers=self._headers, connect=connect)
        async with self._sent(request) as response:
            yield response

    @asynccontextmanager
    async def _sent(self, request: HttpRequest) -> AsyncIterator[HttpResponse]:
        async with self.transport.send(request) as response:
            await self._raise_for(response)
            yield response

    def parse(self, body: bytes, kind: type[T], *, status: int = 200) -> T:
        """The body as `kind`; BadEnvelope when it isn't."""
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self.not_ours(body, status=status) from error

    def not_ours(self, body: bytes, *, status: int = 200) -> BadEnvelope:
        """The error for a body that isn't the provider's format."""
        return not_ours(self.provider, self._hushed(body), status)

    def fault(self, body: bytes, *, status: int, headers: Mapping[str, str] | None = None) -> ProviderError:
        """The error a failure's body stands for."""
        said = complaint(self._hushed(body))
        return fault(said, provider=self.provider, status=status, headers=headers, now=self._now())

    def _hushed(self, body: bytes) -> bytes:
        for secret in self._secrets:
            body = body.replace(secret, b"[key]")
        return body

    def written(self, body: object) -> bytes:
        """A request's body as JSON. Raises InvalidCall for what has no JSON form."""
        try:
            return msgspec.json.encode(body, enc_hook=_plain)
        except (TypeError, ValueError, OverflowError) as error:
            raise InvalidCall(f"this call can't be written as JSON for {self.provider}: {error}") from error

    async def _raise_for(self, response: HttpResponse) -> None:
        if not 200 <= response.status < 300:
            raise self.fault(await response.read(), status=response.status, headers=response.headers)


def _address(provider: str, base_url: str) -> str:
    """The value is not shown in the error: what is wrong with it is that it may hold a key."""
    try:
        parts = urlsplit(base_url)
    except ValueError as error:
        raise ConfigError(f"{provider}: base_url is not an address ({error})") from error
    if "@" in parts.netloc or parts.query:
        raise ConfigError(f"{provider}: base_url may hold no user name, password or query; use `key` or `headers`")
    return base_url.rstrip("/")


def _secrets(provider: str, headers: Mapping[str, str]) -> tuple[bytes, ...]:
    """What must not be repeated: every header's value, whole and without a leading `Bearer`, longest first."""
    found: set[str] = set()
    for name, value in headers.items():
        if not value.isprintable():
            raise ConfigError(f"{provider}: the {name} header holds a line break; does the key end in one?")
        if name.lower() not in _OPEN:
            found |= {value, value.rpartition(" ")[2]}
    secrets = sorted((secret for secret in found if len(secret) >= SHORTEST_SECRET), key=len, reverse=True)
    return tuple(secret.encode() for secret in secrets)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def as_object(arguments: str) -> msgspec.Raw | dict[str, str]:
    """A tool call's arguments where the wire wants an object: as the model wrote them, wrapped if they are broken."""
    try:
        msgspec.json.decode(arguments, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeEncodeError):
        return {"INVALID_JSON": arguments}
    return msgspec.Raw(arguments.encode())


def unstreamed(response: HttpResponse) -> bool:
    """Whether a server answered with one document where a stream was asked for."""
    return response.headers.get("content-type", "").lower().startswith(("application/json", "text/html"))


def complaint(body: bytes) -> Complaint:
    """What an error body says, in any of the shapes servers use."""
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Complaint(message=_short(body.decode("utf-8", "replace")))
    if isinstance(said, list) and said:
        said = said[0]
    if isinstance(said, dict):
        inner = said.get("error", said)
        if isinstance(inner, dict):
            return _complaint(inner)
        return Complaint(message=_short(str(inner)))
    return Complaint(message=_short(str(said)))


def _complaint(said: Mapping[str, Any]) -> Complaint:
    nested = said.get("innererror")
    inner_code = nested.get("code") if isinstance(nested, dict) else None
    named = (said.get("code"), said.get("type"), said.get("status"), inner_code)
    codes = tuple(str(code) for code in named if code is not None)
    message = said.get("message", said.get("detail", ""))
    return Complaint(codes, _short(message if isinstance(message, str) else msgspec.json.encode(message).decode()))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 300 else text[:300] + "…"


async def lines(chunks: AsyncIterator[bytes], provider: str) -> AsyncGenerator[bytes, None]:
    """The lines of a stream as they are whole, with their ends; only the last one may lack its own."""
    rest = b""
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n") if rest else chunk.split(b"\n")
        for line in whole:
            yield line + b"\n"
        if len(rest) > LONGEST_LINE:
            raise not_ours(provider, b"", 200)
    if rest:
        yield rest


async def events(chunks: AsyncIterator[bytes], provider: str) -> AsyncGenerator[bytes, None]:
    """The data of each server-sent event; comments, other fields and empty events are passed over.

    Source: WHATWG HTML, "Server-sent events", 9.2.6. A last event without its blank line is given too when it is whole,
    because some servers leave that line out.
    """
    data: list[bytes] = []
    async with aclosing(lines(chunks, provider)) as ended:
        async for line in ended:
            field = line.rstrip(b"\r\n")
            if field.startswith(b"data:"):
                data.append(field[6:] if field[5:6] == b" " else field[5:])
            elif not field:
                if any(data):
                    yield b"\n".join(data)
                data.clear()
    if any(data):
        yield _last(b"\n".join(data), provider)


async def documents(chunks: AsyncIterator[bytes], provider: str) -> AsyncGenerator[bytes, None]:
    """The JSON documents of a stream that has one on each line; empty lines are passed over."""
    async with aclosing(lines(chunks, provider)) as ended:
        async for line in ended:
            document = line.strip()
            if document:
                yield document if line.endswith(b"\n") else _last(document, provider)


def _last(data: bytes, provider: str) -> bytes:
    """The end of a stream that stops without a line end: JSON that has begun and not ended means the stream was cut."""
    if data == b"[DONE]" or data[:1] not in {b"{", b"["}:
        return data
    try:
        msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise cut(provider, "in the middle of a line") from error
    return data
