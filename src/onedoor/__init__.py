"""One door for every model call."""

from importlib import import_module
from typing import TYPE_CHECKING

from onedoor.errors import (
    AnswerRejected,
    AttemptTimeout,
    BadEnvelope,
    Blocked,
    BudgetExceeded,
    CandidateFailed,
    CircuitOpen,
    ConfigError,
    ConnectFailed,
    ContentFiltered,
    ContextExceeded,
    CredentialRejected,
    CredentialShut,
    DeadlineExceeded,
    InputBlocked,
    InvalidAnswer,
    InvalidCall,
    Misuse,
    ModelNotFound,
    ModelRefused,
    NotAdmitted,
    OnedoorError,
    OutputBlocked,
    PriceUnknown,
    ProviderError,
    ProviderThrottled,
    QuotaExhausted,
    RateLimited,
    Refused,
    RequestRejected,
    ServerFault,
    SlotsFull,
    StoreError,
    StreamBroken,
    Throttled,
    Transient,
    UnknownCall,
    Unrecoverable,
    Withdrawn,
    WrongContext,
)
from onedoor.trail import Found, Note, Opinion, Trail
from onedoor.types import (
    Call,
    Candidate,
    Cost,
    Degraded,
    Delta,
    Document,
    Embeddings,
    Example,
    Image,
    Limits,
    Message,
    Options,
    Reply,
    ServedModel,
    Text,
    Thinking,
    Timings,
    Tool,
    ToolCall,
    Usage,
)

if TYPE_CHECKING:
    from onedoor import guard as guard
    from onedoor.asking import Ask
    from onedoor.deltas import AsyncDeltas
    from onedoor.door import AsyncDoor
    from onedoor.opening import open, open_async
    from onedoor.output.build import contract
    from onedoor.output.contract import Check, Contract
    from onedoor.output.recover import recover
    from onedoor.output.recovered import Edit, Recovered
    from onedoor.output.score import similarity
    from onedoor.pipeline import Next, Rail, compose
    from onedoor.prompt.built import Built
    from onedoor.prompt.template import Filled, Template
    from onedoor.prompt.trimmed import Trimmed
    from onedoor.quality.comparison import Comparing, Comparison
    from onedoor.quality.review import Review
    from onedoor.quality.variants import Sweep
    from onedoor.sync import Deltas, Door
    from onedoor.verifiers.verifier import Verifier
    from onedoor.workflow.workflow import Workflow

__version__ = "0.1.0"

__all__ = [
    "AnswerRejected",
    "Ask",
    "AsyncDeltas",
    "AsyncDoor",
    "AttemptTimeout",
    "BadEnvelope",
    "Blocked",
    "BudgetExceeded",
    "Built",
    "Call",
    "Candidate",
    "CandidateFailed",
    "Check",
    "CircuitOpen",
    "Comparing",
    "Comparison",
    "ConfigError",
    "ConnectFailed",
    "ContentFiltered",
    "ContextExceeded",
    "Contract",
    "Cost",
    "CredentialRejected",
    "CredentialShut",
    "DeadlineExceeded",
    "Degraded",
    "Delta",
    "Deltas",
    "Document",
    "Door",
    "Edit",
    "Embeddings",
    "Example",
    "Filled",
    "Found",
    "Image",
    "InputBlocked",
    "InvalidAnswer",
    "InvalidCall",
    "Limits",
    "Message",
    "Misuse",
    "ModelNotFound",
    "ModelRefused",
    "Next",
    "NotAdmitted",
    "Note",
    "OnedoorError",
    "Opinion",
    "Options",
    "OutputBlocked",
    "PriceUnknown",
    "ProviderError",
    "ProviderThrottled",
    "QuotaExhausted",
    "Rail",
    "RateLimited",
    "Recovered",
    "Refused",
    "Reply",
    "RequestRejected",
    "Review",
    "ServedModel",
    "ServerFault",
    "SlotsFull",
    "StoreError",
    "StreamBroken",
    "Sweep",
    "Template",
    "Text",
    "Thinking",
    "Throttled",
    "Timings",
    "Tool",
    "ToolCall",
    "Trail",
    "Transient",
    "Trimmed",
    "UnknownCall",
    "Unrecoverable",
    "Usage",
    "Verifier",
    "Withdrawn",
    "Workflow",
    "WrongContext",
    "__version__",
    "compose",
    "contract",
    "guard",
    "open",
    "open_async",
    "recover",
    "similarity",
]

_LATER = {
    "Ask": "onedoor.asking",
    "AsyncDeltas": "onedoor.deltas",
    "AsyncDoor": "onedoor.door",
    "Built": "onedoor.prompt.built",
    "Check": "onedoor.output.contract",
    "Comparing": "onedoor.quality.comparison",
    "Comparison": "onedoor.quality.comparison",
    "Contract": "onedoor.output.contract",
    "Deltas": "onedoor.sync",
    "Door": "onedoor.sync",
    "Edit": "onedoor.output.recovered",
    "Filled": "onedoor.prompt.template",
    "Next": "onedoor.pipeline",
    "Rail": "onedoor.pipeline",
    "Recovered": "onedoor.output.recovered",
    "Review": "onedoor.quality.review",
    "Sweep": "onedoor.quality.variants",
    "Template": "onedoor.prompt.template",
    "Trimmed": "onedoor.prompt.trimmed",
    "Verifier": "onedoor.verifiers.verifier",
    "Workflow": "onedoor.workflow.workflow",
    "compose": "onedoor.pipeline",
    "contract": "onedoor.output.build",
    "open": "onedoor.opening",
    "open_async": "onedoor.opening",
    "recover": "onedoor.output.recover",
    "similarity": "onedoor.output.score",
}
"""Where the names are that are imported with their first use, so that `import onedoor` stays quick."""


def __getattr__(name: str) -> object:
    if name == "guard":
        return import_module("onedoor.guard")
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
