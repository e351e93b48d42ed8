"""Is a difference between groups more than chance? Pearson's chi-square, with its plain reading."""

import math
from dataclasses import dataclass

import numpy as np

LEVEL = 0.05
# Cochran's rule: the test may be trusted where few of the expected counts are small.
SMALL, SMALL_SHARE = 5, 0.2


@dataclass(frozen=True)
class Result:
    """The test, or in `reason` why there is none; `reading` is the sentence for people."""

    statistic: float = 0.0
    freedom: int = 0
    p: float = 1.0
    reason: str = ""

    @property
    def differs(self) -> bool:
        return not self.reason and self.p < LEVEL

    @property
    def reading(self) -> str:
        if self.reason:
            return self.reason
        if self.differs:
            return "区分による答えの違いは、偶然だけでは起こりにくい大きさです（有意水準5％）。"
        return "区分による答えの違いは、偶然でも起こりうる大きさです（有意水準5％）。違いがあるとはいえません。"


def chi_square(cells: np.ndarray) -> Result:
    """Test counts (groups × answers, each person once, 無回答 left out)."""
    cells = cells[cells.sum(axis=1) > 0][:, cells.sum(axis=0) > 0]
    if min(cells.shape) < 2:
        return Result(reason="比べられる区分や答えが2つ以上ないため、検定はしていません。")
    total = cells.sum()
    expected = np.outer(cells.sum(axis=1), cells.sum(axis=0)) / total
    if expected.min() < 1 or (expected < SMALL).mean() > SMALL_SHARE:
        return Result(reason="人数の少ない区分や答えがあるため、検定はしていません。")
    statistic = float(((cells - expected) ** 2 / expected).sum())
    freedom = (cells.shape[0] - 1) * (cells.shape[1] - 1)
    return Result(statistic, freedom, upper_tail(statistic, freedom))


def upper_tail(statistic: float, freedom: int) -> float:
    """The probability of a chi-square at least as large: the regularized upper incomplete gamma function."""
    a, x = freedom / 2, statistic / 2
    if x <= 0:
        return 1.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    return 1 - front * _series(a, x) if x < a + 1 else front * _fraction(a, x)


def _series(a: float, x: float) -> float:
    term = total = 1 / a
    step = a
    while abs(term) > abs(total) * 1e-15:
        step += 1
        term *= x / step
        total += term
    return total


def _fraction(a: float, x: float) -> float:
    """Lentz's way through the continued fraction."""
    b = x + 1 - a
    c, d = 1e300, 1 / b
    value = d
    for step in range(1, 10_000):
        factor = -step * (step - a)
        b += 2
        d = 1 / (factor * d + b)
        c = b + factor / c
        value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return value
