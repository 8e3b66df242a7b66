"""The simulator's batch APIs, OpenAI's and Anthropic's: requests taken by the file, answered one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from onedoor.sim.envelope import MARK, Fields, refusal, whole
from onedoor.sim.messages import as_chat, as_message
from onedoor.sim.profiles import PROFILES
from onedoor.sim.request import Request
from onedoor.sim.script import Piece, Script

SECONDS = 30.0
"""What a batch takes, in simulated seconds."""

WINDOW = 86_400.0
"""Simulated seconds after which what isn't answered is given up."""

CHAT = "/chat/completions"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ROUTE = re.compile(r"/(?:(files)|(messages/)?batches)(?:/([\w-]+)(?:/(cancel|content|results))?)?")

Run = Callable[[Mapping[str, Any]], tuple[int, Fields]]
"""Answers one request to /chat/completions, and bills it at half its price: status and body."""


@dataclass(slots=True)
class Batch:
    """One batch: when it was made, takes and is given up, its requests in order, and what came of the first of them."""

    id: str
    made: float
    seconds: float
    until: float
    items: list[tuple[str, Fields]]
    anthropic: bool
    metadata: object = None
    problem: Fields | None = None
    cancelled: float | None = None
    seen: float = 0.0
    done: list[tuple[int, Fields]] = field(default_factory=list)


class Batches:
    """Every batch there is. `seconds` and `window` are how long one takes and may take, `now` the simulated time."""

    def __init__(self, now: Callable[[], float], run: Run, *, seconds: float = SECONDS, window: float = WINDOW) -> None:
        self.seconds, self.window = seconds, window
        self._now, self._run = now, run
        self._files: dict[str, bytes] = {}
        self._batches: dict[str, Batch] = {}

    def answer(self, request: Request, body: bytes) -> Script | None:
        """What happens to a request about files or batches; None for any other."""
        found = _ROUTE.fullmatch(request.path)
        if found is None:
            return None
        file, anthropic, name, verb = found.groups()
        if name is None and request.method == "POST":
            return self._filed(body) if file else self._made(request, anthropic=bool(anthropic))
        if file:
            return _lines(self._files[name]) if name in self._files else _unknown(name)
        if name is None:
            return self._listed(bool(anthropic))
        return self._one(self._batches.get(name), name, verb)

    def _filed(self, body: bytes) -> Script:
        boundary, _, rest = body.partition(b"\r\n")
        parts = rest.split(b"\r\n" + boundary)
        content = next((part.partition(b"\r\n\r\n")[2] for part in parts if b'name="file"' in part), b"")
        name = self._kept(f"file-sim-{len(self._files)}", content)
        return whole({"id": name, "object": "file", "purpose": "batch", "bytes": len(content)})

    def _kept(self, name: str, content: bytes) -> str:
        self._files[name] = content
        return name

    def _made(self, request: Request, *, anthropic: bool) -> Script:
        name = f"{'msgbatch' if anthropic else 'batch'}-sim-{len(self._batches)}"
        fields: Any = request.fields
        try:
            items = _anthropic_items(fields) if anthropic else _openai_items(self._files[fields["input_file_id"]])
        except (LookupError, TypeError, msgspec.DecodeError) as error:
            return refusal(400, "invalid_request_error", f"no batch can be made of this: {error!r}")
        bad = next((id_ for id_, _ in items if not _ID.fullmatch(id_)), None)
        if bad is not None or len({id_ for id_, _ in items}) < len(items):
            return refusal(400, "invalid_request_error", f"custom_id {bad or 'given twice'!r}")
        now = self._now()
        batch = Batch(
            name, now, self.seconds, now + self.window, items, anthropic, None if anthropic else fields.get("metadata")
        )
        batch.problem = None if anthropic else _problem(items)
        self._batches[name] = batch
        return whole(self._shown(batch))

    def _one(self, batch: Batch | None, name: str, verb: str | None) -> Script:
        if batch is None:
            return _unknown(name)
        self._advance(batch)
        if verb == "cancel" and not self._over(batch):
            batch.cancelled = self._now()
        if verb == "results":
            return _lines(b"".join(map(_encoded, _anthropic_results(batch)))) if self._over(batch) else _unknown(name)
        return whole(self._shown(batch))

    def _listed(self, anthropic: bool) -> Script:
        """The newest first, all on one page."""
        found = [batch for batch in reversed(self._batches.values()) if batch.anthropic == anthropic]
        for batch in found:
            self._advance(batch)
        return whole({"object": "list", "data": [self._shown(batch) for batch in found], "has_more": False})

    def _advance(self, batch: Batch) -> None:
        """Answer what has come to its turn by now: one request after the other, spread evenly."""
        batch.seen = self._now()
        until = min(batch.seen, batch.until, batch.cancelled if batch.cancelled is not None else 1e18)
        step = batch.seconds / max(1, len(batch.items))
        while not batch.problem and len(batch.done) < len(batch.items):
            if batch.made + step * (len(batch.done) + 1) > until:
                return
            batch.done.append(self._run(batch.items[len(batch.done)][1]))

    def _over(self, batch: Batch) -> bool:
        ended = batch.problem is not None or batch.cancelled is not None or len(batch.done) == len(batch.items)
        return ended or batch.seen >= batch.until

    def _shown(self, batch: Batch) -> Fields:
        return self._anthropic(batch) if batch.anthropic else self._openai(batch)

    def _openai(self, batch: Batch) -> Fields:
        over = self._over(batch)
        good = [status < 400 for status, _ in batch.done]
        counts = {"total": len(batch.items), "completed": sum(good), "failed": len(good) - sum(good)}
        shown = {
            "id": batch.id,
            "object": "batch",
            "endpoint": f"/v1{CHAT}",
            "status": self._status(batch) if over else "in_progress",
            "created_at": int(batch.made),
            "metadata": batch.metadata,
            "request_counts": counts,
        }
        if batch.problem:
            return {**shown, "errors": {"object": "list", "data": [batch.problem]}}
        if not over:
            return shown
        lines = list(_openai_results(batch))
        output = b"".join(_encoded(line) for line in lines if not line["error"])
        errors = b"".join(_encoded(line) for line in lines if line["error"])
        files = {"output_file_id": output, "error_file_id": errors}
        return {**shown, **{kind: self._kept(f"{kind}-{batch.id}", held) for kind, held in files.items() if held}}

    def _status(self, batch: Batch) -> str:
        if batch.problem:
            return "failed"
        if batch.cancelled is not None:
            return "cancelled"
        return "completed" if len(batch.done) == len(batch.items) else "expired"

    def _anthropic(self, batch: Batch) -> Fields:
        over = self._over(batch)
        kinds = [line["result"]["type"] for line in _anthropic_results(batch)] if over else []
        names = ("succeeded", "errored", "canceled", "expired")
        counts = {"processing": 0 if over else len(batch.items), **{name: kinds.count(name) for name in names}}
        cancelled = None if batch.cancelled is None else _date(batch.cancelled)
        return {
            "id": batch.id,
            "type": "message_batch",
            "processing_status": "ended" if over else "in_progress",
            "created_at": _date(batch.made),
            "cancel_initiated_at": cancelled,
            "request_counts": counts,
            "results_url": f"/v1/messages/batches/{batch.id}/results" if over else None,
        }


def _openai_items(content: bytes) -> list[tuple[str, Fields]]:
    return [(one["custom_id"], one["body"]) for one in map(msgspec.json.decode, content.splitlines())]


def _anthropic_items(fields: Any) -> list[tuple[str, Fields]]:
    return [(one["custom_id"], as_chat(one["params"])) for one in fields["requests"]]


def _problem(items: list[tuple[str, Fields]]) -> Fields | None:
    """Why a whole file is refused: it asks several models, or one that isn't there."""
    models = {str(body.get("model")) for _, body in items}
    if len(models) != 1:
        return {"code": "mismatched_model", "message": "simulated: a batch asks one model", "line": 1}
    if models <= PROFILES.keys():
        return None
    return {"code": "model_not_found", "message": f"simulated: no model {min(models)!r}", "line": 1}


def _openai_results(batch: Batch) -> list[Fields]:
    """What came of every request; those that never had their turn say why."""
    code = "batch_expired" if batch.cancelled is None else "batch_cancelled"
    missed: Fields = {"response": None, "error": {"code": code, "message": "simulated: it wasn't its turn in time"}}
    told = [{"response": {"status_code": status, "body": body}, "error": None} for status, body in batch.done]
    told += [missed] * (len(batch.items) - len(told))
    return [{"custom_id": id_, **said} for (id_, _), said in zip(batch.items, told, strict=True)][::-1]


def _anthropic_results(batch: Batch) -> list[Fields]:
    missed = {"type": "expired" if batch.cancelled is None else "canceled"}
    told = [as_message(status, body) for status, body in batch.done]
    told += [missed] * (len(batch.items) - len(told))
    return [{"custom_id": id_, "result": said} for (id_, _), said in zip(batch.items, told, strict=True)][::-1]


def _encoded(line: Fields) -> bytes:
    return msgspec.json.encode(line) + b"\n"


def _lines(content: bytes) -> Script:
    about = {"content-type": "application/jsonl", "content-length": str(len(content)), **MARK}
    return Script(200, about, (Piece(0.0, content),))


def _unknown(name: str) -> Script:
    return refusal(404, "not_found_error", f"no {name}")


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
