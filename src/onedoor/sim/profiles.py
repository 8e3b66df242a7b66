"""The simulated models: what each is like, as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Literal

from onedoor.types import Price

Damage = Literal["none", "fenced", "truncated", "runaway", "cut", "echo", "tools"]
"""What goes wrong with an answer that comes.

fenced     JSON comes in a Markdown fence with prose around it
truncated  the answer is cut in half and says it reached its length
runaway    the answer repeats itself until its cap
cut        the connection is lost half way
echo       the answer is the prompt
tools      a tool is called whenever one is offered
"""


@dataclass(frozen=True, slots=True)
class Faults:
    """Which requests are refused: a `share` of them, the first `tries` times each, with `statuses` in turn."""

    statuses: tuple[int, ...]
    share: float = 1.0
    tries: float = inf
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A simulated model: seconds to the first token and per token, share of right answers, USD per million tokens."""

    name: str
    first_token: float
    per_token: float
    accuracy: float
    usd_input: float
    usd_output: float
    damage: Damage = "none"
    faults: Faults | None = None
    embeds: bool = False

    @property
    def price(self) -> Price:
        """What it costs, as a candidate's price."""
        return Price(round(self.usd_input * 1e9), round(self.usd_output * 1e9))


CONTEXT = 32_768
"""The context window of every profile, in tokens of the simulator."""

_TABLE = (
    #       name       first  token   right  $in    $out
    Profile("fast", 0.15, 0.004, 0.97, 0.15, 0.60),
    Profile("slow", 2.50, 0.050, 0.97, 0.10, 0.40),
    Profile("careful", 0.80, 0.020, 1.00, 3.00, 15.00),
    Profile("flaky", 0.20, 0.006, 0.97, 0.10, 0.40, faults=Faults((500, 503), share=0.4, tries=2)),
    Profile("wrong", 0.15, 0.004, 0.60, 0.05, 0.20),
    Profile("fenced", 0.15, 0.004, 0.97, 0.05, 0.20, damage="fenced"),
    Profile("truncated", 0.15, 0.004, 1.00, 0.05, 0.20, damage="truncated"),
    Profile("runaway", 0.15, 0.004, 1.00, 0.05, 0.20, damage="runaway"),
    Profile("throttled", 0.15, 0.004, 0.97, 0.15, 0.60, faults=Faults((429,), tries=2, retry_after=1)),
    Profile("outage", 0.05, 0.004, 1.00, 0.15, 0.60, faults=Faults((503,))),
    Profile("cut", 0.15, 0.004, 1.00, 0.15, 0.60, damage="cut"),
    Profile("echo", 0.05, 0.001, 0.00, 0.01, 0.01, damage="echo"),
    Profile("tools", 0.30, 0.006, 1.00, 0.50, 1.50, damage="tools"),
    Profile("embed", 0.05, 0.000, 1.00, 0.02, 0.00, embeds=True),
)
PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in _TABLE}
"""Every profile by its model name."""
