"""A real Chromium without a window, driven over its own debugging protocol."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

PATIENCE = 30.0
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40}
EVENTS = ("Page", "Runtime", "Log", "Network")


def program() -> str:
    """Where Chromium is: CHROMIUM, or on the path."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise LookupError("there is no Chromium: apt-get install chromium, or name one in CHROMIUM")
    return found


class Tab:
    """One page of a browser. `events` is everything the browser has said."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._loaded = asyncio.Event()
        self._count = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.listening: asyncio.Task[None] | None = None

    async def listen(self) -> None:
        """Read what the browser says, until it is gone."""
        async for message in self._socket:
            said = message.json()
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said)
                continue
            self.events.append(said)
            if said["method"] == "Page.loadEventFired":
                self._loaded.set()

    async def do(self, method: str, **given: Any) -> Any:
        """One command of the protocol; its result."""
        self._count += 1
        answer = self._answers[self._count] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": self._count, "method": method, "params": given})
        said = await asyncio.wait_for(answer, PATIENCE)
        assert "error" not in said, said
        return said["result"]

    async def open(self, file: Path, *, width: int = 1280, scheme: str = "light") -> None:
        """Load a file at a width, for someone who prefers a colour scheme."""
        self.events.clear()
        self._loaded.clear()
        await self.do(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )
        await self.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        await self.do("Emulation.setFocusEmulationEnabled", enabled=True)
        await self.do("Page.navigate", url=file.as_uri())
        await asyncio.wait_for(self._loaded.wait(), PATIENCE)

    async def run(self, expression: str) -> Any:
        """The value of some JavaScript; the protocol is not bound by the page's policy."""
        answer = await self.do("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def press(self, key: str) -> None:
        """A key, pressed and let go."""
        about = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
        text = {"text": "\r"} if key == "Enter" else {}
        await self.do("Input.dispatchKeyEvent", type="keyDown", **about, **text)
        await self.do("Input.dispatchKeyEvent", type="keyUp", **about)

    async def type(self, text: str) -> None:
        """Text, into what has the focus."""
        await self.do("Input.insertText", text=text)

    async def picture(self) -> bytes:
        """The whole page as a PNG."""
        shot = await self.do("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def said(self, method: str) -> list[dict[str, Any]]:
        """What the browser said of one kind."""
        return [event["params"] for event in self.events if event["method"] == method]

    @property
    def complaints(self) -> list[Any]:
        """Errors of the script, breaches of the policy, and whatever else was written to the console."""
        kinds = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [said for kind in kinds for said in self.said(kind)]

    @property
    def requests(self) -> list[str]:
        """Every address that was asked for."""
        return [said["request"]["url"] for said in self.said("Network.requestWillBeSent")]


@asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Tab]:
    """A browser with a new, empty profile, and its one tab."""
    process = await asyncio.create_subprocess_exec(
        program(), *FLAGS, f"--user-data-dir={profile}", "about:blank", stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    try:
        port = await asyncio.wait_for(_port(process.stderr), PATIENCE)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(await _tab(session, port), max_msg_size=0) as socket,
        ):
            yield await _listening(Tab(socket))
    finally:
        process.terminate()
        await process.communicate()


async def _port(said: asyncio.StreamReader) -> int:
    """Where the browser listens, as it says itself."""
    async for line in said:
        if found := re.search(rb"DevTools listening on ws://[^:]+:(\d+)/", line):
            return int(found[1])
    raise AssertionError("the browser ended before it listened")


async def _tab(session: aiohttp.ClientSession, port: int) -> str:
    """The address of the one tab there is."""
    async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
        tabs = await answer.json()
    return str(next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page"))


async def _listening(tab: Tab) -> Tab:
    """Told of everything from now on; the task ends with the socket."""
    tab.listening = asyncio.create_task(tab.listen())
    for domain in EVENTS:
        await tab.do(f"{domain}.enable")
    return tab
