"""Anthropic's Message Batches."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime

import msgspec

from onedoor.errors import ModelNotFound
from onedoor.providers.batch_dialect import Direct
from onedoor.providers.batches import Answered, Look, Outcome, Request, Sought
from onedoor.providers.client import documents
from onedoor.providers.openai_batches import SKEW, none_here

PATH = "/v1/messages/batches"
PAGE = 100
STATUS: Mapping[str, int] = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""The status a direct call has with each error; a result of a batch only names the error."""

UNDONE: Mapping[str, Outcome] = {"expired": "expired", "canceled": "cancelled"}


class AnthropicBatches(Direct):
    """Speaks `/v1/messages/batches`."""

    most = 100_000
    largest = 256_000_000

    async def check(self) -> None:
        try:
            await self._client.get(f"{PATH}?limit=1", _Listed)
        except ModelNotFound as error:
            raise none_here(self._client, PATH) from error

    async def submit(self, requests: Sequence[Request], mark: str) -> str:
        """The wire has no place for the mark: `seek` goes by the requests' ids."""
        asked = [{"custom_id": one.id, "params": msgspec.Raw(one.body)} for one in requests]
        made = await self._client.upload(PATH, self._client.written({"requests": asked}))
        return self._client.parse(made, _Batch).id

    async def seek(self, sought: Sought) -> str | None:
        """An ended batch by its results' ids; one under way where it alone is unknown, as large, and made since."""
        likely: list[_Batch] = []
        after = ""
        while True:
            listed = await self._client.get(f"{PATH}?limit={PAGE}{after}", _Listed)
            likely += [batch for batch in listed.data if _may_be(batch, sought)]
            if not (listed.has_more and listed.data and listed.data[-1].at >= sought.since - SKEW):
                break
            after = f"&after_id={listed.data[-1].id}"
        ended = [batch for batch in likely if batch.results_url]
        for batch in ended:
            if await self._first(batch.id) in sought.ids:
                return batch.id
        under_way = [batch for batch in likely if not batch.results_url]
        return under_way[0].id if len(under_way) == 1 else None

    async def look(self, name: str) -> Look:
        batch = await self._client.get(f"{PATH}/{name}", _Batch)
        rest: Outcome = "cancelled" if batch.cancel_initiated_at else "expired"
        return Look(name, batch.processing_status == "ended", rest)

    async def results(self, look: Look) -> AsyncGenerator[Answered, None]:
        async with (
            self._client.fetch(f"{PATH}/{look.name}/results") as response,
            aclosing(documents(response.chunks(), self._client.provider)) as lines,
        ):
            async for line in lines:
                yield self._answered(self._client.parse(line, _Result))

    async def cancel(self, name: str) -> None:
        await self._client.upload(f"{PATH}/{name}/cancel", b"")

    async def _first(self, name: str) -> str:
        async with aclosing(self.results(Look(name, True))) as results:
            async for one in results:
                return one.id
        return ""

    def _answered(self, line: _Result) -> Answered:
        result = line.result
        if result.type == "succeeded":
            return Answered(line.custom_id, "answered", 200, bytes(result.message))
        if result.type in UNDONE:
            return Answered(line.custom_id, UNDONE[result.type])
        said = msgspec.json.decode(result.error, type=_Error)
        kind = said.error.type if said.error else said.type
        return Answered(line.custom_id, "answered", STATUS.get(kind, 500), bytes(result.error))


def _may_be(batch: _Batch, sought: Sought) -> bool:
    return batch.id not in sought.known and batch.at >= sought.since - SKEW and batch.total == len(sought.ids)


class _Batch(msgspec.Struct):
    id: str
    processing_status: str = ""
    created_at: str = ""
    cancel_initiated_at: str | None = None
    results_url: str | None = None
    request_counts: dict[str, int] = {}

    @property
    def at(self) -> float:
        """When it was made, in seconds since the epoch; the end of time where that isn't told."""
        try:
            return datetime.fromisoformat(self.created_at).timestamp()
        except ValueError:
            return float("inf")

    @property
    def total(self) -> int:
        return sum(self.request_counts.values())


class _Listed(msgspec.Struct):
    data: list[_Batch] = []
    has_more: bool = False


class _Kind(msgspec.Struct):
    type: str = ""


class _Error(msgspec.Struct):
    type: str = ""
    error: _Kind | None = None


class _Outcome(msgspec.Struct):
    type: str
    message: msgspec.Raw = msgspec.Raw(b"{}")
    error: msgspec.Raw = msgspec.Raw(b"{}")


class _Result(msgspec.Struct):
    custom_id: str
    result: _Outcome
