"""The interval of a ratio of rates, against scipy's."""

from __future__ import annotations

import math
import random

import pytest
from scipy import stats

from quality_gate.intervals import proportion, rate_ratio


@pytest.mark.parametrize("of", [1, 2, 7, 40, 300, 5000])
def test_a_proportion_is_scipys(of: int) -> None:
    chance = random.Random(of)
    for hits in {0, of, *(chance.randint(0, of) for _ in range(8))}:
        wanted = stats.binomtest(hits, of).proportion_ci(0.95, "exact")
        found = proportion(hits, of)
        assert found.low == pytest.approx(wanted.low, abs=1e-9)
        assert found.high == pytest.approx(wanted.high, abs=1e-9)


@pytest.mark.parametrize(
    ("before", "weeks_before", "after", "weeks_after"), [(40, 52, 9, 20), (3, 10, 0, 4), (500, 52, 450, 50)]
)
def test_a_ratio_of_rates_is_that_of_the_conditional_binomial(
    before: int, weeks_before: float, after: int, weeks_after: float
) -> None:
    share = stats.binomtest(after, before + after).proportion_ci(0.95, "exact")
    found = rate_ratio(before, weeks_before, after, weeks_after)
    assert found.low == pytest.approx(share.low / (1 - share.low) * weeks_before / weeks_after)
    assert found.high == pytest.approx(share.high / (1 - share.high) * weeks_before / weeks_after)


def test_where_nothing_happened_anything_is_possible() -> None:
    assert rate_ratio(0, 1, 0, 1) == (0, math.inf)
    assert rate_ratio(0, 10, 4, 10).high == math.inf
    assert rate_ratio(4, 10, 0, 10).low == 0


def test_the_same_rate_twice_holds_one() -> None:
    found = rate_ratio(100, 10, 50, 5)
    assert found.low < 1 < found.high


@pytest.mark.parametrize("exposures", [(0, 1), (1, 0), (-1, 1)])
def test_an_exposure_of_nothing_is_refused(exposures: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="exposure"):
        rate_ratio(1, exposures[0], 1, exposures[1])
