"""What every HTTP dialect shares: an address, headers, failures turned into errors, streams cut into events."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec

from onedoor.errors import ProviderError
from onedoor.policy.faults import Complaint, fault, not_ours
from onedoor.providers.transport import HttpRequest, HttpResponse, Transport

T = TypeVar("T")

LONGEST_LINE = 16 * 1024 * 1024
_JSON = {"content-type": "application/json"}


class Client:
    """One provider's address. `headers` carry the key; they never appear in an error."""

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
        self.base_url = base_url.rstrip("/")
        self.transport = transport
        self._headers = dict(headers)
        self._post_headers = {**_JSON, **headers}
        self._now = now

    @asynccontextmanager
    async def post(self, path: str, body: object, *, connect: float | None = None) -> AsyncIterator[HttpResponse]:
        """Send JSON; the answer once its head says 2xx, else the error it stands for."""
        request = HttpRequest(
            "POST", self.base_url + path, msgspec.json.encode(body), headers=self._post_headers, connect=connect
        )
        async with self.transport.send(request) as response:
            await self._raise_for(response)
            yield response

    async def get(self, path: str, kind: type[T], *, connect: float | None = 5.0) -> T:
        """The parsed body of a GET."""
        request = HttpRequest("GET", self.base_url + path, headers=self._headers, connect=connect)
        async with self.transport.send(request) as response:
            await self._raise_for(response)
            return self.parse(await response.read(), kind, status=response.status)

    def parse(self, body: bytes, kind: type[T], *, status: int = 200) -> T:
        """The body as `kind`; BadEnvelope when it isn't."""
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise not_ours(self.provider, body, status) from error

    def fault(self, body: bytes, *, status: int, headers: Mapping[str, str] | None = None) -> ProviderError:
        """The error a failure's body stands for."""
        return fault(complaint(body), provider=self.provider, status=status, headers=headers, now=self._now())

    async def _raise_for(self, response: HttpResponse) -> None:
        if not 200 <= response.status < 300:
            raise self.fault(await response.read(), status=response.status, headers=response.headers)


def complaint(body: bytes) -> Complaint:
    """What an error body says, in any of the shapes servers use."""
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Complaint(message=_short(body.decode("utf-8", "replace")))
    if isinstance(said, dict):
        inner = said.get("error", said)
        if isinstance(inner, dict):
            return _complaint(inner)
        return Complaint(message=_short(str(inner)))
    return Complaint(message=_short(str(said)))


def _complaint(said: Mapping[str, Any]) -> Complaint:
    nested = said.get("innererror")
    inner_code = nested.get("code") if isinstance(nested, dict) else None
    codes = tuple(str(code) for code in (said.get("code"), said.get("type"), inner_code) if code is not None)
    message = said.get("message", said.get("detail", ""))
    return Complaint(codes, _short(message if isinstance(message, str) else msgspec.json.encode(message).decode()))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 300 else text[:300] + "…"


async def lines(chunks: AsyncIterator[bytes], provider: str) -> AsyncIterator[bytes]:
    """The lines of a stream as they are whole, ends stripped; the last one even without an end."""
    rest = b""
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n") if rest else chunk.split(b"\n")
        for line in whole:
            yield line.rstrip(b"\r")
        if len(rest) > LONGEST_LINE:
            raise not_ours(provider, rest, 200)
    if rest:
        yield rest.rstrip(b"\r")


async def events(chunks: AsyncIterator[bytes], provider: str) -> AsyncIterator[bytes]:
    """The data of each server-sent event; comments and other fields are passed over.

    Source: WHATWG HTML, "Server-sent events", 9.2.6. An event cut off before its blank line is given too, because some
    servers leave the last one out.
    """
    data: list[bytes] = []
    async for line in lines(chunks, provider):
        if line.startswith(b"data:"):
            data.append(line[6:] if line[5:6] == b" " else line[5:])
        elif not line and data:
            yield data[0] if len(data) == 1 else b"\n".join(data)
            data.clear()
    if data:
        yield b"\n".join(data)
