"""The simulator over real HTTP, on this machine only unless asked otherwise."""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from onedoor.errors import InvalidCall
from onedoor.sim.envelope import FINGERPRINT, MARK
from onedoor.sim.simulator import Exchange, Simulator

if TYPE_CHECKING:
    from aiohttp import web

LARGEST_BODY = 64 * 1024 * 1024
SHUTDOWN = 1.0
"""Seconds open requests have to end when the server stops."""


@asynccontextmanager
async def serve(
    simulator: Simulator, host: str = "127.0.0.1", port: int = 0, *, remote: bool = False
) -> AsyncIterator[str]:
    """Serve until the context is left; gives the base URL to point a client at. Port 0 takes a free one."""
    from aiohttp import web

    _check(host, remote=remote)
    runner = web.AppRunner(_app(simulator), handler_cancellation=True, access_log=None, shutdown_timeout=SHUTDOWN)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield f"http://{_address(runner)}/v1"
    finally:
        await runner.cleanup()


def _check(host: str, *, remote: bool) -> None:
    if not (remote or _is_loopback(host)):
        raise InvalidCall(f"{host!r} is open to other machines; give 127.0.0.1, or remote=True if that is meant")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(runner: web.AppRunner) -> str:
    host, port = runner.addresses[0][:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _app(simulator: Simulator) -> web.Application:
    from aiohttp import web

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "simulator": FINGERPRINT}, headers=MARK)

    async def log(request: web.Request) -> web.Response:
        return web.json_response(simulator.counts, headers=MARK)

    async def model(request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/v1")
        async with simulator.take(request.method, path, await request.read()) as exchange:
            return await _play(exchange, request)

    app = web.Application(client_max_size=LARGEST_BODY)
    app.router.add_get("/healthz", health)
    app.router.add_get("/log", log)
    app.router.add_route("*", "/{path:.*}", model)
    return app


async def _play(exchange: Exchange, request: web.Request) -> web.StreamResponse:
    """Send the script as it is; a cut one loses the connection under the client."""
    from aiohttp import web

    script = exchange.script
    response = web.StreamResponse(status=script.status, headers=script.headers)
    await response.prepare(request)
    async for body in exchange.pieces():
        await response.write(body)
    if script.cut and request.transport is not None:
        request.transport.close()
    else:
        await response.write_eof()
    return response
