"""What an onedoor.toml may say, and what it comes to for one task.

The structs are the whole format: `onedoor config schema` is written from them, and `load.py` reads a file into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from onedoor.config_guard import DocumentScreening as DocumentScreening
from onedoor.config_guard import Guard as Guard
from onedoor.config_guard import InputScreening as InputScreening
from onedoor.config_guard import OutputScreening as OutputScreening
from onedoor.config_prompt import Example as Example
from onedoor.config_prompt import Prompt as Prompt
from onedoor.config_prompt import Template as Template
from onedoor.config_quality import Reviewer as Reviewer
from onedoor.config_quality import Verifier as Verifier
from onedoor.config_quality import Verify as Verify
from onedoor.table import Positive, Table
from onedoor.types import Degrade, Limits, Reasoning, SystemRole

Seconds = Annotated[float, Meta(gt=0, extra={"unit": "seconds"})] | Literal["none"]
Money = Annotated[float, Meta(ge=0)]


class Rate(Table, frozen=True):
    """So many requests or tokens (exactly one of them) per period."""

    requests: Positive | None = None
    tokens: Positive | None = None
    per: Annotated[Literal["second", "minute", "hour", "day"] | float, Meta(description="Or seconds.")] = "minute"
    algorithm: Annotated[
        Literal["gcra", "sliding", "fixed"],
        Meta(description="gcra spreads evenly, sliding looks back one period, fixed mirrors a calendar quota."),
    ] = "gcra"
    burst: Annotated[float | None, Meta(description="gcra: how many at once; a few seconds' worth by default.")] = None


class Budget(Table, frozen=True):
    """A cap in US dollars or tokens (exactly one of them) per window."""

    usd: Annotated[float, Meta(gt=0)] | None = None
    tokens: Positive | None = None
    per: Annotated[
        Literal["day", "week", "month", "rolling", "run"],
        Meta(description="rolling begins with the first call after the last window; run never ends."),
    ] = "day"
    hours: Annotated[float, Meta(gt=0, description="Length of a rolling window.")] = 5.0
    timezone: Annotated[str, Meta(description="Whose days, weeks and months these are.")] = "UTC"
    strict: Annotated[
        bool, Meta(description="Reserve one token per byte of input, which no tokenizer exceeds: never overspent.")
    ] = False
    guaranteed: Annotated[
        bool, Meta(description="Callers only: nobody else may use this share of the levels above.")
    ] = False


class Breaker(Table, frozen=True):
    """When a route is left alone, and for how long. Seconds and shares."""

    window: Annotated[float, Meta(gt=0)] = 120.0
    minimum: Positive = 10
    failure_share: Annotated[float, Meta(gt=0, le=1)] = 0.5
    slow_share: Annotated[float, Meta(gt=0, le=1)] = 0.8
    consecutive: Positive = 5
    first_break: Annotated[float, Meta(gt=0)] = 15.0
    longest_break: Annotated[float, Meta(gt=0)] = 300.0
    successes: Annotated[Positive, Meta(description="Probes that must succeed before it closes.")] = 2
    slow_first_token: Annotated[float | None, Meta(description="A first token after so many seconds is slow.")] = None
    slow_token: Annotated[float | None, Meta(description="So many seconds per token of output are slow.")] = None


class Provider(Table, frozen=True):
    """Where models are served. Keys are references: `env:NAME` or `file:PATH`."""

    kind: Annotated[str, Meta(description="openai, anthropic, ollama, sim or function")]
    base_url: Annotated[str, Meta(description="Its address; for kind openai it usually ends in /v1.")] = ""
    key: Annotated[str, Meta(description="env:NAME or file:PATH; never the key itself.")] = ""
    headers: Annotated[dict[str, str], Meta(description="Sent with every request; values may be env: or file:.")] = {}
    function: Annotated[str, Meta(description='kind function: "module:callable".')] = ""
    seed: Annotated[int, Meta(description="kind sim: the same seed gives the same answers.")] = 0
    speed: Annotated[float, Meta(gt=0, description="kind sim: 10 makes simulated time pass ten times as fast.")] = 1.0
    log: Annotated[str, Meta(description="kind sim: a JSONL file of what the simulator really did.")] = ""
    slots: Annotated[Positive | None, Meta(description="Calls at once, over all processes.")] = None
    resident_models: Annotated[
        Positive | None,
        Meta(description="Models its memory holds at once; workflows then go by model. Else 1 for ollama, else any."),
    ] = None
    rates: list[Rate] = []
    budgets: list[Budget] = []
    breaker: Breaker = Breaker()
    structured: Annotated[
        Literal["auto", "openai_strict", "anthropic", "ollama", "llama_cpp", "vllm", "json_object"],
        Meta(description="How it takes a schema; json_object puts it into the prompt only."),
    ] = "auto"
    bills_lost: Annotated[bool, Meta(description="It bills answers whose connection was lost.")] = True


class Price(Table, frozen=True):
    """US dollars per million tokens."""

    input: Money
    output: Money
    cached: Annotated[Money | None, Meta(description="Input read from the provider's cache.")] = None
    cache_write: Annotated[Money | None, Meta(description="Input written to the provider's cache.")] = None


class Model(Table, frozen=True):
    """A model under your own name for it."""

    provider: str
    name: Annotated[str, Meta(min_length=1, description="What the provider calls it.")]
    lab: Annotated[str, Meta(description="Who trained it.")] = ""
    context: Annotated[Positive | None, Meta(description="Context window in tokens.")] = None
    price: Price | None = None
    keep_alive: Annotated[str | float | None, Meta(description="Ollama: how long the model stays loaded.")] = None
    reasoning: Reasoning | None = None
    options: Annotated[dict[str, Any], Meta(description="Goes into the provider's request as it is.")] = {}
    max_output: Annotated[Positive, Meta(description="Longest answer, reserved and sent under a budget.")] = 4096
    tokenizer: Annotated[
        str, Meta(description='How its tokens are counted: "o200k", "cl100k" or the path of a tokenizer.json.')
    ] = ""
    system: Annotated[
        SystemRole, Meta(description='Whose words system messages are; "user" where its template knows no other.')
    ] = "system"
    slots: Annotated[Positive | None, Meta(description="Calls at once, over all processes.")] = None
    rates: list[Rate] = []
    budgets: list[Budget] = []


class Timeout(Table, frozen=True):
    """How long one attempt may take, in seconds, or "none". first_token and stall make onedoor stream."""

    connect: Seconds = 10.0
    first_token: Seconds = "none"
    stall: Seconds = "none"
    total: Seconds = 600.0


class Retry(Table, frozen=True):
    """How often a passing fault is tried again."""

    sends: Annotated[Positive, Meta(description="Requests per candidate.")] = 3
    per_call: Annotated[Positive, Meta(description="After so many requests for one call nothing is repeated.")] = 6
    max_wait: Annotated[float, Meta(gt=0, description="Longest back-off in seconds.")] = 20.0


class Cache(Table, frozen=True):
    """Answers to identical requests."""

    ttl: Annotated[float, Meta(ge=0, description="Seconds an answer stays fresh; 0 keeps it for last_good only.")]
    shared: Annotated[bool, Meta(description="Callers see each other's answers.")] = False


class LastResort(Table, frozen=True):
    """What answers when no model can: exactly one of the two."""

    template: Annotated[str, Meta(description="A fixed text; may name {prompt}, {task} and {caller}.")] = ""
    function: Annotated[str, Meta(description='"module:callable", given the call, gives a text.')] = ""


class Contract(Table, frozen=True):
    """What an answer must be. schema, choices and pattern exclude each other."""

    schema: Annotated[
        str | dict[str, Any] | None, Meta(description="A JSON Schema, or the path of a file with one.")
    ] = None
    choices: Annotated[list[str], Meta(description="The answer is one of these labels.")] = []
    pattern: Annotated[str, Meta(description="A regular expression the whole answer matches.")] = ""
    required: Annotated[list[str], Meta(description="Paths that must be there and not null.")] = []
    min_length: Annotated[int, Meta(ge=0)] | None = None
    max_length: Positive | None = None
    forbid: Annotated[list[str], Meta(description="Phrases that must not be said.")] = []
    must_contain: Annotated[list[str], Meta(description="Phrases whose share counts in the score.")] = []


class Repair(Table, frozen=True):
    """What is done about an answer that doesn't fulfil its contract."""

    corrections: Annotated[int, Meta(ge=0, description="Further questions to the same candidate.")] = 2
    recover: Annotated[bool, Meta(description="Read damaged answers where that needs no guess.")] = True


class Users(Table, frozen=True):
    """Everyone who asks through a caller: what holds for each of them."""

    rates: Annotated[list[Rate], Meta(description="Requests; counted before the guard looks.")] = []


class Defaults(Table, frozen=True):
    """What holds for every task that doesn't say otherwise."""

    system: Annotated[str, Meta(description="A system message put before the caller's.")] = ""
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(gt=0, le=1)] | None = None
    max_output_tokens: Positive | None = None
    seed: int | None = None
    stop: list[str] = []
    reasoning: Reasoning | None = None
    timeout: Timeout = Timeout()
    deadline: Annotated[Seconds, Meta(description="Seconds for the whole call, retries and fallbacks included.")] = (
        "none"
    )
    retry: Retry = Retry()
    cache: Cache | None = None
    guard: Guard | None = None
    prompt: Prompt = Prompt()
    contract: Contract | None = None
    repair: Repair = Repair()
    verify: Verify | None = None
    reviewer: Annotated[Reviewer | None, Meta(description="Who criticises in `door.review`.")] = None
    abort: Annotated[bool, Meta(description="Stop an answer that can no longer fulfil its contract.")] = True
    min_score: Annotated[float, Meta(ge=0, le=1)] | None = None
    on_low_score: Annotated[
        Literal["escalate", "return"], Meta(description="Below min_score: ask the next model, or return it flagged.")
    ] = "escalate"
    degrade: Annotated[Degrade, Meta(description='"never": fail rather than let a later candidate answer.')] = "label"
    last_resort: Annotated[
        list[Literal["last_good"] | LastResort], Meta(description="Tried in order when no candidate can answer.")
    ] = []
    slots: Annotated[Positive | None, Meta(description="Calls of this task at once, over all processes.")] = None
    priority: Annotated[Literal["interactive", "bulk"], Meta(description="Who gets a free slot first.")] = "interactive"
    on_limit: Annotated[Literal["wait", "fail"], Meta(description="At a full slot or a used-up rate.")] = "wait"
    max_wait: Annotated[float, Meta(ge=0, description="Longest such wait in seconds, per attempt.")] = 60.0
    hold: Annotated[bool, Meta(description="Show a reader nothing before the whole answer is accepted.")] = False
    options: Annotated[dict[str, Any], Meta(description="Goes into the provider's request as it is.")] = {}


class Task(Defaults, frozen=True, kw_only=True):
    """A job, and the models that may do it, first choice first."""

    models: Annotated[list[str], Meta(min_length=1)]
    description: str = ""


class Caller(Table, frozen=True):
    """Someone who calls. Empty lists allow everything."""

    description: str = ""
    tasks: list[str] = []
    models: list[str] = []
    priority: Annotated[Literal["interactive", "bulk"] | None, Meta(description="In place of the task's.")] = None
    rates: list[Rate] = []
    budgets: list[Budget] = []


class Run(Table, frozen=True):
    """A named piece of work with a cap of its own, over all its calls."""

    description: str = ""
    budgets: list[Budget] = []


class State(Table, frozen=True):
    """Where every process of this machine agrees, and where calls are written down."""

    path: Annotated[str, Meta(description='A file, or "memory"; by default one in your state directory.')] = ""
    durability: Annotated[
        Literal["process", "power"], Meta(description="What a row survives once a call has its reply.")
    ] = "process"
    bodies: Annotated[bool, Meta(description="Keep what was asked and answered, too.")] = False
    keep_bodies_days: Annotated[float, Meta(gt=0, description="Days until `onedoor db prune` drops bodies.")] = 30.0
    keep_days: Annotated[float | None, Meta(description="Days until `onedoor db prune` drops rows.")] = None


class File(Table, frozen=True):
    """A whole onedoor.toml."""

    default_task: Annotated[str, Meta(description="The task of a call that names neither task nor model.")] = ""
    providers: dict[str, Provider] = {}
    models: dict[str, Model] = {}
    tasks: dict[str, Task] = {}
    callers: dict[str, Caller] = {}
    users: Users = Users()
    runs: dict[str, Run] = {}
    templates: dict[str, Template] = {}
    state: State = State()
    defaults: Defaults = Defaults()


class Config(msgspec.Struct, frozen=True):
    """A valid configuration: every reference holds, `[defaults]` are already in each task.

    `contracts` are the tasks' own, by task; `templates` are made of their tables; `source` is where it came from;
    `origins` says for "tasks.NAME.key" where a value was given; `batched` are providers asked through their batch APIs.
    """

    providers: Mapping[str, Provider]
    models: Mapping[str, Model]
    tasks: Mapping[str, Task]
    callers: Mapping[str, Caller]
    users: Users
    runs: Mapping[str, Run]
    state: State
    defaults: Defaults
    default_task: str
    contracts: Mapping[str, Any]
    templates: Mapping[str, Any]
    source: str
    origins: Mapping[str, str]
    batched: frozenset[str] = frozenset()

    def settings(self, task: str) -> Defaults:
        """A task's settings; the defaults where there is no task."""
        return self.tasks[task] if task else self.defaults

    def origin(self, task: str, key: str) -> str:
        """Where the effective value of a task's key came from: a file and line, or "built in"."""
        given = (f"tasks.{task}.{key}", f"defaults.{key}")
        return next((self.origins[path] for path in given if path in self.origins), "built in")


def limits(timeout: Timeout) -> Limits:
    """The timeouts of a task as the rails take them."""
    return Limits(
        connect=seconds(timeout.connect),
        first_token=seconds(timeout.first_token),
        stall=seconds(timeout.stall),
        total=seconds(timeout.total),
    )


def seconds(value: float | Literal["none"]) -> float | None:
    """A number of seconds, or None for "none"."""
    return None if value == "none" else value


def json_schema() -> dict[str, Any]:
    """The JSON Schema of an onedoor.toml, with draft 7's `definitions`, which editors' TOML plug-ins understand."""
    schema = msgspec.json.schema(File, ref_template="#/definitions/{name}")
    definitions = schema["$defs"]
    root = definitions.pop("File")
    return {"$schema": "http://json-schema.org/draft-07/schema#", **root, "definitions": definitions}
