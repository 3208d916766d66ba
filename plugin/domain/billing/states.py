"""The states of an invoice and the steps between them. Overdue and its bucket are derived, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plugin.domain.errors import Conflict


class InvoiceState(StrEnum):
    """Where an invoice stands; part-paid and paid follow from the ledger."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    ISSUED = "issued"
    PART_PAID = "part_paid"
    PAID = "paid"
    CREDITED = "credited"
    WRITTEN_OFF = "written_off"


class Bucket(StrEnum):
    """Ageing of what is open, by days since the due date."""

    SETTLED = "settled"
    NOT_DUE = "not_due"
    DAYS_1_30 = "1_30"
    DAYS_31_60 = "31_60"
    DAYS_61_90 = "61_90"
    DAYS_OVER_90 = "90_plus"


_S = InvoiceState
_LEDGER_STATES = frozenset({_S.ISSUED, _S.PART_PAID, _S.PAID, _S.CREDITED, _S.WRITTEN_OFF})
TRANSITIONS: Mapping[InvoiceState, frozenset[InvoiceState]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED, _S.ISSUED}),
    _S.SUBMITTED: frozenset({_S.APPROVED, _S.DRAFT}),
    _S.APPROVED: frozenset({_S.ISSUED, _S.DRAFT}),
    _S.ISSUED: frozenset({_S.PART_PAID, _S.PAID, _S.CREDITED, _S.WRITTEN_OFF}),
    _S.PART_PAID: frozenset({_S.ISSUED, _S.PAID, _S.CREDITED, _S.WRITTEN_OFF}),
    _S.PAID: frozenset({_S.ISSUED, _S.PART_PAID, _S.CREDITED, _S.WRITTEN_OFF}),
    _S.CREDITED: frozenset(),
    _S.WRITTEN_OFF: frozenset({_S.ISSUED, _S.PART_PAID, _S.PAID, _S.CREDITED}),
}
"""Draft and submitted may be taken back; after issue only the ledger moves the state, and refunds move it back."""
del _S

EDITABLE = frozenset({InvoiceState.DRAFT})
OPEN = frozenset({InvoiceState.ISSUED, InvoiceState.PART_PAID})
"""States in which something is owed and the ladder runs."""
ISSUED_STATES = _LEDGER_STATES
"""States of a document that the client has; it never changes (I6)."""

_WHAT_NOW: Mapping[InvoiceState, str] = {
    InvoiceState.DRAFT: "submit or issue it first",
    InvoiceState.SUBMITTED: "approve it, or take it back to draft",
    InvoiceState.APPROVED: "issue it, or take it back to draft",
    InvoiceState.ISSUED: "record a payment, or correct it with a credit note",
    InvoiceState.PART_PAID: "record the rest, or correct it with a credit note",
    InvoiceState.PAID: "reverse the payment first, or correct it with a credit note",
    InvoiceState.CREDITED: "nothing more happens to it; bill again with a new invoice",
    InvoiceState.WRITTEN_OFF: "reverse the write-off first",
}


def transition(current: InvoiceState, wanted: InvoiceState, *, name: str = "the invoice") -> InvoiceState:
    """``wanted``, when the step from ``current`` is listed; otherwise Conflict with what can be done instead."""
    if wanted in TRANSITIONS[current]:
        return wanted
    refused = "already" if wanted is current else f"and cannot become {_words(wanted)}"
    sentence = f"{_capital(name)} is {_words(current)} {refused}; {_WHAT_NOW[current]}."
    raise Conflict(sentence, field="state")


def check_editable(state: InvoiceState, *, name: str = "the invoice") -> None:
    """Raises Conflict unless the invoice is a draft: content changes and deletion are for drafts only."""
    if state not in EDITABLE:
        raise Conflict(f"{_capital(name)} is {_words(state)} and cannot be changed or deleted; {_WHAT_NOW[state]}.")


@dataclass(frozen=True, slots=True)
class Standing:
    """How an invoice stands on a day: days late (0 when not), the ageing bucket, and whether it is overdue."""

    overdue: bool
    days_late: int
    bucket: Bucket


def standing(due_date: date, balance: int, *, today: date) -> Standing:
    """Standing on ``today`` of a balance in minor units; due today is not overdue, nothing open is settled."""
    if balance <= 0:
        return Standing(overdue=False, days_late=0, bucket=Bucket.SETTLED)
    late = max((today - due_date).days, 0)
    return Standing(overdue=late > 0, days_late=late, bucket=bucket_of(late))


def bucket_of(days_late: int) -> Bucket:
    """The ageing bucket of something open for so many days after its due date."""
    if days_late <= 0:
        return Bucket.NOT_DUE
    if days_late <= 30:
        return Bucket.DAYS_1_30
    if days_late <= 60:
        return Bucket.DAYS_31_60
    return Bucket.DAYS_61_90 if days_late <= 90 else Bucket.DAYS_OVER_90


def _words(state: InvoiceState) -> str:
    return state.value.replace("_", "-" if state is InvoiceState.PART_PAID else " ")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
