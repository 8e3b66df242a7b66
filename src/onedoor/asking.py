"""What a caller may say with a question, and the call it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

import msgspec
from msgspec import Meta

from onedoor.config import Config
from onedoor.errors import InvalidCall
from onedoor.ids import new_id
from onedoor.messages import Context, Prompt, as_context, as_examples, as_messages, as_tools
from onedoor.output.contract import Contract
from onedoor.prompt.template import Filled
from onedoor.shape import misfit, nearest
from onedoor.tap import Silent, Tap
from onedoor.trail import Trail
from onedoor.types import (
    NO_LIMITS,
    CacheMode,
    Call,
    Degrade,
    Document,
    Example,
    Limits,
    Message,
    Options,
    Reasoning,
    Tool,
)

if TYPE_CHECKING:
    from onedoor.output.labels import Job


class Ask(TypedDict, total=False):
    """The keyword arguments of `ask` and `stream`. What isn't given comes from the task.

    task         the job, which names the models; without it the default_task, or the only one
    model        pins one configured model; the task's other settings still hold
    caller       who calls, for the ledger, limits and the cache's scope
    user         whom the caller asks for: each has the rates of `[users]`, and stands in the ledger
    run          a named piece of work, for the ledger and its own budget
    system       a system message in place of the task's
    context      texts the question is about: data, never orders. A text, an `onedoor.Document`, or a list of them
    constraints  requirements, numbered right above the question, after the task's own
    few_shot     pairs of a question and its right answer, shown before it, after the task's own
    temperature, top_p, max_output_tokens, seed, stop, reasoning      how to sample
    schema       what the answer must be: a Pydantic model or any type it reads, a JSON Schema, labels, a compiled
                 pattern, or an `onedoor.contract(…)`; `reply.data` is the validated value
    verify       what tells whether the answer is right, after the task's own: callables given the reply, or verifiers
    min_score    below this score the next model is asked
    json_schema  sent as the provider's own output constraint, unchecked
    tools, tool_choice   functions the model may call; "auto", "none", "required" or a tool's name
    cache        "on", "refresh" (ask anew, keep the answer) or "off"
    degrade      "never" fails rather than let another candidate answer
    deadline     seconds for the whole call
    timeout      limits of one attempt in seconds: {"connect": …, "first_token": …, "stall": …, "total": …}
    options      goes into the provider's request as it is
    metadata     comes back on the reply and stands in the ledger
    """

    task: str
    model: str
    caller: str
    user: str
    run: str
    system: str
    context: Context
    constraints: Sequence[str]
    few_shot: Sequence[tuple[str, str] | Example]
    temperature: float | None
    top_p: float | None
    max_output_tokens: int | None
    seed: int | None
    stop: Sequence[str]
    reasoning: Reasoning | None
    schema: object
    verify: Sequence[object]
    min_score: float
    json_schema: Mapping[str, Any] | None
    tools: Sequence[Tool | Mapping[str, Any]]
    tool_choice: str
    cache: CacheMode
    degrade: Degrade
    deadline: float
    timeout: Limits | Mapping[str, float]
    options: Mapping[str, Any]
    metadata: Mapping[str, Any]


Seconds = Annotated[float, Meta(gt=0, extra={"unit": "seconds"})]


class _Timeout(msgspec.Struct, forbid_unknown_fields=True):
    connect: Seconds | None = None
    first_token: Seconds | None = None
    stall: Seconds | None = None
    total: Seconds | None = None


class _Given(msgspec.Struct):
    """`Ask` once its values are checked. UNSET falls to the task."""

    task: str = ""
    model: str = ""
    caller: str = ""
    user: str = ""
    run: str = ""
    system: str | None = None
    constraints: list[str] = []
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(gt=0, le=1)] | None = None
    max_output_tokens: Annotated[int, Meta(ge=1)] | None = None
    seed: int | None = None
    stop: list[str] | None = None
    reasoning: Literal["off", "low", "medium", "high"] | None = None
    min_score: Annotated[float, Meta(ge=0, le=1)] | None = None
    json_schema: dict[str, Any] | None = None
    tool_choice: str = "auto"
    cache: Literal["on", "refresh", "off"] = "on"
    degrade: Literal["label", "never"] = "label"
    deadline: Seconds | None = None
    timeout: _Timeout | None = None
    options: dict[str, Any] = {}
    metadata: dict[str, Any] = {}


_ARGUMENTS = Ask.__annotations__
_SAMPLING = frozenset(
    {
        "temperature",
        "top_p",
        "max_output_tokens",
        "seed",
        "stop",
        "reasoning",
        "json_schema",
        "tools",
        "tool_choice",
        "options",
    }
)


def check(ask: Ask) -> _Given:
    """The arguments of a call, each of the right name and type. Raises InvalidCall."""
    for name in ask:
        if name not in _ARGUMENTS:
            raise InvalidCall(f"there is no argument {name!r}; {nearest(name, _ARGUMENTS)}")
    try:
        return _writable(msgspec.convert(ask, _Given, from_attributes=True))
    except msgspec.ValidationError as error:
        where, rule = misfit(_plain(ask), _Given) or ("arguments", str(error))
        raise InvalidCall(f"{where}: {rule}") from error


def _writable(given: _Given) -> _Given:
    """Names stand in the state and in the ledger, which keep Unicode only, and a schema goes out as JSON."""
    try:
        msgspec.json.encode(given.json_schema)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidCall(f"json_schema can't be written as JSON: {error}") from error
    for key in ("caller", "user", "run"):
        try:
            getattr(given, key).encode()
        except UnicodeEncodeError as error:
            raise InvalidCall(f"{key} is {getattr(given, key)!r}; half of a surrogate pair is no character") from error
    return given


def _plain(ask: Ask) -> dict[str, object]:
    """The arguments as msgspec would read them from a file."""
    given = ((name, value) for name, value in ask.items() if name in _Given.__struct_fields__)
    return {name: asdict(value) if isinstance(value, Limits) else value for name, value in given}


def chosen_task(config: Config, given: _Given) -> str:
    """The task a call is for; empty for a pinned model without one. Raises InvalidCall."""
    if given.task:
        _known(given.task, config.tasks, "task")
        return given.task
    if given.model:
        return ""
    if config.default_task:
        return config.default_task
    if len(config.tasks) == 1:
        return next(iter(config.tasks))
    raise InvalidCall(f"name a task or a model: tasks are {', '.join(sorted(config.tasks)) or 'not configured'}")


def check_caller(config: Config, caller: str, *, task: str, model: str) -> None:
    """A caller must be a configured one, where any are; it may use only its tasks, and pin only its models."""
    if not config.callers or not caller:
        return
    _known(caller, config.callers, "caller")
    allowed = config.callers[caller]
    if allowed.tasks and task not in allowed.tasks:
        what = f"task {task!r}" if task else "a model without a task"
        raise InvalidCall(f"caller {caller!r} may not use {what}; its tasks are {', '.join(allowed.tasks)}")
    if model and allowed.models and model not in allowed.models:
        pinned = ", ".join(allowed.models)
        raise InvalidCall(f"caller {caller!r} may not pin model {model!r}; it may pin {pinned}")


def check_run(config: Config, given: _Given) -> None:
    """A run must be a configured one, where any are."""
    if config.runs and given.run:
        _known(given.run, config.runs, "run")


def check_model(config: Config, given: _Given) -> None:
    """A pinned model must be configured."""
    if given.model:
        _known(given.model, config.models, "model")


class Usual(msgspec.Struct, frozen=True):
    """What a call of a task is where it says nothing itself: worked out once."""

    task: str
    system: str
    constraints: tuple[str, ...]
    examples: tuple[Example, ...]
    options: Options
    contract: Contract | None


def usual(config: Config, task: str) -> Usual:
    """What the configuration says of every call of a task."""
    settings = config.settings(task)
    return Usual(
        task=task,
        system=settings.system,
        constraints=tuple(settings.prompt.constraints),
        examples=tuple(Example(shown.question, shown.answer) for shown in settings.prompt.examples),
        options=Options(
            temperature=settings.temperature,
            top_p=settings.top_p,
            max_output_tokens=settings.max_output_tokens,
            seed=settings.seed,
            stop=tuple(settings.stop),
            reasoning=settings.reasoning,
            extra=settings.options,
        ),
        contract=config.contracts.get(task),
    )


def call_for(prompt: Prompt, ask: Ask, given: _Given, usual: Usual, *, tap: Tap, trail: Trail, now: float) -> Call:
    """The call a question becomes."""
    timeout = given.timeout
    filled = prompt if isinstance(prompt, Filled) else None
    system, turns = _turns(filled.text if filled else prompt, given, usual)
    context = as_context(ask["context"]) if "context" in ask else ()
    return Call(
        id=new_id(now),
        task=usual.task,
        caller=given.caller,
        user=given.user,
        run=given.run,
        messages=turns,
        system=system,
        constraints=(*usual.constraints, *_stated(given.constraints)),
        examples=(*usual.examples, *as_examples(ask["few_shot"])) if "few_shot" in ask else usual.examples,
        context=(*context, *filled.documents) if filled else context,
        template=filled.template if filled else "",
        options=usual.options if _SAMPLING.isdisjoint(ask) else _options(ask, given, usual.options),
        limits=Limits(timeout.connect, timeout.first_token, timeout.stall, timeout.total) if timeout else NO_LIMITS,
        tap=tap,
        stream=not isinstance(tap, Silent),
        trail=trail,
        cache=given.cache,
        degrade=given.degrade,
        contract=contract_of(ask["schema"]) if "schema" in ask else usual.contract,
        min_score=given.min_score,
        deadline=None if given.deadline is None else trail.begun + given.deadline,
        metadata=given.metadata,
    )


def contract_of(spec: object) -> Contract | None:
    """What was given as `schema`, as a contract; made once for each type and for each text of a JSON Schema."""
    if spec is None or isinstance(spec, Contract):
        return spec
    try:
        hash(spec)
    except TypeError:
        return _written_contract(spec)
    return _known_contract(spec)


def _written_contract(spec: object) -> Contract:
    """The contract of a mapping or list, which may be changed afterwards: known by its text, where JSON says it all."""
    try:
        text = msgspec.json.encode(spec)
        whole = msgspec.json.decode(text) == spec
    except (TypeError, ValueError, OverflowError, RecursionError):
        whole = False
    return _contract_in(text) if whole else _contract(spec)


def job_ask(text: str, job: Job, ask: Ask) -> Ask:
    """A small job's arguments: sampled cold and capped by the size of its answer, unless the call says otherwise."""
    from onedoor.output.labels import output_cap

    for name in ("schema", "system", "few_shot"):
        if name in ask:
            raise InvalidCall(f"{name}: extract and classify bring their own")
    context = (Document(text), *as_context(ask.get("context", ())))
    own: Ask = {"schema": job.contract, "system": job.system, "few_shot": job.examples, "context": context}
    return {"temperature": 0.0, "max_output_tokens": output_cap(job.contract), **ask, **own}


def _contract(spec: object) -> Contract:
    from onedoor.output.build import contract

    try:
        return contract(spec)
    except InvalidCall as error:
        raise InvalidCall(f"schema: {error}") from error


_known_contract = lru_cache(maxsize=256)(_contract)


@lru_cache(maxsize=256)
def _contract_in(text: bytes) -> Contract:
    return _contract(msgspec.json.decode(text))


def _options(ask: Ask, own: _Given, usual: Options) -> Options:
    """The task's sampling with the call's own laid over it."""
    return Options(
        temperature=usual.temperature if own.temperature is None else own.temperature,
        top_p=usual.top_p if own.top_p is None else own.top_p,
        max_output_tokens=own.max_output_tokens or usual.max_output_tokens,
        seed=usual.seed if own.seed is None else own.seed,
        stop=usual.stop if own.stop is None else tuple(own.stop),
        reasoning=own.reasoning or usual.reasoning,
        json_schema=own.json_schema,
        tools=as_tools(ask.get("tools", ())),
        tool_choice=own.tool_choice,
        extra={**usual.extra, **own.options} if own.options else usual.extra,
    )


def _turns(prompt: Prompt, given: _Given, usual: Usual) -> tuple[str, tuple[Message, ...]]:
    """The system message and the conversation. The task's gives way to the conversation's own."""
    turns = as_messages(prompt)
    if turns[0].role != "system":
        return usual.system if given.system is None else given.system, turns
    if given.system:
        raise InvalidCall("system is given, and the conversation begins with a system message too; give one of them")
    if all(turn.role == "system" for turn in turns):
        raise InvalidCall("the conversation is a system message only: there is nothing to ask")
    return turns[0].text, turns[1:]


def _stated(constraints: list[str]) -> list[str]:
    for place, constraint in enumerate(constraints):
        if not constraint.strip():
            raise InvalidCall(f"constraints[{place}] is empty; say what is required")
    return constraints


def _known(name: str, names: Mapping[str, object], what: str) -> None:
    if name not in names:
        raise InvalidCall(f"there is no {what} {name!r}; {nearest(name, names)}")
