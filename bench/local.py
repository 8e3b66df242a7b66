"""A server of local models in a process of its own: python bench/local.py LOG SECONDS [SWAP].

It speaks the OpenAI dialect, answers after SECONDS, and writes every question into LOG before it does: that is the
truth about what was asked. With SWAP it holds one model at a time: who asks for another one waits until those before it
have their answers, and then SWAP seconds, as servers with one graphics card do. Prints its port, then serves until its
stdin closes.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Card:
    """What is in memory, and who has to wait for it: first come, first served."""

    log: int
    seconds: float
    swap: float
    held: str = ""
    busy: int = 0
    front: asyncio.Lock = field(default_factory=asyncio.Lock)
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, model: str, question: str) -> bytes:
        """The answer, once the model is there and has thought."""
        self.told("ask", model, question)
        async with self.front:
            if self.swap and model != self.held:
                await self.load(model)
            self.busy += 1
        await asyncio.sleep(self.seconds)
        self.busy -= 1
        if not self.busy:
            self.idle.set()
        return completion(model, f"about {question}")

    async def load(self, model: str) -> None:
        """The one there is has to finish first."""
        while self.busy:
            self.idle.clear()
            await self.idle.wait()
        self.told("swap", model, "")
        await asyncio.sleep(self.swap)
        self.held = model

    def told(self, what: str, model: str, question: str) -> None:
        os.write(self.log, f"{what}\t{model}\t{question}\n".encode())


def completion(model: str, text: str) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25}
    return json.dumps({"id": "c", "model": model, "choices": [choice], "usage": usage}).encode()


class Connection(asyncio.Protocol):
    """One connection, request after request."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.read = b""
        self.answering: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.read += data
        head, end, body = self.read.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and len(body) >= (int(length[1]) if length else 0):
            self.read = b""
            self.answering = asyncio.get_running_loop().create_task(self.answer(json.loads(body)))

    async def answer(self, asked: dict[str, object]) -> None:
        messages = asked["messages"]
        assert isinstance(messages, list)
        body = await self.card.answer(str(asked["model"]), str(messages[-1]["content"]))
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        self.transport.write(head + body)


async def serve(log: str, seconds: float, swap: float) -> None:
    """Listen on a free loopback port until stdin closes."""
    loop = asyncio.get_running_loop()
    card = Card(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), seconds, swap)
    server = await loop.create_server(lambda: Connection(card), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    closed = asyncio.Event()
    loop.add_reader(sys.stdin, closed.set)
    await closed.wait()
    server.close()


@contextmanager
def local(log: Path, seconds: float, swap: float = 0.0) -> Iterator[str]:
    """Its address, as long as it is needed."""
    command = [sys.executable, __file__, str(log), str(seconds), str(swap)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
        finally:
            process.stdin.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.0))
