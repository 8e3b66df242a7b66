"""What a comparison shows, in plain words, and only where a test or an interval says so."""

from __future__ import annotations

from collections.abc import Iterator

from onedoor.quality.matrix import Column, Figures, Pair

MOST = 6
"""Most pairs put into words: those with the best candidate."""

FEW = 30
"""Below so many cases a difference that isn't seen may well be there."""

NOTABLE = 1.2
"""How many times as slow is worth a word."""


def sentences(figures: Figures) -> tuple[str, ...]:
    """The verdict, the most telling sentence first."""
    if not any(column.asked for column in figures.columns):
        return ("Nothing has been answered yet.",)
    judged = [column for column in figures.columns if column.judged]
    if not judged:
        nobody = "No answer has a verdict: give cases `expected` or `check`, or name a judge."
        return (nobody, *_only_costs(figures))
    best = min(judged, key=_goodness)
    pairs = [pair for pair in figures.pairs if best.name in (pair.one, pair.other)][:MOST]
    told = [_sentence(figures, best, pair) for pair in pairs]
    return tuple(told) if told else (_alone(best),)


def _goodness(column: Column) -> tuple[float, float]:
    """The highest accept rate, the cheapest of equals."""
    mean = column.mean_nano_usd
    return -(column.rate or 0.0), float("inf") if mean is None else mean


def _alone(column: Column) -> str:
    interval = f"95 % interval {column.low * 100:.0f} to {column.high * 100:.0f} %"
    return f"`{column.name}` is right in {column.accepted} of {column.judged} cases ({interval})."


def _sentence(figures: Figures, best: Column, pair: Pair) -> str:
    """The best candidate against another one: the quality, then what is saved."""
    other = figures.column(pair.other if pair.one == best.name else pair.one)
    wins, losses = (pair.wins, pair.losses) if pair.one == best.name else (pair.losses, pair.wins)
    if pair.told_apart and wins != losses:
        ahead, behind = (best, other) if wins > losses else (other, best)
        counts = f"better in {max(wins, losses)}, worse in {min(wins, losses)} of {pair.cases}, p {_p(pair.p_holm)}"
        first = f"`{ahead.name}` is better than `{behind.name}` ({counts})"
    else:
        where = "on only" if pair.cases < FEW else "on these"
        first = f"`{best.name}` and `{other.name}` can't be told apart {where} {pair.cases} cases"
    also = _gains(best, other, pair)
    return f"{first}{'; ' if also else ''}{also}."


def _gains(one: Column, other: Column, pair: Pair) -> str:
    """Who surely costs less and who is surely faster."""
    gains: dict[str, list[str]] = {}
    for name, gain in (*_cheaper(one, other, pair), *_faster(one, other, pair)):
        gains.setdefault(name, []).append(gain)
    return ", ".join(f"`{name}` {' and '.join(told)}" for name, told in gains.items())


def _cheaper(one: Column, other: Column, pair: Pair) -> Iterator[tuple[str, str]]:
    mine, theirs = one.mean_nano_usd, other.mean_nano_usd
    if (
        not pair.dearer_surely
        or mine is None
        or theirs is None
        or mine == theirs
        or not (one.answered and other.answered)
    ):
        return
    name, low, high = (one.name, mine, theirs) if mine < theirs else (other.name, theirs, mine)
    yield name, f"costs {_share(high / low)}" if low else "costs nothing"


def _faster(one: Column, other: Column, pair: Pair) -> Iterator[tuple[str, str]]:
    if not pair.slower_surely or one.seconds is None or other.seconds is None:
        return
    if max(one.seconds.p50, other.seconds.p50) < NOTABLE * min(one.seconds.p50, other.seconds.p50):
        return
    quick, slow = (one, other) if one.seconds.p50 < other.seconds.p50 else (other, one)
    if quick.seconds is not None and slow.seconds is not None:
        yield quick.name, f"is faster (p50 {_time(quick.seconds.p50)} against {_time(slow.seconds.p50)})"


def _only_costs(figures: Figures) -> Iterator[str]:
    for pair in figures.pairs[:MOST]:
        also = _gains(figures.column(pair.one), figures.column(pair.other), pair)
        if also:
            yield f"{also[0].upper()}{also[1:]} (`{pair.one}` against `{pair.other}`)."


def _share(ratio: float) -> str:
    if ratio < 1.5:
        return f"{100 / ratio:.0f} %"
    return f"1/{ratio:.0f}" if ratio >= 10 else f"1/{ratio:.2g}"


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1000:.0f} ms"


def _p(value: float) -> str:
    return f"= {value:.3f}" if value >= 0.001 else "below 0.001"
