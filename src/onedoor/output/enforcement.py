"""What is known of whether a server holds a model to a schema: sent, accepted, observed, or proven not to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from onedoor.output.contract import Judge
from onedoor.output.faults import compiled
from onedoor.output.reading import NotJson, read
from onedoor.types import FinishReason

if TYPE_CHECKING:
    from onedoor.output.recover.strict import Same

ENOUGH = 20
"""So many valid answers in a row, none invalid, count as enforcement observed."""

Standing = Literal["unknown", "rejected", "sent", "accepted", "enforced", "unenforced"]


class Route(NamedTuple):
    """Whom a constraint is sent to. With thinking on, some servers drop it."""

    model: str
    server: str
    thinking: bool = False


@dataclass(frozen=True, slots=True)
class Enforcement:
    """How often a constraint was sent on a route, and what came of it.

    sent      requests that carried one
    accepted  … that were answered without complaint
    rejected  … that were refused because of it
    kept      whole answers that fulfil the schema as it was sent
    broken    whole answers that don't: each proves that nothing holds the model to it
    """

    sent: int = 0
    accepted: int = 0
    rejected: int = 0
    kept: int = 0
    broken: int = 0

    @property
    def standing(self) -> Standing:
        """What these observations come to."""
        if self.broken:
            return "unenforced"
        if self.kept >= ENOUGH:
            return "enforced"
        if self.accepted:
            return "accepted"
        return "rejected" if self.rejected else "sent" if self.sent else "unknown"


def sent(record: Enforcement) -> Enforcement:
    """A request carried a constraint."""
    return replace(record, sent=record.sent + 1)


def refused(record: Enforcement) -> Enforcement:
    """The server refused a request because of its constraint."""
    return replace(record, rejected=record.rejected + 1)


def answered(record: Enforcement, fits: bool | None) -> Enforcement:
    """The server accepted the constraint; `fits` is what `kept` says of the answer."""
    return replace(
        record,
        accepted=record.accepted + 1,
        kept=record.kept + (fits is True),
        broken=record.broken + (fits is False),
    )


def kept(schema: Mapping[str, Any], text: str, *, finish_reason: FinishReason = "stop") -> bool | None:
    """Whether an answer fulfils the schema that was sent, to the letter; None where it proves nothing.

    A cut, filtered, declined or empty answer proves nothing. Prose around valid JSON does: a server that enforces lets
    none through.
    """
    if finish_reason != "stop" or not text.strip():
        return None
    from onedoor.output.recover.strict import Same

    try:
        return not _judge(Same(schema))(read(text))
    except NotJson:
        return False


@lru_cache(maxsize=64)
def _judge(same: Same) -> Judge:
    return compiled(same.schema, formats=False)


class Row(NamedTuple):
    """One line of the report."""

    model: str
    server: str
    thinking: bool
    standing: Standing
    sent: int
    accepted: int
    rejected: int
    kept: int
    broken: int


class Book(Protocol):
    """Where the records are. In memory here; a store may keep them."""

    def of(self, route: Route) -> Enforcement:
        """The record of a route; an empty one where nothing is known."""

    def note(self, route: Route, record: Enforcement) -> None:
        """Keep a record."""

    def rows(self) -> Iterable[tuple[Route, Enforcement]]:
        """All of them."""


class MemoryBook:
    """Records of this process."""

    def __init__(self) -> None:
        self._records: dict[Route, Enforcement] = {}

    def of(self, route: Route) -> Enforcement:
        return self._records.get(route, Enforcement())

    def note(self, route: Route, record: Enforcement) -> None:
        self._records[route] = record

    def rows(self) -> Iterable[tuple[Route, Enforcement]]:
        return tuple(self._records.items())


def report(book: Book) -> tuple[Row, ...]:
    """A row for each route, sorted."""
    return tuple(
        Row(*route, of.standing, of.sent, of.accepted, of.rejected, of.kept, of.broken)
        for route, of in sorted(book.rows(), key=lambda row: row[0])
    )
