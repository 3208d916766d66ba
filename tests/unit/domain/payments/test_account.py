"""What a statement tells of an account adds up to what it lists, whatever was paid, taken back or contested."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.payments.account import Booked, Movement, movement

SINCE = datetime(2026, 10, 5, 9, tzinfo=UTC)
BEFORE, AFTER = SINCE - timedelta(days=9), SINCE + timedelta(days=9)


def told(issued: datetime, *entries: Booked, gross: int = 1000, listed: int) -> Movement:
    return movement(gross=gross, issued_at=issued, entries=entries, since=SINCE, listed=listed)


def test_complaint_C30_an_old_invoice_that_was_paid_in_part_before_and_after() -> None:
    entries = (Booked(BEFORE, 200, True), Booked(AFTER, 300, True))
    assert told(BEFORE, *entries, listed=500) == Movement(previous=800, billed=0, received=300)


def test_complaint_C30_a_new_invoice_with_a_credit_note() -> None:
    assert told(AFTER, Booked(AFTER, 100, False), listed=900) == Movement(previous=0, billed=900, received=0)


def test_complaint_C30_billed_and_paid_in_between() -> None:
    assert told(AFTER, Booked(AFTER, 1000, True), listed=0) == Movement(previous=0, billed=1000, received=1000)


def test_complaint_C30_a_chargeback_is_received_no_more() -> None:
    entries = (Booked(BEFORE, 1000, True), Booked(AFTER, -1000, True))
    assert told(BEFORE, *entries, listed=1000) == Movement(previous=0, billed=0, received=-1000)


def test_complaint_C30_what_is_contested_stands_in_no_figure() -> None:
    assert told(BEFORE, listed=600) == Movement(previous=600, billed=0, received=0)
    assert told(AFTER, listed=600) == Movement(previous=0, billed=600, received=0)


def test_complaint_C30_what_was_paid_too_much_is_not_received_beyond_what_was_owed() -> None:
    assert told(BEFORE, Booked(AFTER, 1200, True), listed=0) == Movement(previous=1000, billed=0, received=1000)


ENTRIES = st.lists(
    st.builds(
        Booked,
        st.integers(-20, 20).filter(bool).map(lambda days: SINCE + timedelta(days=days)),
        st.integers(1, 400),
        st.booleans(),
    ),
    max_size=6,
)


@given(ENTRIES, st.integers(1, 3000), st.booleans(), st.floats(0, 1))
def test_complaint_C30_the_figures_add_up_to_what_is_listed(
    entries: list[Booked], gross: int, is_new: bool, share: float
) -> None:
    known = [entry for entry in entries if not is_new or entry.at > SINCE]
    balance = max(gross - sum(entry.lowers for entry in known), 0)
    listed = int(balance * share)
    found = told(AFTER if is_new else BEFORE, *known, gross=gross, listed=listed)
    assert found.previous + found.billed - found.received == listed
    if is_new:
        assert found.previous == 0
    assert found.previous >= 0


@given(ENTRIES, st.integers(3000, 9000))
def test_complaint_C30_what_is_not_contested_is_told_to_the_cent(entries: list[Booked], gross: int) -> None:
    """Added up entry by entry, as a person would with the account before them."""
    open_then = billed = received = 0
    running = gross
    for entry in sorted(entries, key=lambda one: one.at):
        running -= entry.lowers
        if entry.at > SINCE:
            received += entry.lowers if entry.is_payment else 0
            billed -= 0 if entry.is_payment else entry.lowers
        else:
            open_then -= entry.lowers
    found = told(BEFORE, *entries, gross=gross, listed=running)
    assert found == Movement(previous=gross + open_then, billed=billed, received=received)
