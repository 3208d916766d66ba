"""What stands on debit notes is not claimed again: no day twice, the fixed sum once, whatever rates and payments."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.late_payment.claim import Claim, NoClaim, NoClaimCode, Noted, beyond
from plugin.domain.late_payment.interest import Paid, Part
from plugin.domain.money import Money
from tests.unit.domain.late_payment.cases import EU, EUR, claimed, day_by_day, euro

DUE = date(2026, 6, 20)
DEBT = euro("1000.00")


def rest(until: date, noted: Noted, *, paid: tuple[Paid, ...] = ()) -> Claim | NoClaim:
    return beyond(claimed(DEBT, DUE, until, paid=paid), noted)


def test_L06_the_next_note_begins_the_day_after_the_last_one() -> None:
    found = rest(date(2026, 7, 20), Noted(date(2026, 6, 30), euro("40.00")))
    assert isinstance(found, Claim)
    assert [(one.first, one.last, str(one.rate)) for one in found.segments] == [
        (date(2026, 7, 1), date(2026, 7, 20), "10.40")
    ]
    assert (found.interest, found.fixed_sum, found.offered) == (euro("5.70"), euro("0.00"), euro("0.00"))


def test_L08_a_fixed_sum_that_no_note_carries_yet_is_left_to_claim() -> None:
    found = rest(date(2026, 7, 20), Noted(date(2026, 7, 20), euro("0.00")))
    assert isinstance(found, Claim)
    assert (found.segments, found.interest, found.fixed_sum) == ((), euro("0.00"), euro("40.00"))


def test_nothing_is_left_where_notes_claim_it_all() -> None:
    paid = (Paid(date(2026, 7, 10), 1_000_00),)
    found = rest(date(2026, 9, 1), Noted(date(2026, 7, 10), euro("40.00")), paid=paid)
    assert isinstance(found, NoClaim)
    assert found.code is NoClaimCode.NOTED


days = st.integers(1, 400).map(lambda number: DUE + timedelta(days=number))


@given(days, days, st.lists(st.tuples(days, st.integers(1, 60_000)), max_size=3))
def test_L07_two_notes_together_claim_each_day_once(one: date, two: date, money: list[tuple[date, int]]) -> None:
    """Against the walk over all days: what the first note has and what the second has is the whole, exactly."""
    first, last = min(one, two), max(one, two)
    first, last = (min(day, date(2026, 12, 31)) for day in (first, last))
    paid = tuple(Paid(on, minor) for on, minor in money)
    before = claimed(DEBT, DUE, first, paid=paid)
    after = beyond(claimed(DEBT, DUE, last, paid=paid), Noted(first, before.fixed_sum))
    later = sum((segment.interest for segment in after.segments), Fraction(0)) if isinstance(after, Claim) else 0
    both = sum((segment.interest for segment in before.segments), Fraction(0)) + later
    whole = day_by_day([Part(DUE, DEBT)], paid, EU, last)
    assert both == whole or (isinstance(after, NoClaim) and whole - both < Fraction(1, 2))
    if isinstance(after, Claim):
        assert after.fixed_sum == Money(0, EUR)
        assert all(segment.first > first for segment in after.segments)
