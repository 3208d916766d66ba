"""Interest by days: the worked examples of the law notes (L05-L13), and a day-by-day oracle in fractions."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.late_payment.claim import Claim, claim_on
from plugin.domain.late_payment.interest import Paid, Part
from plugin.domain.late_payment.profile import DayCount, Debtor, LawProfile, RateSelection
from plugin.domain.late_payment.profiles import PROFILES
from plugin.domain.money import Money
from tests.unit.domain.late_payment.cases import EU, EUR, GB, claimed, counted, day_by_day, euro, pound, with_rate

JULY = date(2026, 7, 1)


@pytest.mark.parametrize(("profile", "interest"), [("eu", "159.45"), ("ie", "146.71")])
def test_L05_the_rate_is_split_by_half_years_or_frozen_on_the_first_late_day(profile: str, interest: str) -> None:
    claim = claimed(euro("10000.00"), date(2023, 6, 10), date(2023, 7, 31), profile=PROFILES[profile])
    assert claim.interest == euro(interest)
    assert sum(segment.days for segment in claim.segments) == 51


@pytest.mark.parametrize(("principal", "interest"), [("1000.00", "8.48"), ("350.00", "2.97")])
def test_L06_segments_are_added_exactly_and_rounded_once(principal: str, interest: str) -> None:
    claim = claimed(euro(principal), date(2026, 6, 20), date(2026, 7, 20))
    assert [(one.days, str(one.rate)) for one in claim.segments] == [(10, "10.15"), (20, "10.40")]
    assert claim.interest == euro(interest)


@pytest.mark.parametrize(
    ("day_count", "year", "interest"),
    [(DayCount.DAYS_365, 2026, "85.48"), (DayCount.ACTUAL, 2028, "85.25"), (DayCount.DAYS_360, 2026, "86.67")],
)
def test_L06_a_year_has_365_days_360_or_its_own(day_count: DayCount, year: int, interest: str) -> None:
    profile = counted(with_rate(EU, date(year, 7, 1), "2.40"), day_count)
    claim = claimed(euro("10000.00"), date(year, 7, 1), date(year, 7, 31), profile=profile)
    assert claim.interest == euro(interest)


def test_L07_complaint_C33_after_a_part_payment_interest_runs_on_the_rest_only() -> None:
    paid = [Paid(date(2026, 7, 11), 400_00), Paid(date(2026, 7, 31), 600_00)]
    claim = claimed(euro("1000.00"), JULY, date(2026, 7, 31), paid=paid)
    assert [(one.principal, one.days) for one in claim.segments] == [(euro("1000.00"), 10), (euro("600.00"), 20)]
    assert claim.interest == euro("6.27")


def test_L09_interest_is_for_the_late_instalment_only() -> None:
    parts = [Part(date(2026, 7, 1), euro("400.00")), *(Part(date(2026, 8, day), euro("400.00")) for day in (30, 31))]
    claim = claim_on(parts, (), EU, debtor=Debtor.BUSINESS, until=date(2026, 7, 31))
    assert isinstance(claim, Claim)
    assert claim.interest == euro("3.42")


@pytest.mark.parametrize(
    ("principal", "due_on", "until", "interest"),
    [
        ("2000.00", date(2023, 12, 11), date(2024, 1, 20), "28.49"),
        ("1000.00", date(2023, 6, 29), date(2023, 7, 29), "9.45"),
        ("1000.00", date(2023, 6, 30), date(2023, 7, 30), "10.68"),
        ("5000.00", date(2026, 6, 30), date(2026, 9, 11), "117.50"),
        ("1000.00", date(2017, 12, 31), date(2018, 2, 19), "11.64"),
    ],
)
def test_L10_L13_the_british_rate_stays_for_the_life_of_the_debt(
    principal: str, due_on: date, until: date, interest: str
) -> None:
    claim = claimed(pound(principal), due_on, until, profile=GB)
    assert claim.interest == pound(interest)
    assert len(claim.segments) == 1


def test_a_payment_taken_back_lets_interest_run_again() -> None:
    paid = [Paid(date(2026, 7, 11), 1_000_00), Paid(date(2026, 7, 21), -1_000_00)]
    claim = claimed(euro("1000.00"), JULY, date(2026, 7, 31), paid=paid)
    assert [(one.first, one.last) for one in claim.segments] == [
        (date(2026, 7, 2), date(2026, 7, 11)),
        (date(2026, 7, 22), date(2026, 7, 31)),
    ]


def test_two_half_years_of_one_rate_are_one_segment() -> None:
    claim = claimed(euro("1000.00"), date(2025, 12, 1), date(2026, 1, 31))
    assert [one.days for one in claim.segments] == [61]


days = st.dates(date(2023, 7, 1), date(2026, 12, 20))
amounts = st.integers(1, 5_000_000)
paid_parts = st.lists(st.builds(Paid, days, st.integers(-2_000_000, 4_000_000)), max_size=5)
profiles = st.builds(
    replace,
    st.sampled_from([EU, PROFILES["fr"], PROFILES["ie"]]),
    day_count=st.sampled_from(DayCount),
    rate_selection=st.sampled_from(RateSelection),
)


@given(
    parts=st.lists(st.tuples(days, amounts), min_size=1, max_size=3),
    paid=paid_parts,
    profile=profiles,
    length=st.integers(1, 500),
)
def test_req_F24_interest_is_what_a_walk_over_every_day_adds_up_to(
    parts: list[tuple[date, int]], paid: list[Paid], profile: LawProfile, length: int
) -> None:
    debt = [Part(due_on, Money(minor, EUR)) for due_on, minor in parts]
    until = min(min(due_on for due_on, _ in parts) + timedelta(days=length), date(2026, 12, 31))
    claim = claim_on(debt, paid, profile, debtor=Debtor.BUSINESS, until=until)
    expected = day_by_day(debt, paid, profile, until)
    if not isinstance(claim, Claim):
        assert expected == 0
        return
    assert sum((segment.interest for segment in claim.segments), Fraction(0)) == expected
    assert abs(Fraction(claim.interest.minor) - expected) <= Fraction(1, 2)
    assert all(segment.first <= segment.last and segment.principal.minor > 0 for segment in claim.segments)
