"""The ledger: balances by plain sums, states that follow, receipts, and what an entry means for the ladder."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.billing.states import TRANSITIONS, InvoiceState
from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.money import Currency, Money
from plugin.domain.payments.ledger import (
    EntryKind,
    LadderEffect,
    Ledger,
    LedgerEntry,
    add_entry,
)

EUR, USD = Currency("EUR", 2), Currency("USD", 2)
DAY = date(2026, 12, 1)


def entry(
    entry_id: str, minor: int, kind: EntryKind = EntryKind.PAYMENT, *, reverses: str | None = None, on: date = DAY
) -> LedgerEntry:
    return LedgerEntry(entry_id, kind, Money(minor, EUR), on, reverses)


def ledger(*entries: LedgerEntry, gross: int = 100_000, tolerance: int = 0) -> Ledger:
    found = Ledger(Money(gross, EUR), (), tolerance)
    for each in entries:
        found = add_entry(found, each).ledger
    return found


def test_req_F08_a_part_payment_leaves_the_rest_to_ask_for() -> None:
    change = add_entry(ledger(), entry("p", 40_000))
    assert (change.due_before.minor, change.due_after.minor) == (100_000, 60_000)
    assert (change.state_before, change.state_after) == (InvoiceState.ISSUED, InvoiceState.PART_PAID)
    assert change.ladder is LadderEffect.CONTINUE_WITH_REST
    assert change.receipt is not None
    assert (change.receipt.received.minor, change.receipt.due_after.minor) == (40_000, 60_000)


def test_a_full_payment_stops_the_ladder_and_says_so() -> None:
    change = add_entry(ledger(entry("a", 40_000)), entry("b", 60_000))
    assert (change.state_after, change.ladder) == (InvoiceState.PAID, LadderEffect.STOP)
    assert change.receipt is not None
    assert not change.receipt.due_after


def test_an_overpayment_is_shown_and_asks_for_nothing() -> None:
    change = add_entry(ledger(), entry("p", 100_500))
    assert (change.ledger.balance.minor, change.ledger.amount_due.minor, change.ledger.overpaid.minor) == (-500, 0, 500)
    assert change.state_after is InvoiceState.PAID
    assert change.receipt is not None
    assert change.receipt.overpaid.minor == 500


def test_a_reversal_brings_the_ladder_back_with_the_right_amount() -> None:
    change = add_entry(ledger(entry("p", 100_000)), entry("r", 30_000, EntryKind.REVERSAL, reverses="p"))
    assert (change.state_after, change.ladder, change.due_after.minor) == (
        InvoiceState.PART_PAID,
        LadderEffect.RESUME,
        30_000,
    )
    assert change.receipt is None
    back = add_entry(change.ledger, entry("r2", 70_000, EntryKind.REVERSAL, reverses="p"))
    assert (back.state_after, back.due_after.minor) == (InvoiceState.ISSUED, 100_000)


def test_law_L40_a_full_credit_ends_the_invoice() -> None:
    change = add_entry(ledger(gross=23_800), entry("c", 23_800, EntryKind.CREDIT))
    assert (change.state_after, change.ladder, change.due_after.minor) == (InvoiceState.CREDITED, LadderEffect.STOP, 0)


def test_a_part_credit_lowers_what_is_due_without_a_payment() -> None:
    change = add_entry(ledger(), entry("c", 20_000, EntryKind.CREDIT))
    assert (change.state_after, change.due_after.minor) == (InvoiceState.ISSUED, 80_000)


def test_a_write_off_ends_the_invoice_and_can_be_taken_back() -> None:
    written = add_entry(ledger(entry("p", 40_000)), entry("w", 60_000, EntryKind.WRITE_OFF))
    assert (written.state_after, written.ladder) == (InvoiceState.WRITTEN_OFF, LadderEffect.STOP)
    back = add_entry(written.ledger, entry("r", 60_000, EntryKind.REVERSAL, reverses="w"))
    assert (back.state_after, back.ladder) == (InvoiceState.PART_PAID, LadderEffect.RESUME)


@pytest.mark.parametrize(("paid", "due", "state"), [(99_700, 0, "paid"), (99_699, 301, "part_paid")])
def test_a_rest_within_the_tolerance_is_not_asked_for(paid: int, due: int, state: str) -> None:
    subject = ledger(entry("p", paid), tolerance=300)
    assert (subject.amount_due.minor, subject.invoice_state) == (due, state)


REFUSED = [
    (entry("c", 100_001, EntryKind.CREDIT), "amount", "more than the"),
    (entry("w", 60_001, EntryKind.WRITE_OFF), "amount", "cannot be written off"),
    (entry("r", 40_001, EntryKind.REVERSAL, reverses="p"), "amount", "cannot be taken back"),
    (entry("r", 1, EntryKind.REVERSAL, reverses="nothing"), "reverses", "no entry nothing"),
    (entry("r", 1, EntryKind.REVERSAL, reverses="c0"), "reverses", "cannot be reversed"),
    (entry("r", 1, EntryKind.REVERSAL, reverses="p", on=DAY - timedelta(days=1)), "on", "before its entry"),
    (LedgerEntry("p2", EntryKind.PAYMENT, Money(100, USD), DAY), "amount", "in EUR"),
]


@pytest.mark.parametrize(("odd", "field", "words"), REFUSED)
def test_entries_that_cannot_be_are_refused(odd: LedgerEntry, field: str, words: str) -> None:
    subject = ledger(entry("p", 40_000), entry("c0", 1, EntryKind.CREDIT))
    with pytest.raises(InvalidInput, match=words) as refusal:
        add_entry(subject, odd)
    assert refusal.value.field == field


def test_the_same_entry_twice_is_a_conflict() -> None:
    with pytest.raises(Conflict, match="recorded already"):
        ledger(entry("p", 1), entry("p", 1))


def test_entries_have_amounts_above_zero_and_reversals_a_target() -> None:
    for minor in (0, -100):
        with pytest.raises(InvalidInput, match="above zero"):
            entry("p", minor)
    with pytest.raises(InvalidInput, match="names the entry"):
        entry("r", 1, EntryKind.REVERSAL)
    with pytest.raises(InvalidInput, match="names the entry"):
        entry("p", 1, reverses="q")


moves = st.lists(st.tuples(st.sampled_from(EntryKind), st.integers(1, 1_500), st.integers(0, 10)), max_size=14)


@settings(max_examples=300)
@given(st.integers(1, 2_000), st.integers(0, 20), moves)
def test_balances_are_plain_sums_and_states_move_along_listed_steps(
    gross: int, tolerance: int, steps: list[tuple[EntryKind, int, int]]
) -> None:
    """The oracle keeps one number per kind; refused entries change nothing."""
    subject = ledger(gross=gross, tolerance=tolerance)
    sums = dict.fromkeys(EntryKind, 0)
    reversible: dict[str, int] = {}
    kinds: dict[str, EntryKind] = {}
    for at, (kind, minor, pick) in enumerate(steps):
        target = None
        if kind is EntryKind.REVERSAL:
            if not reversible:
                continue
            target = sorted(reversible)[pick % len(reversible)]
        refused = (
            (target is not None and minor > reversible[target])
            or (kind is EntryKind.CREDIT and sums[EntryKind.CREDIT] + minor > gross)
            or (kind is EntryKind.WRITE_OFF and minor > gross - sum(sums.values()))
        )
        candidate = entry(f"e{at}", minor, kind, reverses=target)
        if refused:
            with pytest.raises(InvalidInput):
                add_entry(subject, candidate)
            continue
        change = add_entry(subject, candidate)
        if target is not None:
            reversible[target] -= minor
            sums[kinds[target]] -= minor
        else:
            sums[kind] += minor
            kinds[candidate.entry_id] = kind
            if kind is not EntryKind.CREDIT:
                reversible[candidate.entry_id] = minor
        balance = gross - sum(sums.values())
        due = balance if balance > tolerance else 0
        after = change.ledger
        assert after.balance.minor == balance
        assert (after.paid.minor, after.credited.minor, after.written_off.minor) == (
            sums[EntryKind.PAYMENT],
            sums[EntryKind.CREDIT],
            sums[EntryKind.WRITE_OFF],
        )
        assert (after.amount_due.minor, after.overpaid.minor) == (due, max(-balance, 0))
        assert change.due_after.minor == due
        assert change.state_after is change.state_before or change.state_after in TRANSITIONS[change.state_before]
        assert (change.ladder is LadderEffect.STOP) == (change.due_before.minor > 0 and due == 0)
        assert (change.ladder is LadderEffect.RESUME) == (change.due_before.minor == 0 and due > 0)
        assert (change.receipt is not None) == (kind is EntryKind.PAYMENT)
        subject = after
    assert ledger(*subject.entries, gross=gross, tolerance=tolerance) == subject
