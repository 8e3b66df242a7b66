"""A fixed OpenAI-compatible server in a process of its own: every POST gets the same answer, as cheaply as asyncio can.

Prints its port, then serves until its stdin closes. Below /paced a stream waits a millisecond between two events.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping

EVENTS = 500
"""Server-sent events of one stream: text deltas, then one with the finish reason and usage, then [DONE]."""

PAUSE = 0.001
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\n%s\r\n\r\n"


def completion() -> bytes:
    """A whole answer of about 1.3 KB."""
    message = {"role": "assistant", "content": "The harbour is quiet at night. " * 28}
    answer = {
        "id": "chatcmpl-bench",
        "object": "chat.completion",
        "created": 1_760_000_000,
        "model": "bench-1",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": 480,
            "completion_tokens": 200,
            "total_tokens": 680,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        },
        "system_fingerprint": "fp_bench",
    }
    return json.dumps(answer).encode()


def events() -> list[bytes]:
    """A streamed answer, one event each."""
    deltas = [{"index": 0, "delta": {"content": f" word{n}"}, "finish_reason": None} for n in range(EVENTS - 2)]
    last = {"index": 0, "delta": {}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 480, "completion_tokens": EVENTS - 2}
    bodies = [json.dumps(_chunk(delta)) for delta in deltas] + [json.dumps({**_chunk(last), "usage": usage}), "[DONE]"]
    return [f"data: {body}\n\n".encode() for body in bodies]


def _chunk(choice: Mapping[str, object]) -> dict[str, object]:
    head = {"id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1_760_000_000, "model": "bench-1"}
    return {**head, "choices": [choice]}


class Upstream(asyncio.Protocol):
    """One connection: reads a request by its content-length and answers it."""

    whole = HEAD % (b"application/json", b"content-length: %d" % len(completion())) + completion()
    head = HEAD % (b"text/event-stream", b"transfer-encoding: chunked")
    pieces = tuple(b"%x\r\n%s\r\n" % (len(event), event) for event in events())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.read = b""
        self.streaming: asyncio.Task[None] | None = None

    def data_received(self, data: bytes) -> None:
        self.read += data
        head, end, body = self.read.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self.read = b""
        if b'"stream":true' in body:
            self.streaming = asyncio.get_running_loop().create_task(self.stream(head.startswith(b"POST /paced")))
        else:
            self.transport.write(self.whole)

    async def stream(self, paced: bool) -> None:
        """Every event is a write of its own, so what arrives together is what the network put together."""
        self.transport.write(self.head)
        for piece in self.pieces:
            await asyncio.sleep(PAUSE if paced else 0)
            self.transport.write(piece)
        self.transport.write(b"0\r\n\r\n")


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve() -> None:
    """Listen on a free loopback port until stdin closes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Upstream, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    closed = asyncio.Event()
    loop.add_reader(sys.stdin, closed.set)
    await closed.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
