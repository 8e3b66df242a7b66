"""One route as this process sees it: its part of the pace, and what it hasn't told the others yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from onedoor.policy import pace
from onedoor.policy.gates import NEW, Gates, concurrency, throttle_shut
from onedoor.policy.pace import UNKNOWN, Latency, Pace
from onedoor.policy.shares import Back, Heard, Shared

LATELY = 0.1


@dataclass(slots=True)
class Lane:
    """A route as this process sees it: its part of the pace, and what it hasn't told the others yet.

    Who takes no part in the pace has one call, and `wants` to when it is asked for. `need` is how many calls it would
    have under way; it fades, so that a short lull costs no share. `round` is how many seconds calls take of late, 0
    where none has said. `said` is how many more calls the provider said it takes, and is `believed` once it has moved:
    some servers always say the same.
    """

    ceiling: int
    pace: Pace
    mine: int = 1
    part: float = 0.0
    shared: bool = False
    wants: bool = False
    need: int = 0
    landed: int = 0
    backs: list[Back] = field(default_factory=list)
    latency: Latency = UNKNOWN
    round: float = 0.0
    said: int | None = None
    believed: bool = False
    gates: Gates = NEW

    def moved(self, now: Pace) -> None:
        """The part moves with the whole."""
        self.pace = now
        self.mine = max(1, min(self.ceiling, int(self.part * now.allowed + 1e-9)))

    def landed_well(self, at: float, seconds: float) -> bool:
        """One more call landed, and slowed nothing down."""
        if seconds:
            self.round += (LATELY if self.round else 1.0) * (seconds - self.round)
        if self.pace.calm and pace.calm(self.pace, at):
            return True
        if seconds:
            self.latency = pace.timed(self.latency, seconds)
            if pace.slow(self.latency):
                return not self.slow_down(at)
        self.landed += 1
        if self.pace.allowed < self.pace.ceiling:
            self.moved(pace.grown(self.pace))
        return True

    def told(self, remaining: int) -> None:
        """The provider says how many more calls it takes for now."""
        self.believed = self.believed or self.said not in {None, remaining}
        self.said = remaining
        if self.remaining is not None and remaining < self.pace.allowed:
            self.moved(pace.within(self.pace, remaining))

    @property
    def remaining(self) -> int | None:
        """How many more calls the provider takes for now, where that is known."""
        return self.said if self.believed else None

    def rests(self, now: float) -> float:
        """Seconds until the provider takes calls again, as it said after a 429."""
        return self.gates.throttled_until - now if throttle_shut(self.gates, now) else 0.0

    def slow_down(self, at: float) -> bool:
        """Whether this round of calls hadn't done so yet; what ends while its provider rests began before."""
        back = Back(at, self.round)
        slower = pace.slowed(self.pace, back.at, back.seconds)
        if slower is self.pace or self.rests(at):
            return False
        self.landed, self.latency = 0, pace.anew(self.latency)
        self.backs.append(back)
        self.moved(slower)
        return True

    def heard(self, flying: int, now: float) -> Heard:
        """What the others should know. Who rests with its provider still needs what it had."""
        self.need = max(flying, self.wants, self.need if self.rests(now) else self.need // 2)
        self.wants, landed, self.landed, backs, self.backs = False, self.landed, 0, self.backs, []
        return Heard(self.ceiling, flying, self._asks(flying), landed, backs, self.remaining if landed else None)

    def _asks(self, flying: int) -> int:
        """All there may be where its share is used up, else a little more than is under way."""
        if self.need and (not self.shared or flying >= self.mine):
            return self.ceiling
        return min(self.ceiling, self.need + 1 + self.need // 8) if self.need else 0

    def learn(self, row: Shared, process: str, gates: Gates) -> None:
        """What holds now, and on top of it what has landed here meanwhile."""
        me = row.members.get(process)
        self.shared, self.gates = me is not None, gates
        self.part = me.share / max(row.pace.now, sum(one.share for one in row.members.values())) if me else 0.0
        now = pace.under(row.pace, concurrency(gates, row.pace.ceiling) or row.pace.ceiling)
        for back in self.backs:
            now = pace.slowed(now, back.at, back.seconds)
        self.moved(pace.within(pace.grown(now, self.landed), self.remaining if self.landed else None))
