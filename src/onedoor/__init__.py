"""One door for every model call."""

from importlib import import_module
from typing import TYPE_CHECKING

from onedoor.errors import (
    AttemptTimeout,
    BadEnvelope,
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
    InvalidAnswer,
    InvalidCall,
    Misuse,
    ModelNotFound,
    ModelRefused,
    NotAdmitted,
    OnedoorError,
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
    Unrecoverable,
    WrongContext,
)
from onedoor.trail import Note, Trail
from onedoor.types import (
    Call,
    Candidate,
    Cost,
    Degraded,
    Delta,
    Embeddings,
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
    from onedoor.asking import Ask
    from onedoor.door import AsyncDeltas, AsyncDoor
    from onedoor.opening import open, open_async
    from onedoor.output.build import contract
    from onedoor.output.contract import Check, Contract
    from onedoor.output.recover import recover
    from onedoor.output.recovered import Edit, Recovered
    from onedoor.output.score import similarity
    from onedoor.pipeline import Next, Rail, compose
    from onedoor.sync import Deltas, Door

__version__ = "0.1.0"

__all__ = [
    "Ask",
    "AsyncDeltas",
    "AsyncDoor",
    "AttemptTimeout",
    "BadEnvelope",
    "BudgetExceeded",
    "Call",
    "Candidate",
    "CandidateFailed",
    "Check",
    "CircuitOpen",
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
    "Door",
    "Edit",
    "Embeddings",
    "Image",
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
    "Options",
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
    "ServedModel",
    "ServerFault",
    "SlotsFull",
    "StoreError",
    "StreamBroken",
    "Text",
    "Thinking",
    "Throttled",
    "Timings",
    "Tool",
    "ToolCall",
    "Trail",
    "Transient",
    "Unrecoverable",
    "Usage",
    "WrongContext",
    "__version__",
    "compose",
    "contract",
    "open",
    "open_async",
    "recover",
    "similarity",
]

_LATER = {
    "Ask": "onedoor.asking",
    "AsyncDeltas": "onedoor.door",
    "AsyncDoor": "onedoor.door",
    "Check": "onedoor.output.contract",
    "Contract": "onedoor.output.contract",
    "Deltas": "onedoor.sync",
    "Door": "onedoor.sync",
    "Edit": "onedoor.output.recovered",
    "Next": "onedoor.pipeline",
    "Rail": "onedoor.pipeline",
    "Recovered": "onedoor.output.recovered",
    "compose": "onedoor.pipeline",
    "contract": "onedoor.output.build",
    "open": "onedoor.opening",
    "open_async": "onedoor.opening",
    "recover": "onedoor.output.recover",
    "similarity": "onedoor.output.score",
}
"""Where the names are that are imported with their first use, so that `import onedoor` stays quick."""


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
