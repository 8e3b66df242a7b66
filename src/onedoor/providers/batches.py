"""What onedoor needs of a provider's batch API: requests handed over by the thousand, answers fetched later."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from onedoor.errors import ProviderError
from onedoor.types import Call, Reply

Outcome = Literal["answered", "expired", "cancelled", "refused", "later"]
"""What became of a request of a batch.

answered   the provider answered, with a reply or an error
expired    the batch's time was over before it was its turn; nobody bills it
cancelled  the batch was cancelled before it was its turn; nobody bills it
refused    the provider refused the batch as a whole
later      the provider has more in its queue than it takes
"""


@dataclass(frozen=True, slots=True)
class Request:
    """A request's id, 1 to 64 letters, digits, _ and -, and its body as JSON."""

    id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a request: `status` as a direct call would have had it, `body` what came with it."""

    id: str
    outcome: Outcome
    status: int = 200
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Look:
    """How far a batch is. `rest` is what became of requests no result speaks of, `problem` why all were refused."""

    name: str
    ended: bool
    rest: Outcome = "expired"
    problem: bytes = b""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sought:
    """A batch that may have been made although nobody heard so: its mark, its requests' ids, when it was sent.

    `known` are the provider's names of all other batches of ours.
    """

    mark: str
    ids: Collection[str]
    since: float
    known: Collection[str] = ()


class Batches(Protocol):
    """A provider's batch API. Failures come out as errors of `onedoor.errors`; nothing is repeated."""

    most: int
    """Requests in one batch, at most."""
    largest: int
    """Bytes of one batch, at most."""

    def write(self, call: Call) -> bytes:
        """A call as a request's body, never streamed."""

    def read(self, call: Call, answer: bytes) -> Reply:
        """The reply an answer of status 200 is. It has come whole, so nobody reads along."""

    def fault(self, answered: Answered) -> ProviderError:
        """The error any other answer stands for."""

    async def check(self) -> None:
        """Raise RequestRejected where this provider has no batch API, or what else it answers to a look at it."""

    async def submit(self, requests: Sequence[Request], mark: str) -> str:
        """Hand over requests to one model; gives the provider's name of the batch. `mark` is known to nobody else."""

    async def seek(self, sought: Sought) -> str | None:
        """The provider's name of a batch whose submission got no answer; None where there is none."""

    async def look(self, name: str) -> Look:
        """How far a batch is."""

    def results(self, look: Look) -> AsyncGenerator[Answered, None]:
        """What came of an ended batch, in any order."""

    async def cancel(self, name: str) -> None:
        """Have it end; what is finished by then is kept, and billed."""


@runtime_checkable
class HasBatches(Protocol):
    """A provider that may have a batch API."""

    def batches(self) -> Batches:
        """Its batch API."""
