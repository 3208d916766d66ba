"""Payment plans: exact sums, days, what is paid, and when a plan is broken."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.errors import InvalidInput
from plugin.domain.money import Currency, Money
from plugin.domain.payments.instalments import MOST, Part, Rhythm, broken_on, check_parts, split, standing

EUR = Currency("EUR", 2)
TODAY = date(2026, 12, 1)


def eur(minor: int) -> Money:
    return Money(minor, EUR)


def part(day: date, minor: int) -> Part:
    return Part(day, eur(minor))


THREE = (part(date(2026, 12, 10), 40_000), part(date(2027, 1, 10), 40_000), part(date(2027, 2, 10), 40_000))


@given(
    minor=st.integers(MOST, 10**12),
    count=st.integers(2, MOST),
    first=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    rhythm=st.sampled_from(list(Rhythm)),
)
def test_req_F45_equal_parts_add_up_to_the_cent_on_rising_days(
    minor: int, count: int, first: date, rhythm: Rhythm
) -> None:
    parts = split(eur(minor), count=count, first=first, rhythm=rhythm)
    amounts = [each.amount.minor for each in parts]
    assert (len(parts), sum(amounts), parts[0].due_on) == (count, minor, first)
    assert max(amounts) - min(amounts) <= 1
    assert all(31 >= (later.due_on - each.due_on).days >= 7 for each, later in itertools.pairwise(parts))
    check_parts(parts, owed=eur(minor), today=first)


def test_monthly_parts_of_the_31st_fall_on_the_last_day_of_shorter_months() -> None:
    days = [each.due_on for each in split(eur(30_000), count=3, first=date(2026, 12, 31), rhythm=Rhythm.MONTH)]
    assert days == [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]


@given(paid=st.integers(-10, 200_000), grace=st.integers(0, 30))
def test_req_F45_money_pays_the_oldest_part_first(paid: int, grace: int) -> None:
    stands = standing(THREE, paid=eur(paid))
    assert sum(each.paid.minor for each in stands) == min(max(paid, 0), 120_000)
    # A part gets money only when all before it are paid: counted here one unit at a time, as a cashier would.
    covered = [min(max(paid - 40_000 * place, 0), 40_000) for place in range(3)]
    assert [each.paid.minor for each in stands] == covered
    first_open = next((place for place, amount in enumerate(covered) if amount < 40_000), None)
    expected = None if first_open is None else THREE[first_open].due_on + timedelta(days=grace + 1)
    assert broken_on(THREE, paid=eur(paid), grace_days=grace) == expected


def test_req_F45_the_second_of_three_parts_five_days_late_breaks_the_plan() -> None:
    assert broken_on(THREE, paid=eur(40_000), grace_days=4) == date(2027, 1, 15)
    assert broken_on(THREE, paid=eur(80_000), grace_days=4) == date(2027, 2, 15)
    assert broken_on(THREE, paid=eur(120_000), grace_days=4) is None


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (THREE[:1], "2 to 12"),
        ((*THREE, *THREE, *THREE, *THREE, THREE[0]), "2 to 12"),
        ((THREE[0], part(date(2026, 12, 10), 80_000)), "later day"),
        ((THREE[1], THREE[0], THREE[2]), "later day"),
        ((part(date(2026, 11, 30), 60_000), part(date(2026, 12, 30), 60_000)), "over already"),
        ((part(date(2026, 12, 10), 60_000), part(date(2029, 1, 1), 60_000)), "two years"),
        ((part(date(2026, 12, 10), 120_000), part(date(2027, 1, 10), 0)), "above zero"),
        ((THREE[0], part(date(2027, 1, 10), 79_999)), "have to match"),
        ((THREE[0], part(date(2027, 1, 10), 80_001)), "have to match"),
        ((THREE[0], Part(date(2027, 1, 10), Money(80_000, Currency("CHF", 2)))), "in EUR"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(parts: tuple[Part, ...], words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        check_parts(parts, owed=eur(120_000), today=TODAY)
    assert refused.value.field == "parts"


@pytest.mark.parametrize("count", [1, 13])
def test_too_few_or_too_many_parts_are_refused(count: int) -> None:
    with pytest.raises(InvalidInput, match="2 to 12"):
        split(eur(120_000), count=count, first=TODAY, rhythm=Rhythm.MONTH)
    with pytest.raises(InvalidInput, match="cannot be split"):
        split(eur(1), count=2, first=TODAY, rhythm=Rhythm.WEEK)
