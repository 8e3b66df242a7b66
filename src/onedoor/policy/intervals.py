"""How far a share that was counted may be from the true one."""

from __future__ import annotations

import math

Z95 = 1.959963984540054
"""The two-sided 95 % quantile of the normal distribution."""


def wilson(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The Wilson score interval of a share; (0, 1) where nothing was counted.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    """
    if not n:
        return 0.0, 1.0
    share, spread = hits / n, z * z / n
    centre = share + spread / 2
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    low = (centre - half) / (1 + spread) if hits else 0.0
    high = (centre + half) / (1 + spread) if hits < n else 1.0
    return max(0.0, low), min(1.0, high)


def sign_test(wins: int, losses: int) -> float:
    """The two-sided p-value of so many wins against so many losses where neither is better; ties don't count.

    Exact, which for pairs of yes and no is McNemar's test.
    """
    n, k = wins + losses, min(wins, losses)
    if not n:
        return 1.0
    return min(1.0, 2.0 * math.fsum(math.exp(_log_choose(n, i) - n * math.log(2)) for i in range(k + 1)))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
