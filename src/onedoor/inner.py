"""A call that another call makes: a judge, a critic, a second opinion on a text. It passes the rails like any other."""

from __future__ import annotations

from typing import Any, Protocol

from onedoor.messages import Prompt
from onedoor.types import Call, Reply


class Inner(Protocol):
    """Asks on behalf of a call: for its caller, user and run, within its deadline.

    `not_lab` leaves out every model of that lab; raises InvalidCall where none is left. The keyword arguments are those
    of `onedoor.Ask`.
    """

    async def __call__(self, prompt: Prompt, /, *, parent: Call, not_lab: str = "", **ask: Any) -> Reply: ...
