"""The data that goes down the road and comes back: frozen, the same for every provider.

Units everywhere: seconds for time, tokens for usage, integer nano-dollars (1e-9 USD) for money.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from onedoor.copying import changed, quick

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from dataclasses import replace as replace  # so that mypy knows the fields

    from onedoor.output.contract import Contract
    from onedoor.output.dialects import Dialect
    from onedoor.output.recovered import Edit
    from onedoor.prompt.built import Built
    from onedoor.prompt.trimmed import Trimmed
    from onedoor.tap import Tap
    from onedoor.trail import Found, Opinion, Trail
    from onedoor.verifiers.verifier import Verifier
else:

    def replace(record: Any, /, **changes: Any) -> Any:
        """`dataclasses.replace`, quicker: the types here are slotted and have no `__post_init__` to run."""
        return changed(record, changes)


Role = Literal["system", "user", "assistant", "tool"]
FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "refusal", "other"]
CacheMode = Literal["on", "refresh", "off"]
Degrade = Literal["label", "never"]
Reasoning = Literal["off", "low", "medium", "high"]
Verdict = Literal["accepted", "rejected", "unknown"]
SystemRole = Literal["system", "developer", "user"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: its bytes, or an http(s) address the provider fetches itself."""

    data: bytes = b""
    url: str = ""
    media_type: str = "image/png"


@dataclass(frozen=True, slots=True)
class Thinking:
    """A reasoning block; `signature` must go back unchanged to the provider that signed it."""

    text: str
    signature: str = ""


Part = Text | Image | Thinking


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool the model wants called; `arguments` is the JSON text as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation.

    A `tool` message answers the call named by `tool_call_id`. `stable` says that everything up to the end of this turn
    is the same in the next call, so that a provider may keep it.
    """

    role: Role
    parts: tuple[Part, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""
    stable: bool = False

    @property
    def text(self) -> str:
        """The words of this message, pictures and reasoning left out."""
        return "".join(part.text for part in self.parts if isinstance(part, Text))


@dataclass(frozen=True, slots=True)
class Document:
    """A text of others that a question is about: data, never an order. The higher `rank`, the longer it is kept when
    the prompt must be shortened."""

    text: str
    name: str = ""
    rank: float = 0.0


@dataclass(frozen=True, slots=True)
class Example:
    """A question and its right answer, shown before the real one."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the model may ask for; `parameters` is its JSON Schema."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})


@dataclass(frozen=True, slots=True)
class Options:
    """How to sample and what may be called. None leaves the provider's own default.

    `tool_choice` is "auto", "none", "required" or a tool's name. `extra` goes into the request body as it is.
    """

    temperature: float | None = None
    top_p: float | None = None
    max_output_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    reasoning: Reasoning | None = None
    json_schema: Mapping[str, Any] | None = None
    json_strict: bool = True
    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one attempt may take, in seconds; None is no limit.

    `first_token` and `stall` (between two tokens) can only be seen on a stream, so setting one makes onedoor stream
    from the provider even when the caller doesn't.
    """

    connect: float | None = None
    first_token: float | None = None
    stall: float | None = None
    total: float | None = None

    @property
    def watched(self) -> bool:
        """Whether a limit needs the answer to be streamed."""
        return self.first_token is not None or self.stall is not None

    def under(self, above: Limits) -> Limits:
        """These limits where the ones above say nothing."""
        if above is NO_LIMITS:
            return self
        return Limits(
            connect=self.connect if above.connect is None else above.connect,
            first_token=self.first_token if above.first_token is None else above.first_token,
            stall=self.stall if above.stall is None else above.stall,
            total=self.total if above.total is None else above.total,
        )


NO_LIMITS = Limits()
"""What most calls say themselves about how long an attempt may take."""


@dataclass(frozen=True, slots=True)
class Price:
    """Nano-dollars per million tokens, which is USD per million times 1e9. None is priced as ordinary input."""

    input: int
    output: int
    cached: int | None = None
    cache_write: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may answer: `name` is yours, `served` is what its provider calls it.

    `price` is the configured one. Without one, `listed` is the address its price is looked up by in the public list,
    and `price` the dearest that may hold, to reserve at. `longest` is its longest answer in tokens, `system` the role
    its server takes system messages in, `tokenizer` how its tokens are counted.
    """

    name: str
    provider: str
    served: str
    lab: str = ""
    context: int | None = None
    price: Price | None = None
    listed: str = ""
    keep_alive: str | float | None = None
    reasoning: Reasoning | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    longest: int | None = None
    system: SystemRole = "system"
    tokenizer: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, counted one way for every provider: `input` includes `cached` and `cache_write`, `output` includes
    `reasoning`. `estimated` is True when the provider did not report them."""

    input: int = 0
    output: int = 0
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0
    estimated: bool = False

    @property
    def total(self) -> int:
        return self.input + self.output


@dataclass(frozen=True, slots=True)
class Cost:
    """What an answer cost, in integer nano-dollars, and where the price is from: "reported", "configured",
    "genai-prices@…" or "cache"."""

    nano_usd: int
    source: str

    @property
    def usd(self) -> float:
        return self.nano_usd / 1e9

    def __str__(self) -> str:
        return f"${self.usd:.6f}"


@dataclass(frozen=True, slots=True)
class Timings:
    """The server's own clock, in seconds: loading the model, reading the prompt, writing the answer."""

    load: float = 0.0
    prompt: float = 0.0
    output: float = 0.0


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of an answer being written. `value` is the part of a contract's value that is certain by now: it only
    ever grows, and is not validated yet."""

    text: str = ""
    reasoning: str = ""
    tool_call: ToolCallDelta | None = None
    value: Any = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of the tool call at `index`; `id` and `name` come once, `arguments` grow."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Degraded:
    """Why an answer is not what was asked for first.

    kind       "fallback" (another candidate answered), "escalated" (another one's answer was not good enough),
               "low_score" (this is the best answer there was, below what was asked for) or "last_resort" (no
               candidate answered)
    candidate  who could not answer, or not well enough; for a last resort, what answered instead
    cause      the code of the error that kept it from answering, as in `onedoor.errors`
    message    the same in words
    """

    kind: Literal["fallback", "escalated", "low_score", "last_resort"]
    candidate: str
    cause: str
    message: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.candidate}: {self.message}"


@quick
@dataclass(frozen=True, slots=True)
class Call:
    """One question on its way down the road. A rail passes on `replace(call, …)`; only `trail` is shared.

    `deadline` is a moment on the monotonic clock. `candidate` is set by Fallback, `tap` by whoever reads along.
    `texts` are the inputs of an embedding call, which has no messages. `settling` is what is still being booked of its
    attempts: Record waits for it. `contract` is what the answer must be, `dialect` the form its schema is sent in.
    `system`, `constraints`, `examples`, `context` and `hint` are what `Build` puts around the conversation's messages.
    `template` names the version the prompt was filled from. `flagged` says that the guard let it pass with a mark.
    `verifiers` are asked about the answer after the task's own. `built` is what Build made of it for this candidate.
    """

    id: str
    task: str
    caller: str
    messages: tuple[Message, ...]
    options: Options
    limits: Limits
    tap: Tap
    trail: Trail
    run: str = ""
    user: str = ""
    parent: str = ""
    system: str = ""
    constraints: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    context: tuple[Document, ...] = ()
    hint: str = ""
    template: str = ""
    flagged: bool = False
    built: Built | None = None
    stream: bool = False
    cache: CacheMode = "on"
    degrade: Degrade = "label"
    deadline: float | None = None
    candidate: Candidate | None = None
    texts: tuple[str, ...] = ()
    contract: Contract | None = None
    min_score: float | None = None
    verifiers: tuple[Verifier, ...] = ()
    dialect: Dialect | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    settling: list[Awaitable[None]] = field(default_factory=list)

    @property
    def turns(self) -> tuple[Message, ...]:
        """The conversation with its system message first."""
        return (Message("system", (Text(self.system),)), *self.messages) if self.system else self.messages

    def rewind(self) -> bool:
        """Ask before sending again: False when a reader has already seen part of an answer."""
        return self.tap.rewind()


@quick
@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and how it came about.

    text           what the model wrote
    data           the validated value where the call has a contract, else None
    model          the configured name of the model that really answered; `served` is what the wire called it
    provider       the provider that answered
    usage, cost    tokens and money of the answer; cost is None where no price is known, never zero by ignorance
    finish_reason  why the model stopped
    score          how good the answer is by its contract's checks, 0 to 1; None without a contract
    edits          what recovery had to do to read the answer; empty for one that came right
    degraded       why this is not the first choice's answer; empty when it is
    trimmed        what was left out of the prompt so that it fitted the model's context window
    cached         whether it came out of the cache
    id             this call's; `origin` is the call whose answer it is, another one where it is cached
    attempts       requests sent to providers for this call; `retries` of them repeated an earlier one
    duration       seconds the call took; `first_token` seconds until the first piece, None where it can't be seen
    remaining      how many more such calls the provider says it takes for now; None where it doesn't say
    fingerprint    the server's own mark (`onedoor-sim…` for simulated answers)
    metadata       the caller's own, unread
    trail          every rail the call passed
    """

    text: str
    model: str = ""
    provider: str = ""
    served: str = ""
    data: Any = None
    reasoning: str = ""
    parts: tuple[Part, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage)
    cost: Cost | None = None
    finish_reason: FinishReason = "stop"
    score: float | None = None
    edits: tuple[Edit, ...] = ()
    verdict: Verdict = "unknown"
    degraded: tuple[Degraded, ...] = ()
    trimmed: tuple[Trimmed, ...] = ()
    cached: bool = False
    attempts: int = 0
    retries: int = 0
    id: str = ""
    origin: str = ""
    duration: float = 0.0
    first_token: float | None = None
    timings: Timings | None = None
    remaining: int | None = None
    fingerprint: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    trail: Trail | None = None

    @property
    def message(self) -> Message:
        """This answer as a turn to append to the conversation."""
        parts = self.parts or ((Text(self.text),) if self.text else ())
        return Message("assistant", parts, self.tool_calls)

    @property
    def findings(self) -> tuple[Found, ...]:
        """What the guard found in the question, its documents and the answer."""
        return tuple(self.trail.found) if self.trail is not None else ()

    @property
    def opinions(self) -> tuple[Opinion, ...]:
        """What verifiers think of the answers to this call, in order, also of those that were rejected."""
        return tuple(self.trail.opinions) if self.trail is not None else ()

    @property
    def simulated(self) -> bool:
        """Whether the built-in simulator answered instead of a model."""
        return self.fingerprint.startswith("onedoor-sim")

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Embeddings:
    """One vector per text, in the order given, and the reply that carried them."""

    vectors: tuple[tuple[float, ...], ...]
    reply: Reply

    def __len__(self) -> int:
        return len(self.vectors)

    def __getitem__(self, place: int) -> tuple[float, ...]:
        return self.vectors[place]

    def __iter__(self) -> Iterator[tuple[float, ...]]:
        return iter(self.vectors)


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model a provider says it serves. `context` is in tokens, None where it doesn't say."""

    name: str
    context: int | None = None
    loaded: bool | None = None
