"""OpenAI's batch API, and that of the servers that have copied it: files of requests, files of answers."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import msgspec

from onedoor.errors import ModelNotFound, RequestRejected
from onedoor.providers.batch_dialect import Direct
from onedoor.providers.batches import Answered, Look, Outcome, Request, Sought
from onedoor.providers.client import Client, documents

URL = "/v1/chat/completions"
"""Where each request of a batch is to go, whatever the address the batch itself goes to."""

MARK = "onedoor"
PAGE = 100
SKEW = 600.0
"""Seconds by which the provider's clock may differ from ours."""

ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
UNDONE: dict[str, Outcome] = {"batch_expired": "expired", "batch_cancelled": "cancelled"}
FULL = frozenset({"token_limit_exceeded"})
"""The codes by which it says that too much is queued already."""


class OpenAIBatches(Direct):
    """Speaks `/files` and `/batches`."""

    most = 50_000
    largest = 200_000_000

    async def check(self) -> None:
        try:
            await self._client.get("/batches?limit=1", _Listed)
        except ModelNotFound as error:
            raise none_here(self._client, "/batches") from error

    async def submit(self, requests: Sequence[Request], mark: str) -> str:
        content, kind = form(b"".join(map(_line, requests)))
        file = self._client.parse(await self._client.upload("/files", content, content_type=kind), _Named)
        asked = {"input_file_id": file.id, "endpoint": URL, "completion_window": "24h", "metadata": {MARK: mark}}
        made = await self._client.upload("/batches", self._client.written(asked))
        return self._client.parse(made, _Batch).id

    async def seek(self, sought: Sought) -> str | None:
        """By its mark, among the batches made since."""
        after = ""
        while True:
            listed = await self._client.get(f"/batches?limit={PAGE}{after}", _Listed)
            for batch in listed.data:
                if (batch.metadata or {}).get(MARK) == sought.mark:
                    return batch.id
            if not (listed.has_more and listed.data and listed.data[-1].created_at >= sought.since - SKEW):
                return None
            after = f"&after={listed.data[-1].id}"

    async def look(self, name: str) -> Look:
        batch = await self._client.get(f"/batches/{name}", _Batch)
        files = tuple(file for file in (batch.output_file_id, batch.error_file_id) if file)
        if batch.status != "failed":
            rest: Outcome = "cancelled" if batch.status == "cancelled" else "expired"
            return Look(name, batch.status in ENDED, rest, files=files)
        said = batch.errors.data if batch.errors else []
        first = said[0] if said else _Complaint("batch_failed", "it refused the batch and said no reason")
        rest = "later" if first.code in FULL else "refused"
        return Look(name, True, rest, msgspec.json.encode({"error": first}), files)

    async def results(self, look: Look) -> AsyncGenerator[Answered, None]:
        for file in look.files:
            async with (
                self._client.fetch(f"/files/{file}/content") as response,
                aclosing(documents(response.chunks(), self._client.provider)) as lines,
            ):
                async for line in lines:
                    yield self._answered(self._client.parse(line, _Result))

    async def cancel(self, name: str) -> None:
        await self._client.upload(f"/batches/{name}/cancel", b"")

    def _answered(self, result: _Result) -> Answered:
        """A line of the output or of the error file."""
        if result.response is not None:
            return Answered(result.custom_id, "answered", result.response.status_code, bytes(result.response.body))
        error = result.error or _Complaint("server_error", "neither a response nor an error came")
        undone = UNDONE.get(error.code or "")
        return Answered(result.custom_id, undone or "answered", 500, msgspec.json.encode({"error": error}))


def none_here(client: Client, path: str) -> RequestRejected:
    """The error for a server without batches."""
    return RequestRejected(
        f"{client.provider} has no batch API: {client.base_url}{path} answers 404; ask without batch, or of a model "
        "whose provider has one",
        provider=client.provider,
        status=404,
    )


def form(content: bytes) -> tuple[bytes, str]:
    """A file of requests as a multipart form, and its content type. Source: RFC 7578."""
    boundary = f"onedoor-{secrets.token_hex(16)}".encode()
    head = b'\r\nContent-Disposition: form-data; name="'
    purpose = b"--" + boundary + head + b'purpose"\r\n\r\nbatch\r\n'
    file = b"--" + boundary + head + b'file"; filename="batch.jsonl"\r\nContent-Type: application/jsonl\r\n\r\n'
    kind = f"multipart/form-data; boundary={boundary.decode()}"
    return purpose + file + content + b"\r\n--" + boundary + b"--\r\n", kind


def _line(request: Request) -> bytes:
    fields = {"custom_id": request.id, "method": "POST", "url": URL, "body": msgspec.Raw(request.body)}
    return msgspec.json.encode(fields) + b"\n"


class _Named(msgspec.Struct):
    id: str


class _Complaint(msgspec.Struct):
    code: str | None = None
    message: str | None = None


class _Complaints(msgspec.Struct):
    data: list[_Complaint] = []


class _Batch(msgspec.Struct):
    id: str
    status: str = ""
    created_at: float = 0.0
    output_file_id: str | None = None
    error_file_id: str | None = None
    errors: _Complaints | None = None
    metadata: dict[str, Any] | None = None


class _Listed(msgspec.Struct):
    data: list[_Batch] = []
    has_more: bool = False


class _Response(msgspec.Struct):
    status_code: int
    body: msgspec.Raw = msgspec.Raw(b"{}")


class _Result(msgspec.Struct):
    custom_id: str
    response: _Response | None = None
    error: _Complaint | None = None
