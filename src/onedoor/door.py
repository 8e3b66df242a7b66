"""The door: every call goes in here, down the road of its task, and comes back as a reply."""

from __future__ import annotations

import asyncio
import importlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Unpack

from onedoor.asking import Ask, call_for, check, check_caller, check_model, check_run, chosen_task, cold, contract_of
from onedoor.config import Config
from onedoor.errors import InvalidCall, WrongContext
from onedoor.ids import new_id
from onedoor.keys import resolve
from onedoor.kinds import KINDS
from onedoor.load import nearest
from onedoor.messages import Prompt
from onedoor.pipeline import Next, Rail, compose
from onedoor.plan import Plan
from onedoor.providers.provider import Provider
from onedoor.standard import Parts, candidates, embedding_road, road
from onedoor.standard import parts as configured_parts
from onedoor.stores.store import Ledger
from onedoor.tap import Live, Silent, Tap
from onedoor.trail import Trail
from onedoor.types import Call, Delta, Embeddings, Limits, Options, Reply, ServedModel


class AsyncDoor:
    """One door for every model call. Use it as `async with onedoor.open_async() as door`.

    `providers` stand in for configured ones by name: the seam for tests and for providers of your own.
    """

    def __init__(
        self, config: Config, *, providers: Mapping[str, Provider] | None = None, parts: Parts | None = None
    ) -> None:
        self.config = config
        self._parts = parts or configured_parts(config)
        self._owns_parts = parts is None
        self._providers: dict[str, Provider] = dict(providers or {})
        self._roads: dict[tuple[str, str, bool], Next] = {}
        self._embedding_roads: dict[str, Next] = {}
        self._closed = False
        for name in self._providers:
            if name not in config.providers:
                raise InvalidCall(f"providers: there is no provider {name!r}; {nearest(name, config.providers)}")

    async def __aenter__(self) -> AsyncDoor:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of every connection and write down what is still to be written. A closed door answers nothing more."""
        self._closed = True
        providers, self._providers = self._providers, {}
        for provider in providers.values():
            await provider.close()
        if self._owns_parts:
            await self._parts.state.close()

    @property
    def ledger(self) -> Ledger:
        """Where this door writes its calls.

        With the state in memory it is a `MemoryLedger`: iterate it for the latest calls, oldest first. With the state
        in a file it only writes; read that file with `onedoor calls` or `onedoor.ledger.ledger.Ledger(path)`.
        """
        return self._parts.ledger

    async def ask(self, prompt: Prompt, **ask: Unpack[Ask]) -> Reply:
        """Ask a question and wait for the whole answer.

        `prompt` is a text or a conversation; the keyword arguments are those of `onedoor.Ask`. Raises InvalidCall for
        wrong arguments, else the error of the last thing that failed; `error.trail` tells the story.
        """
        return await self.answer(prompt, ask, Silent())

    def stream(self, prompt: Prompt, **ask: Unpack[Ask]) -> AsyncDeltas:
        """Ask a question and read the answer as it is written.

            async with door.stream("…", task="chat") as deltas:
                async for delta in deltas:
                    print(delta, end="")
            deltas.reply

        Leaving the block early cancels the call.
        """
        return AsyncDeltas(lambda tap: self.answer(prompt, ask, tap))

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
        messages, wanted = extraction(text, made, examples=examples)
        return await self.ask(messages, **cold(ask, wanted))

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

        messages, wanted = classification(text, labels, unsure=unsure, multi=multi, examples=examples)
        return await self.ask(messages, **cold(ask, wanted))

    async def embed(self, texts: Sequence[str], *, model: str, caller: str = "") -> Embeddings:
        """One vector per text, in order. Raises InvalidCall for an empty list, an empty text or an unknown model."""
        _check_texts(texts)
        given = check(Ask(model=model, caller=caller))
        check_model(self.config, given)
        check_caller(self.config, given, "")
        send = self._embedding_road(model)
        now = self._parts.now()
        reply = await send(
            Call(new_id(now), "", caller, (), Options(), Limits(), Silent(), self._trail(), texts=tuple(texts))
        )
        return Embeddings(reply.data, reply)

    async def models(self) -> dict[str, tuple[ServedModel, ...]]:
        """What every configured provider really serves now, by the provider's name."""
        return {name: await self.provider(name).models() for name in self.config.providers}

    def rails(self, task: str = "", *, model: str = "") -> tuple[Rail, ...]:
        """The rails a call of this task passes, outermost first; more where the call brings a schema of its own."""
        return road(self._plan(task, model, task in self.config.contracts), self._parts)

    def provider(self, name: str) -> Provider:
        """The provider of this name, made at its first use. Raises CredentialRejected when its key is missing."""
        if self._closed:
            raise WrongContext("this door is closed")
        if name not in self._providers:
            self._providers[name] = self._make(name)
        return self._providers[name]

    async def answer(self, prompt: Prompt, ask: Ask, tap: Tap) -> Reply:
        """Take one question down the road, its deltas into `tap`. Both `ask` and `stream` come through here."""
        given = check(ask)
        task = chosen_task(self.config, given)
        check_model(self.config, given)
        check_caller(self.config, given, task)
        check_run(self.config, given)
        call = call_for(
            prompt,
            ask,
            given,
            self.config,
            task=task,
            tap=tap,
            trail=self._trail(),
            now=self._parts.now(),
        )
        return await self._road(task, given.model, call.contract is not None)(call)

    def _road(self, task: str, model: str, checked: bool) -> Next:
        key = (task, model, checked)
        if key not in self._roads:
            self._roads[key] = compose(road(self._plan(task, model, checked), self._parts), self._chat)
        return self._roads[key]

    def _embedding_road(self, model: str) -> Next:
        if model not in self._embedding_roads:
            plan = replace(self._plan("", model, False), endpoint="embeddings")
            self._embedding_roads[model] = compose(embedding_road(plan, self._parts), self._embed)
        return self._embedding_roads[model]

    def _plan(self, task: str, model: str, checked: bool) -> Plan:
        names = [model] if model else self.config.tasks[task].models
        chosen = candidates(self.config, names)
        return Plan(self.config, task, self.config.settings(task), chosen, checked=checked)

    def _trail(self) -> Trail:
        return Trail(self._parts.clock)

    async def _chat(self, call: Call) -> Reply:
        return await self.provider(_provider(call)).chat(call)

    async def _embed(self, call: Call) -> Reply:
        return await self.provider(_provider(call)).embed(call)

    def _make(self, name: str) -> Provider:
        settings = self.config.providers[name]
        kind = KINDS[settings.kind]
        module, _, factory = kind.factory.partition(":")
        provider: Provider = getattr(importlib.import_module(module), factory)(
            name,
            settings.base_url or kind.base_url,
            key=resolve(settings.key, name),
            headers={header: resolve(value, name) for header, value in settings.headers.items()},
            **{option: getattr(settings, option) for option in kind.options},
        )
        return provider


class AsyncDeltas:
    """An answer being written: iterate it inside `async with`; `reply` is the whole once it is there."""

    def __init__(self, run: Callable[[Tap], Awaitable[Reply]]) -> None:
        self._run = run
        self._task: asyncio.Future[Reply] | None = None
        self._waiting: deque[Delta] = deque()
        self._news = asyncio.Event()

    async def __aenter__(self) -> AsyncDeltas:
        self._task = asyncio.ensure_future(self._run(Live(self._put)))
        self._task.add_done_callback(lambda _: self._news.set())
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])
        seen(self._task)

    def __aiter__(self) -> AsyncIterator[Delta]:
        return self

    async def __anext__(self) -> Delta:
        task = _entered(self._task)
        while not self._waiting:
            if task.done():
                finished(task)
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._waiting.popleft()

    @property
    def reply(self) -> Reply:
        """The whole reply. Raises what the call raised, or WrongContext while it isn't there yet."""
        return finished(_entered(self._task))

    def _put(self, delta: Delta) -> None:
        self._waiting.append(delta)
        self._news.set()


def finished(task: asyncio.Future[Reply]) -> Reply:
    """The reply of a stream that has been read to its end."""
    if task.cancelled():
        raise WrongContext("the stream was left before its end, which cancelled the call: there is no reply")
    if not task.done():
        raise WrongContext("the reply isn't there yet: read the stream to its end first")
    return task.result()


def seen(task: asyncio.Future[Reply] | None) -> None:
    """Whoever leaves a stream has seen its error; asyncio need not report it again."""
    if task is not None and task.done() and not task.cancelled():
        task.exception()


def _entered(task: asyncio.Future[Reply] | None) -> asyncio.Future[Reply]:
    if task is None:
        raise WrongContext("a stream begins with its block: `async with door.stream(…) as deltas`")
    return task


def _check_texts(texts: Sequence[str]) -> None:
    if isinstance(texts, str) or not texts:
        raise InvalidCall("texts must be a list of at least one text")
    for place, text in enumerate(texts):
        if not isinstance(text, str) or not text.strip():
            raise InvalidCall(f"texts[{place}] is {text!r}; every text must have words")


def _provider(call: Call) -> str:
    if call.candidate is None:
        raise LookupError("the road ended without a candidate: it needs the Fallback rail")
    return call.candidate.provider
