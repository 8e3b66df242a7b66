"""A page served on this machine to whoever has its address, so that what is marked there is written down."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import msgspec
from aiohttp import web

from onedoor.errors import OnedoorError

HOST = "127.0.0.1"
LONGEST = 16_384
"""Bytes of a verdict that are read."""

Say = Callable[[str, bool | None, str], Awaitable[None]]
"""Writes a verdict on a call down: accepted, rejected, or None where it is taken back."""


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A verdict as the page sends it."""

    call: str
    accepted: bool | None
    reason: str = ""


class Serving:
    """Serves one page at a random port of this machine, and takes verdicts on its calls.

    The address carries a token, which a cookie takes the place of at once. Nothing is answered without it, for another
    host name, or, where something is written, to a page from elsewhere.
    """

    def __init__(self, page: str, policy: str, say: Say, calls: frozenset[str], *, token: str = "") -> None:
        self._page = page.encode("utf-8", "replace")
        self._policy = policy
        self._say = say
        self._calls = calls
        self._token = token or secrets.token_urlsafe(24)
        self._port = 0
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        """Where it is, the token in it."""
        return f"http://{HOST}:{self._port}/?token={self._token}"

    @property
    def _cookie(self) -> str:
        """Cookies know no ports: another comparison served here has one of its own."""
        return f"onedoor-{self._port}"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=LONGEST, middlewares=[self._guard])
        app.router.add_get("/", self._get)
        app.router.add_post("/verdict", self._post)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Only this host name, which keeps out names rebound to this machine, and only with the token."""
        if request.headers.get("host") not in {f"{HOST}:{self._port}", f"localhost:{self._port}"}:
            return self._refused(421, "this page is served at 127.0.0.1 only")
        given = request.cookies.get(self._cookie, "") or (
            request.query.get("token", "") if request.method == "GET" else ""
        )
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return self._refused(403, "open the address that `onedoor compare --serve` printed")
        return await handler(request)

    async def _get(self, request: web.Request) -> web.Response:
        if "token" in request.query:
            answer = web.Response(status=303, headers={"location": "/", **self._headers()})
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="Strict", path="/")
            return answer
        return web.Response(body=self._page, content_type="text/html", charset="utf-8", headers=self._headers())

    async def _post(self, request: web.Request) -> web.Response:
        """A verdict, only from the page itself."""
        if request.headers.get("origin") != f"http://{request.headers['host']}":
            return self._refused(403, "a verdict is taken from the served page only")
        if request.content_type != "application/json":
            return self._refused(415, "a verdict is JSON")
        try:
            said = msgspec.json.decode(await request.read(), type=Said)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return self._refused(400, str(error))
        if said.call not in self._calls:
            return self._refused(404, "that call is not of this comparison")
        try:
            await self._say(said.call, said.accepted, said.reason)
        except OnedoorError as error:
            return self._refused(500, str(error))
        return web.Response(status=204, headers=self._headers())

    def _refused(self, status: int, why: str) -> web.Response:
        return web.Response(status=status, text=why, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {
            "content-security-policy": f"{self._policy}; frame-ancestors 'none'",
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cache-control": "no-store",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        }
