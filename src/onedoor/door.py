"""The door: every call goes in here, down the road of its task, and comes back as a reply."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack

from onedoor.asking import (
    Ask,
    Usual,
    call_for,
    check,
    check_caller,
    check_model,
    check_run,
    chosen_task,
    usual,
)
from onedoor.clock import loop_time
from onedoor.config import Config
from onedoor.deltas import AsyncDeltas as AsyncDeltas
from onedoor.errors import InvalidCall, WrongContext
from onedoor.ids import new_id
from onedoor.jobs import Jobs
from onedoor.keys import resolve
from onedoor.kinds import KINDS
from onedoor.load import nearest
from onedoor.messages import Prompt
from onedoor.pipeline import Next, Rail, compose
from onedoor.places import state_path, user_name
from onedoor.plan import Plan
from onedoor.prompt.built import Built
from onedoor.prompt.template import Filled, Value
from onedoor.prompt.tokens import Count
from onedoor.providers.counting import counted
from onedoor.providers.provider import Provider
from onedoor.standard import Parts, candidates, elsewhere, embedding_road, preview, reviewer_of, road
from onedoor.standard import parts as configured_parts
from onedoor.stores.store import Ledger
from onedoor.tap import Silent, Tap
from onedoor.trail import Opinion, Trail
from onedoor.types import Call, Embeddings, Limits, Options, Reply, ServedModel, Verdict

if TYPE_CHECKING:
    from onedoor.bulk.items import Items
    from onedoor.bulk.mapping import Mapped
    from onedoor.bulk.prompts import Asking
    from onedoor.bulk.run import Run
    from onedoor.ledger.quality import QualityRow
    from onedoor.quality.comparison import Cases, Comparing, Comparison, House, Wrap
    from onedoor.quality.review import Review
    from onedoor.workflow.running import Flowing
    from onedoor.workflow.workflow import Workflow


class _Which(NamedTuple):
    """What one road differs from another by."""

    task: str
    model: str = ""
    checked: bool = False
    verified: bool = False
    not_lab: str = ""


class AsyncDoor(Jobs):
    """One door for every model call. Use it as `async with onedoor.open_async() as door`.

    `providers` stand in for configured ones by name: the seam for tests and for providers of your own.
    """

    def __init__(
        self, config: Config, *, providers: Mapping[str, Provider] | None = None, parts: Parts | None = None
    ) -> None:
        self.config = config
        self._parts = replace(parts or configured_parts(config), ask=self._inner)
        self._owns_parts = parts is None
        self._providers: dict[str, Provider] = dict(providers or {})
        self._usuals: dict[str, Usual] = {}
        self._roads: dict[_Which, Next] = {}
        self._embedding_roads: dict[str, Next] = {}
        self._closed = False
        self._parts.counters.open(
            candidates(config, [name for name, model in config.models.items() if model.tokenizer])
        )
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
        return await self._asking(prompt, ask, Silent())

    def stream(self, prompt: Prompt, **ask: Unpack[Ask]) -> AsyncDeltas:
        """Ask a question and read the answer as it is written.

            async with door.stream("…", task="chat") as deltas:
                async for delta in deltas:
                    print(delta, end="")
            deltas.reply

        Leaving the block early cancels the call.
        """
        return AsyncDeltas(lambda tap: self.answer(prompt, ask, tap))

    async def review(self, prompt: Prompt, *, rounds: int = 1, **ask: Unpack[Ask]) -> Review:
        """Have an answer criticised by the task's `reviewer` and revised by the model that gave it.

        `rounds` bounds how often; it ends early when the critic finds nothing wrong. With `different_lab` the critic is
        the first of its task's models that is of another lab than the model that really answered. The calls of critic
        and reviser stand in the ledger with this one as their parent. Raises InvalidCall before anything is sent where
        the task has no reviewer, or none that is surely of another lab.
        """
        from onedoor.quality.review import review

        call, model = self._call(prompt, ask, Silent())
        reviewer = reviewer_of(self.config, call.task, model)
        if rounds < 1:
            raise InvalidCall(f"rounds must be at least 1, not {rounds}")
        check_caller(self.config, call.caller, task=call.task, model=model)
        draft = await self._road(call, model)(call)
        author = self.config.models.get(draft.model)
        not_lab = author.lab if author and reviewer.different_lab else ""

        async def again(changed: Call) -> Reply:
            fresh = replace(changed, id=new_id(self._parts.now()), trail=Trail(), parent=call.id, settling=[])
            return await self._road(fresh, draft.model if author else model)(fresh)

        return await review(call, draft, self._inner, again, reviewer, not_lab=not_lab, rounds=rounds)

    async def compare(self, cases: Cases, **comparing: Unpack[Comparing]) -> Comparison:
        """Ask every case of every candidate on the task's own rails, and weigh the answers; see `onedoor.Comparing`.

        `cases` is a JSONL file, or its lines as mappings. What is answered is kept in `compare-NAME.jsonl`, so that the
        same comparison goes on where it ended. Everything is checked before anything is spent; a call that fails is a
        result.
        """
        from onedoor.quality.comparison import compared

        return await compared(cases, comparing, config=self.config, beside=self._beside, now=self._parts.now())

    def map(self, items: Items, prompt: Asking, **given: Unpack[Mapped]) -> Run:
        """Ask the same about every item: `async for result in door.map(…)`; see `onedoor.bulk.Mapped`.

        `items` is a file, a directory, or whatever can be iterated; `prompt` a template whose {fields} are an item's, a
        configured template's name, or a function. A call that fails is a result. With `run` every result is kept, so
        that the same run goes on where it ended.
        """
        from onedoor.bulk.mapping import mapped

        return mapped(items, prompt, given, config=self.config, beside=self._beside, now=self._parts.now)

    def run(self, flow: Workflow, items: Items, **given: Unpack[Flowing]) -> Run:
        """Do the steps of a workflow for every item: `async for result in door.run(…)`; see `onedoor.Workflow`.

        `items` is a file, a directory, or whatever can be iterated. `result.data` has the value of every step. With
        `run` every answer is kept, so that the same run goes on where it ended, and asks again only what has changed.
        """
        from onedoor.workflow.running import ran

        return ran(flow, items, given, config=self.config, beside=self._beside, now=self._parts.now)

    async def verdict(
        self, call: str, *, accepted: bool | None, reason: str = "", by: str = "", score: float | None = None
    ) -> None:
        """Write down what you think of a call's answer: accepted, rejected, or None where you can't tell.

        `call` is `reply.id`, or the beginning of it that no other has; `by` is your name. It may be said again, and
        by several: the latest verdict of a person holds. A rejected answer leaves the cache. Raises UnknownCall.
        """
        said: Verdict = "unknown" if accepted is None else "accepted" if accepted else "rejected"
        opinion = Opinion(said, "person", by or user_name(), reason, score)
        found = await self._parts.ledger.judge(call, opinion, self._parts.now())
        if said == "rejected":
            self._parts.answers.drop(found.origin or found.id)

    async def report(
        self, *, since: float | None = None, until: float | None = None, task: str | None = None
    ) -> tuple[QualityRow, ...]:
        """How good answers were, per task and model: how many were judged and accepted, at what cost, how fast.

        `since` and `until` are seconds since the epoch. It reads the file of the state, or what memory has of it.
        """
        from onedoor.judged import judged

        parts, file = self._parts, state_path(self.config)
        return (await judged(parts.state, parts.ledger, file, since=since, until=until, task=task)).rows

    async def embed(self, texts: Sequence[str], *, model: str, caller: str = "") -> Embeddings:
        """One vector per text, in order. Raises InvalidCall for an empty list, an empty text or an unknown model."""
        _check_texts(texts)
        given = check(Ask(model=model, caller=caller))
        check_model(self.config, given)
        check_caller(self.config, caller, task="", model=model)
        send = self._embedding_road(model)
        now = self._parts.now()
        reply = await send(
            Call(new_id(now), "", caller, (), Options(), Limits(), Silent(), Trail(), texts=tuple(texts))
        )
        return Embeddings(reply.data, reply)

    async def models(self) -> dict[str, tuple[ServedModel, ...]]:
        """What every configured provider really serves now, by the provider's name."""
        return {name: await self.provider(name).models() for name in self.config.providers}

    async def count_tokens(self, text: str, *, model: str) -> Count:
        """The tokens of a text for a configured model, as well as can be: `how` says which.

        "exact" with its vocabulary, else "served" where its provider counts, else a bound, "learnt" or "estimated".
        Nothing is generated or written down. Raises InvalidCall for an unknown model.
        """
        if not isinstance(text, str):
            raise InvalidCall(f"text is {text!r}; it must be a str")
        check_model(self.config, check(Ask(model=model)))
        (candidate,) = candidates(self.config, [model])
        return await counted(text, candidate, counters=self._parts.counters, provider=self.provider)

    def rails(self, task: str = "", *, model: str = "") -> tuple[Rail, ...]:
        """The rails a call of this task passes, outermost first; more where the call brings a schema of its own."""
        return road(self._plan(_Which(task, model, task in self.config.contracts)), self._parts)

    def provider(self, name: str) -> Provider:
        """The provider of this name, made at its first use. Raises CredentialRejected when its key is missing."""
        if self._closed:
            raise WrongContext("this door is closed")
        if name not in self._providers:
            self._providers[name] = self._make(name)
        return self._providers[name]

    async def answer(self, prompt: Prompt, ask: Ask, tap: Tap) -> Reply:
        """Take one question down the road, its deltas into `tap`."""
        return await self._asking(prompt, ask, tap)

    def _asking(self, prompt: Prompt, ask: Ask, tap: Tap) -> Awaitable[Reply]:
        """A question on its road. Both `ask` and `stream` come through here."""
        call, model = self._call(prompt, ask, tap)
        check_caller(self.config, call.caller, task=call.task, model=model)
        return self._road(call, model)(call)

    async def build(self, prompt: Prompt, **ask: Unpack[Ask]) -> Built:
        """The prompt as the first candidate that can take it would be sent it, counted and fitted; nothing is sent.

        Raises InputBlocked where the guard wouldn't let it pass, and ContextExceeded where it can't be made to fit. A
        second layer that is a task isn't asked.
        """
        call, model = self._call(prompt, ask, Silent())
        check_caller(self.config, call.caller, task=call.task, model=model)
        shown: list[Call] = []

        async def nobody(built: Call) -> Reply:
            shown.append(built)
            return Reply("")

        await compose(preview(self._plan(_Which(call.task, model)), self._parts), nobody)(call)
        (built,) = [call.built for call in shown if call.built]
        return built

    def template(self, name: str, /, **values: Value) -> Filled:
        """A configured template, its places filled: a prompt to ask. Raises InvalidCall for a wrong name or value."""
        if name not in self.config.templates:
            raise InvalidCall(f"there is no template {name!r}; {nearest(name, self.config.templates)}")
        filled: Filled = self.config.templates[name].fill(**values)
        return filled

    def _call(self, prompt: Prompt, ask: Ask, tap: Tap) -> tuple[Call, str]:
        """The checked call a question becomes, and the model it pins."""
        given = check(ask)
        task = chosen_task(self.config, given)
        check_model(self.config, given)
        check_run(self.config, given)
        call = call_for(prompt, ask, given, self._usual(task), tap=tap, trail=Trail(), now=self._parts.now())
        return self._verified(call, ask["verify"]) if "verify" in ask else call, given.model

    def _usual(self, task: str) -> Usual:
        if task not in self._usuals:
            self._usuals[task] = usual(self.config, task)
        return self._usuals[task]

    def _verified(self, call: Call, verify: Sequence[object]) -> Call:
        """The call with verifiers of its own."""
        from onedoor.verifiers import as_verifiers

        return replace(call, verifiers=as_verifiers(verify, self._inner))

    async def _inner(self, prompt: Prompt, /, *, parent: Call, not_lab: str = "", **ask: Any) -> Reply:
        """Ask on behalf of a call: for its caller, user and run, within its deadline."""
        left = {} if parent.deadline is None else {"deadline": max(0.001, parent.deadline - loop_time())}
        given: Any = {"caller": parent.caller, "user": parent.user, "run": parent.run, **left, **ask}
        call, model = self._call(prompt, given, Silent())
        return await self._road(call, model, not_lab)(replace(call, parent=parent.id))

    def _beside(self, config: Config, wrap: Wrap) -> House:
        """What a comparison needs of a door with another configuration, through this one's providers, each wrapped."""
        from onedoor.quality.comparison import House

        providers = {name: wrap(name, partial(self.provider, name)) for name in config.providers}
        door, parts = AsyncDoor(config, providers=providers, parts=self._parts), self._parts
        return House(door.ask, door._asked, door._inner, parts.ledger, parts.state, parts.now)

    def _asked(self, prompt: Prompt, ask: Ask) -> Call:
        """The call a question would become; nothing is sent."""
        return self._call(prompt, ask, Silent())[0]

    def _road(self, call: Call, model: str, not_lab: str = "") -> Next:
        which = _Which(call.task, model, call.contract is not None, bool(call.verifiers), not_lab)
        if which not in self._roads:
            self._roads[which] = compose(road(self._plan(which), self._parts), self._chat)
        return self._roads[which]

    def _embedding_road(self, model: str) -> Next:
        if model not in self._embedding_roads:
            plan = replace(self._plan(_Which("", model)), endpoint="embeddings")
            self._embedding_roads[model] = compose(embedding_road(plan, self._parts), self._embed)
        return self._embedding_roads[model]

    def _plan(self, which: _Which) -> Plan:
        names = [which.model] if which.model else self.config.tasks[which.task].models
        chosen = candidates(self.config, elsewhere(self.config, names, which.not_lab))
        settings = self.config.settings(which.task)
        return Plan(self.config, which.task, settings, chosen, checked=which.checked, verified=which.verified)

    def _chat(self, call: Call) -> Awaitable[Reply]:
        return self.provider(_provider(call)).chat(call)

    def _embed(self, call: Call) -> Awaitable[Reply]:
        return self.provider(_provider(call)).embed(call)

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
