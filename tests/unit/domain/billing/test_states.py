"""The life of an invoice: only the listed steps; overdue and bucket follow from dates."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.billing.states import (
    ISSUED_STATES,
    OPEN,
    Bucket,
    InvoiceState,
    check_editable,
    standing,
    transition,
)
from plugin.domain.errors import Conflict

LISTED = {
    ("draft", "submitted"),
    ("draft", "issued"),
    ("submitted", "approved"),
    ("submitted", "draft"),
    ("approved", "issued"),
    ("approved", "draft"),
    ("written_off", "credited"),
    *product(["issued"], ["part_paid", "paid", "credited", "written_off"]),
    *product(["part_paid"], ["issued", "paid", "credited", "written_off"]),
    *product(["paid"], ["issued", "part_paid", "credited", "written_off"]),
    *product(["written_off"], ["issued", "part_paid", "paid"]),
}


@pytest.mark.parametrize(("current", "wanted"), list(product(InvoiceState, InvoiceState)))
def test_only_listed_steps_are_taken(current: InvoiceState, wanted: InvoiceState) -> None:
    if (current.value, wanted.value) in LISTED:
        assert transition(current, wanted) is wanted
        return
    with pytest.raises(Conflict) as refusal:
        transition(current, wanted, name="invoice INV-2026-0042")
    assert refusal.value.sentence.startswith("Invoice INV-2026-0042 is ")
    assert "; " in refusal.value.sentence


def test_the_sentence_says_what_to_do_instead() -> None:
    with pytest.raises(Conflict, match="is part-paid and cannot become draft; record the rest"):
        transition(InvoiceState.PART_PAID, InvoiceState.DRAFT)


@pytest.mark.parametrize("state", InvoiceState)
def test_invariant_I6_only_drafts_change(state: InvoiceState) -> None:
    if state is InvoiceState.DRAFT:
        check_editable(state)
        return
    with pytest.raises(Conflict, match="cannot be changed or deleted"):
        check_editable(state)


def test_something_is_owed_only_on_issued_documents() -> None:
    assert OPEN < ISSUED_STATES
    assert InvoiceState.DRAFT not in ISSUED_STATES


def bucket_by_table(late: int) -> Bucket:
    table = [(0, Bucket.NOT_DUE), (30, Bucket.DAYS_1_30), (60, Bucket.DAYS_31_60), (90, Bucket.DAYS_61_90)]
    return next((bucket for most, bucket in table if late <= most), Bucket.DAYS_OVER_90)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-200, 200), st.integers(-5, 10**6))
def test_standing_follows_from_dates_and_balance(due: date, offset: int, balance: int) -> None:
    today = due + timedelta(days=offset)
    now = standing(due, balance, today=today)
    assert now.overdue == (balance > 0 and today > due)
    assert now.days_late == (max(offset, 0) if balance > 0 else 0)
    assert now.bucket is (bucket_by_table(offset) if balance > 0 else Bucket.SETTLED)


@pytest.mark.parametrize(
    ("late", "bucket"),
    [
        (0, "not_due"),
        (1, "1_30"),
        (30, "1_30"),
        (31, "31_60"),
        (60, "31_60"),
        (61, "61_90"),
        (90, "61_90"),
        (91, "90_plus"),
    ],
)
def test_buckets_change_on_the_day_after_their_last(late: int, bucket: str) -> None:
    due = date(2026, 12, 10)
    assert standing(due, 100, today=due + timedelta(days=late)).bucket == bucket
