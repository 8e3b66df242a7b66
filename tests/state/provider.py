"""An OpenAI-compatible provider in a process of its own, whose log is the truth: `python provider.py LOG SETTINGS`.

Prints its port, then serves until its stdin closes. Every event is one line, written at once and never changed:

start  a request has been read: its nonce, the tokens it bills, and how many requests are now in flight
lost   whoever asked has hung up; the work goes on, as a real provider's does
end    the work is done: "answered", or "disconnected" where nobody was left to take the answer

Times are of the monotonic clock, which the processes of a machine share. A nonce is "caller:number", the prompt's first
word. Billed is what was made: all of it, whether or not anybody takes it; an error status bills nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

HEAD = b"HTTP/1.1 %d X\r\ncontent-type: application/json\r\ncontent-length: %d\r\n%s\r\n%s"


@dataclass(frozen=True)
class Settings:
    """How the provider behaves.

    latency      seconds an answer takes, between two bounds
    output       tokens of an answer, between two bounds, never more than the request allows
    schedule     the statuses of the first requests; after that every one is 200
    fail_every   every so-manieth request is a 503; 0 is never
    outages      from when to when, in seconds since it began, every request is a 503
    retry_after  seconds told with a 429
    """

    latency: tuple[float, float] = (0.002, 0.02)
    output: tuple[int, int] = (1, 64)
    schedule: Sequence[int] = ()
    fail_every: int = 0
    outages: Sequence[tuple[float, float]] = ()
    retry_after: float = 1.0
    seed: int = 1


@dataclass
class Provider:
    """Everything the connections share."""

    settings: Settings
    log: int
    chance: random.Random
    begun: float = field(default_factory=time.monotonic)
    requests: int = 0
    in_flight: int = 0

    def write(self, event: str, number: int, **told: object) -> None:
        line = {"event": event, "n": number, "at": time.monotonic(), "in_flight": self.in_flight, **told}
        os.write(self.log, json.dumps(line).encode() + b"\n")

    def status(self) -> int:
        """What the next request gets."""
        settings, since = self.settings, time.monotonic() - self.begun
        if self.requests <= len(settings.schedule):
            return settings.schedule[self.requests - 1]
        out = any(begin <= since < end for begin, end in settings.outages)
        return 503 if out or (settings.fail_every and self.requests % settings.fail_every == 0) else 200


class Connection(asyncio.Protocol):
    """Reads one request after another by its content-length, and answers each once its time has come."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._read = b""
        self._working: dict[int, asyncio.TimerHandle] = {}
        self._gone = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, end, rest = self._read.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        if end and len(rest) >= length:
            self._read = rest[length:]
            self._begin(json.loads(rest[:length]))

    def eof_received(self) -> None:
        self.connection_lost(None)

    def connection_lost(self, error: Exception | None) -> None:
        if self._gone:
            return
        self._gone = True
        for number in self._working:
            self._provider.in_flight -= 1
            self._provider.write("lost", number)

    def _begin(self, body: dict[str, Any]) -> None:
        provider, settings = self._provider, self._provider.settings
        provider.requests += 1
        provider.in_flight += 1
        number, status = provider.requests, provider.status()
        prompt = body["messages"][-1]["content"]
        most = body.get("max_completion_tokens") or body.get("max_tokens") or settings.output[1]
        made = min(most, provider.chance.randint(*settings.output))
        used = (-(-len(prompt.encode()) // 4), made) if status == 200 else (0, 0)
        nonce = prompt.split()[0]
        provider.write("start", number, nonce=nonce, status=status, input=used[0], output=used[1], most=most)
        pause = provider.chance.uniform(*settings.latency)
        self._working[number] = asyncio.get_running_loop().call_later(pause, self._end, number, status, used)

    def _end(self, number: int, status: int, used: tuple[int, int]) -> None:
        del self._working[number]
        if self._gone:
            self._provider.write("end", number, how="disconnected")
            return
        self._provider.in_flight -= 1
        self._provider.write("end", number, how="answered")
        body = json.dumps(_completion(*used) if status == 200 else {"error": {"message": "as told"}}).encode()
        extra = b"retry-after: %g\r\n" % self._provider.settings.retry_after if status == 429 else b""
        self._transport.write(HEAD % (status, len(body), extra, body))


def _completion(prompt: int, output: int) -> dict[str, Any]:
    return {
        "id": "x",
        "object": "chat.completion",
        "model": "small-1",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": prompt, "completion_tokens": output, "total_tokens": prompt + output},
    }


async def main(log: str, settings: Settings) -> None:
    """Serve until stdin closes."""
    provider = Provider(settings, os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), random.Random(settings.seed))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(provider), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the test reads it
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Settings(**json.loads(sys.argv[2]))))
