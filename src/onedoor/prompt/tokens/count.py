"""How many tokens, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

How = Literal["exact", "served", "learnt", "estimated"]


@dataclass(frozen=True, slots=True)
class Count:
    """A number of tokens.

    how  "exact" (counted with the model's own vocabulary), "served" (its provider counted, which was asked for),
         "learnt" (an upper bound that fits what this model has reported so far) or "estimated" (an upper bound by kinds
         of characters)
    """

    tokens: int
    how: How
