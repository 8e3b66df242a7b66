"""What can be done with `ask` alone: a value out of a text, and a label for one."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

from onedoor.asking import Ask, contract_of, job_ask
from onedoor.errors import InvalidCall
from onedoor.messages import Prompt
from onedoor.types import Reply

if TYPE_CHECKING:
    from onedoor.output.labels import Job


class Jobs:
    """For every door there is."""

    __slots__ = ()

    async def ask(self, prompt: Prompt, **ask: Unpack[Ask]) -> Reply:
        """Ask a question and wait for the whole answer."""
        raise NotImplementedError

    async def extract(
        self, text: str, schema: object, /, *, examples: Sequence[tuple[str, Any]] = (), **ask: Unpack[Ask]
    ) -> Reply:
        """Take what `schema` describes out of a text; `reply.data` is the validated value.

        The text is data: nothing in it is followed. `examples` are pairs of a text and its answer. Cold and capped
        unless the call says otherwise. Raises InvalidAnswer where no candidate gives a value that fits.
        """
        from onedoor.output.labels import extraction

        made = contract_of(schema)
        if made is None:
            raise InvalidCall("extract needs a schema: a Pydantic model, a JSON Schema, a dataclass …")
        return await self._job(text, extraction(made, examples=examples), ask)

    async def classify(
        self,
        text: str,
        labels: Sequence[str] | Mapping[str, str],
        *,
        unsure: bool = False,
        multi: bool = False,
        examples: Sequence[tuple[str, str | Sequence[str]]] = (),
        **ask: Unpack[Ask],
    ) -> Reply:
        """Sort a text under one of the labels, or under several with `multi`; `reply.data` is the label or the list.

        `labels` may say what each means. `unsure` allows "unsure". `examples` are pairs of a text and its label.
        """
        from onedoor.output.labels import classification

        return await self._job(text, classification(labels, unsure=unsure, multi=multi, examples=examples), ask)

    async def _job(self, text: str, job: Job, ask: Ask) -> Reply:
        return await self.ask(job.question, **job_ask(text, job, ask))


class BlockingJobs:
    """For every door that waits for the coroutines of another."""

    __slots__ = ()
    _door: Jobs

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        raise NotImplementedError

    def ask(self, prompt: Prompt, **ask: Unpack[Ask]) -> Reply:
        """Ask a question and wait for the whole answer; see `AsyncDoor.ask`."""
        reply: Reply = self._wait(self._door.ask(prompt, **ask))
        return reply

    def extract(
        self, text: str, schema: object, /, *, examples: Sequence[tuple[str, Any]] = (), **ask: Unpack[Ask]
    ) -> Reply:
        """Take what `schema` describes out of a text; see `AsyncDoor.extract`."""
        reply: Reply = self._wait(self._door.extract(text, schema, examples=examples, **ask))
        return reply

    def classify(
        self,
        text: str,
        labels: Sequence[str] | Mapping[str, str],
        *,
        unsure: bool = False,
        multi: bool = False,
        examples: Sequence[tuple[str, str | Sequence[str]]] = (),
        **ask: Unpack[Ask],
    ) -> Reply:
        """Sort a text under one of the labels, or several with `multi`; see `AsyncDoor.classify`."""
        work = self._door.classify(text, labels, unsure=unsure, multi=multi, examples=examples, **ask)
        reply: Reply = self._wait(work)
        return reply
