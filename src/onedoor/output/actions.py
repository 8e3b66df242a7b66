"""What to do about each diagnosis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from onedoor.output.contract import Mode

Action = Literal["reask", "larger_cap", "resample", "retry", "stop"]
"""reask       the same question with a hint at what was wrong
larger_cap  the same question with more output tokens, or a smaller one; never the same call
resample    the same question, sampled otherwise
retry       the same call again, as after a transient fault
stop        no further attempt of this model; a declared reroute at most
"""

_ACTIONS: Mapping[Mode, Action] = {
    "syntax": "reask",
    "schema": "reask",
    "constraint": "reask",
    "truncation": "larger_cap",
    "runaway": "resample",
    "empty": "retry",
    "timeout": "retry",
    "refusal": "stop",
    "content_filter": "stop",
}


def action(mode: Mode) -> Action:
    """The one action a diagnosis has."""
    return _ACTIONS[mode]
