"""A real server on loopback that remembers every question, whatever becomes of who asked it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 30


class Counting:
    """`asked` is the truth about what was paid for. From the `hold`-th question on, answers wait until `release`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.hold: int | None = None
        self._moved = threading.Condition()

    def until(self, number: int) -> None:
        """Wait until it was asked so often."""
        with self._moved:
            assert self._moved.wait_for(lambda: len(self.asked) >= number, PATIENCE)

    def release(self) -> None:
        """Answer whoever waits, and everyone after them."""
        with self._moved:
            self.hold = None
            self._moved.notify_all()

    def answer(self, question: str) -> str:
        """The question, said again."""
        with self._moved:
            self.asked.append(question)
            self._moved.notify_all()
            number = len(self.asked)
            assert self._moved.wait_for(lambda: self.hold is None or number < self.hold, PATIENCE)
        return f"re {question}"


@contextmanager
def counting() -> Iterator[tuple[Counting, str]]:
    """The server, and its address."""
    counts = Counting()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            body = completion(asked["model"], counts.answer(asked["messages"][-1]["content"]))
            head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
            try:
                self.wfile.write(head.encode() + body)
            except ConnectionError:
                self.close_connection = True

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        try:
            yield counts, f"http://127.0.0.1:{server.server_address[1]}/v1"
        finally:
            counts.release()
            server.shutdown()
            thread.join()


def completion(model: str, text: str) -> bytes:
    """What an OpenAI server says."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}
    return json.dumps({"id": "c", "model": model, "choices": [choice], "usage": usage}).encode()
