"""The simulated models: what each is like, as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Literal

from onedoor.types import Price

Spelling = Literal["prose_around", "single_quotes", "trailing_comma", "python_literals", "unquoted_keys", "comments"]
"""How an answer meant as JSON is none.

prose_around     there is prose before and after it
single_quotes    texts and keys are in single quotes
trailing_comma   a comma comes before each closing bracket
python_literals  it is written as Python shows it
unquoted_keys    keys have no quotes
comments         there are comments in it
"""
Substance = Literal["wrapped", "numbers_as_text", "key_case", "missing_field", "enum_case", "doubled"]
"""How an answer is JSON, but not the one asked for.

wrapped          it is inside an object under the key "answer"
numbers_as_text  numbers are texts with thousands separators
key_case         keys are written like UnitPrice
missing_field    one key of the outermost object isn't there
enum_case        labels and currencies are in the other case
doubled          a draft with a mistake comes before the answer
"""
Whole = Literal["none", "fenced", "truncated", "runaway", "cut", "echo", "tools", "refusal", "empty"]
Damage = Whole | Spelling | Substance
"""What goes wrong with an answer that comes.

fenced     JSON comes in a Markdown fence with prose around it
truncated  the answer is cut in half and says it reached its length
runaway    the answer repeats itself until its cap
cut        the connection is lost half way
echo       the answer is the prompt
tools      a tool is called whenever one is offered
refusal    the answer is an apology
empty      the answer has no text
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
    """A simulated model: seconds to the first token and per token, share of right answers, USD per million tokens.

    `mends` is how often its damage is left out when it is asked again in the same conversation: where the user
    speaks last and has named the document before (without a document: has spoken before), or speaks of "Your last
    answer" below the question. Each request is a new throw.
    """

    name: str
    first_token: float
    per_token: float
    accuracy: float
    usd_input: float
    usd_output: float
    damage: Damage = "none"
    mends: float = 0.0
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
    Profile("fenced", 0.15, 0.004, 0.97, 0.05, 0.20, damage="fenced", mends=0.9),
    Profile("truncated", 0.15, 0.004, 1.00, 0.05, 0.20, damage="truncated", mends=0.3),
    Profile("runaway", 0.15, 0.004, 1.00, 0.05, 0.20, damage="runaway", mends=0.5),
    Profile("throttled", 0.15, 0.004, 0.97, 0.15, 0.60, faults=Faults((429,), tries=2, retry_after=1)),
    Profile("outage", 0.05, 0.004, 1.00, 0.15, 0.60, faults=Faults((503,))),
    Profile("cut", 0.15, 0.004, 1.00, 0.15, 0.60, damage="cut"),
    Profile("echo", 0.05, 0.001, 0.00, 0.01, 0.01, damage="echo"),
    Profile("tools", 0.30, 0.006, 1.00, 0.50, 1.50, damage="tools"),
    Profile("embed", 0.05, 0.000, 1.00, 0.02, 0.00, embeds=True),
    Profile("prose_around", 0.15, 0.004, 1.00, 0.05, 0.20, damage="prose_around", mends=0.9),
    Profile("single_quotes", 0.15, 0.004, 1.00, 0.05, 0.20, damage="single_quotes", mends=0.8),
    Profile("trailing_comma", 0.15, 0.004, 1.00, 0.05, 0.20, damage="trailing_comma", mends=0.8),
    Profile("python_literals", 0.15, 0.004, 1.00, 0.05, 0.20, damage="python_literals", mends=0.8),
    Profile("unquoted_keys", 0.15, 0.004, 1.00, 0.05, 0.20, damage="unquoted_keys", mends=0.8),
    Profile("comments", 0.15, 0.004, 1.00, 0.05, 0.20, damage="comments", mends=0.9),
    Profile("wrapped", 0.15, 0.004, 1.00, 0.05, 0.20, damage="wrapped", mends=0.7),
    Profile("numbers_as_text", 0.15, 0.004, 1.00, 0.05, 0.20, damage="numbers_as_text", mends=0.7),
    Profile("key_case", 0.15, 0.004, 1.00, 0.05, 0.20, damage="key_case", mends=0.7),
    Profile("missing_field", 0.15, 0.004, 1.00, 0.05, 0.20, damage="missing_field", mends=0.6),
    Profile("enum_case", 0.15, 0.004, 1.00, 0.05, 0.20, damage="enum_case", mends=0.7),
    Profile("doubled", 0.15, 0.004, 1.00, 0.05, 0.20, damage="doubled", mends=0.6),
    Profile("refusal", 0.15, 0.004, 1.00, 0.05, 0.20, damage="refusal", mends=0.2),
    Profile("empty", 0.15, 0.004, 1.00, 0.05, 0.20, damage="empty", mends=0.5),
)
PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in _TABLE}
"""Every profile by its model name."""
