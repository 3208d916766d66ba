"""Rounding of time, against fractions; shares add up to the last second."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.billing.rounding import (
    RoundingMode,
    RoundingPolicy,
    RoundingUnit,
    allocate,
    hundredths,
)
from plugin.domain.errors import InvalidInput

seconds = st.integers(min_value=1, max_value=200_000)


def by_fraction(value: int, mode: RoundingMode, minutes: int) -> int:
    steps = Fraction(value, minutes * 60)
    counted = {
        RoundingMode.UP: math.ceil(steps),
        RoundingMode.DOWN: math.floor(steps),
        RoundingMode.NEAREST: math.floor(steps + Fraction(1, 2)),
    }
    return value if mode is RoundingMode.EXACT else counted[mode] * minutes * 60


@given(seconds, st.sampled_from(RoundingMode), st.integers(1, 60), st.integers(0, 480))
def test_time_rounds_to_the_increment_and_keeps_the_minimum(
    value: int, mode: RoundingMode, step: int, minimum: int
) -> None:
    policy = RoundingPolicy(RoundingUnit.WORKLOG, mode, step, minimum)
    assert policy.round_seconds(value) == max(by_fraction(value, mode, step), minimum * 60)


def test_complaint_C42_per_started_half_hour() -> None:
    policy = RoundingPolicy(RoundingUnit.WORKLOG, RoundingMode.UP, 30)
    assert hundredths(policy.round_seconds(31 * 60)) == 100
    assert hundredths(policy.round_seconds(30 * 60)) == 50
    assert policy.round_seconds(0) == 0


@pytest.mark.parametrize(("increment", "minimum"), [(0, 0), (61, 0), (-1, 0), (15, -1), (15, 481), (True, 0)])
def test_odd_policies_are_refused(increment: int, minimum: int) -> None:
    with pytest.raises(InvalidInput, match="minutes"):
        RoundingPolicy(RoundingUnit.LINE, RoundingMode.UP, increment, minimum)


@given(st.integers(min_value=0, max_value=10**7))
def test_hundredths_round_half_up(value: int) -> None:
    assert hundredths(value) == math.floor(Fraction(value, 36) + Fraction(1, 2))


@given(
    st.integers(min_value=0, max_value=10**6),
    st.booleans(),
    st.lists(st.integers(min_value=0, max_value=10**5), min_size=1, max_size=12).filter(any),
)
def test_shares_add_up_and_stay_within_one_unit_of_proportion(total: int, whole: bool, weights: list[int]) -> None:
    total = total // 36 * 36 if whole else total
    unit = 36 if total % 36 == 0 else 1
    shares = allocate(total, weights)
    assert sum(shares) == total
    assert all(share >= 0 for share in shares)
    if total == sum(weights):
        assert list(shares) == weights
        return
    for share, weight in zip(shares, weights, strict=True):
        assert share % unit == 0
        assert abs(share - Fraction(total * weight, sum(weights))) < unit


def test_nothing_cannot_be_shared_among_nothing() -> None:
    with pytest.raises(InvalidInput, match="shared out"):
        allocate(3600, [0, 0])
