"""How sure a ratio of two rates is: exact, without approximations that fail where few things happened."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

_STEPS = 60
"""Halvings of an interval of probabilities: more than a float can tell apart."""


_TAIL = 0.025
"""How often the truth may lie beyond each of the two bounds, at most."""


class Interval(NamedTuple):
    """Two bounds; the upper one may be infinite."""

    low: float
    high: float


def rate_ratio(before: int, exposure_before: float, after: int, exposure_after: float) -> Interval:
    """The exact 95 % interval of the ratio of two Poisson rates, after by before.

    Given how many things happened in all, how many of them happened after is binomial; its Clopper-Pearson interval is
    that of the ratio (Przyborowski and Wilenski, 1940).

    Args:
        before, after: how many things happened.
        exposure_before, exposure_after: in how many weeks, or lines; above zero.

    Raises:
        ValueError: an exposure is not above zero.
    """
    if exposure_before <= 0 or exposure_after <= 0:
        raise ValueError("nothing can be divided by an exposure of nothing")
    share = proportion(after, before + after)
    scale = exposure_before / exposure_after
    high = math.inf if share.high >= 1 else scale * share.high / (1 - share.high)
    return Interval(scale * share.low / (1 - share.low) if share.low < 1 else math.inf, high)


def proportion(hits: int, of: int) -> Interval:
    """The 95 % Clopper-Pearson interval of a proportion; of nothing, everything is possible."""
    low = 0.0 if hits == 0 else _solved(lambda p: _at_least(hits, of, p) < _TAIL)
    high = 1.0 if hits == of else _solved(lambda p: _at_least(hits + 1, of, p) < 1 - _TAIL)
    return Interval(low, high)


def _solved(is_below: Callable[[float], bool]) -> float:
    """Where a condition that holds for small probabilities ceases to hold."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return (low + high) / 2


def _at_least(hits: int, of: int, p: float) -> float:
    """The probability of so many hits or more, summed over the shorter side."""
    if p <= 0 or p >= 1:
        return float(p >= 1 or hits == 0)
    if hits > of * p:
        return math.fsum(_terms(range(hits, of + 1), of, p))
    return 1 - math.fsum(_terms(range(hits - 1, -1, -1), of, p))


def _terms(counts: range, of: int, p: float) -> list[float]:
    """Probabilities of counts away from the middle; those that add nothing any more are left out."""
    found: list[float] = []
    log_p, log_q, all_ = math.log(p), math.log1p(-p), math.lgamma(of + 1)
    for count in counts:
        term = math.exp(
            all_ - math.lgamma(count + 1) - math.lgamma(of - count + 1) + count * log_p + (of - count) * log_q
        )
        found.append(term)
        if term < 1e-18 and len(found) > 1 and term < found[-2]:
            break
    return found
