"""HTTP, as little of it as the providers need. The seam where the simulator and tests step in."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from onedoor.errors import AttemptTimeout
from onedoor.policy.faults import cut, unreachable

if TYPE_CHECKING:
    import aiohttp


LINGER = 0.05
"""Seconds to wait for a stream to close after its end mark."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request; `connect` is the limit in seconds for getting a connection."""

    method: Literal["GET", "POST"]
    url: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    connect: float | None = None


class HttpResponse(Protocol):
    """An answer whose head has arrived."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Looked up without regard to case."""

    async def read(self) -> bytes:
        """The whole body."""

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives."""


class Transport(Protocol):
    """Sends requests. Raises ConnectFailed, AttemptTimeout("connect") and StreamBroken, nothing else."""

    def send(self, request: HttpRequest) -> AbstractAsyncContextManager[HttpResponse]:
        """The answer, open until the context is left; leaving it by an error closes the connection."""

    async def close(self) -> None:
        """Let go of connections."""


class Http:
    """The transport over real HTTP: one aiohttp session, opened at the first request."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def send(self, request: HttpRequest) -> AsyncIterator[HttpResponse]:
        import aiohttp

        limits = aiohttp.ClientTimeout(total=None, connect=request.connect)
        try:
            async with self._open().request(
                request.method,
                request.url,
                data=request.body or None,
                headers=request.headers,
                timeout=limits,
                allow_redirects=False,
            ) as response:
                answer = _Answer(response)
                yield answer
                await answer.drain()
        except (aiohttp.ConnectionTimeoutError, aiohttp.SocketTimeoutError) as error:
            raise AttemptTimeout("connect", request.connect or 0.0, provider=self._provider) from error
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
            raise unreachable(self._provider, request.url, _why(error)) from error
        except (aiohttp.ClientError, ConnectionError) as error:
            raise cut(self._provider, f"early ({type(error).__name__})") from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            import aiohttp

            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=True,
                trust_env=False,
            )
        return self._session


def _why(error: Exception) -> str:
    """The operating system's word for it where there is one: "Connection refused"."""
    cause = getattr(error, "os_error", None)
    number = getattr(cause, "errno", None)
    return os.strerror(number) if isinstance(number, int) and number > 0 else str(cause or error)


class _Answer:
    __slots__ = ("_response", "headers", "status")

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers

    async def read(self) -> bytes:
        return await self._response.read()

    def chunks(self) -> AsyncIterator[bytes]:
        return self._response.content.iter_any()

    async def drain(self) -> None:
        """Read what follows the end mark, so that the connection serves again; the answer is whole without it."""
        if self._response.content.at_eof():
            return
        import aiohttp

        with suppress(TimeoutError, aiohttp.ClientError, ConnectionError):
            async with asyncio.timeout(LINGER):
                await self._response.content.read()
