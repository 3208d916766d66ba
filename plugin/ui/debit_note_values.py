"""Debit notes on an invoice's page: what one of today would claim, and those that were issued."""

from dataclasses import dataclass
from datetime import date, timedelta

from plugin.domain.errors import Conflict
from plugin.domain.late_payment.claim import Claim
from plugin.domain.money import Money
from plugin.services.debit_notes.issue import claim_to_note, seal_of
from plugin.services.debit_notes.rows import amount_of
from plugin.services.late_payment.noted import notes_of
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.ui import here
from plugin.ui.filters import counted, money
from plugin.ui.filters import day as day_in_words
from plugin.ui.words import Words

STATES = {
    "issued": Words("Open", "warning"),
    "paid": Words("Paid", "success"),
    "cancelled": Words("Cancelled"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NewNote:
    """What a note of today would say, ready to print; ``rows``: when it was late, how long, what was owed, the rate."""

    seal: str
    rows: tuple[tuple[str, str, str, str], ...]
    interest: str
    fixed_sum: str
    total: str
    due_on: date
    until: date


def note_values(session: TenantSession, invoice: Invoice) -> dict[str, object]:
    """The values of ``ui/parts/debit_notes.html``. ``why_none``: why no note can be made, where one was before."""
    notes = [(note, STATES[note.state], amount_of(note)) for note in notes_of(session, invoice.id)]
    offer, why = None, ""
    if invoice.issued_on is not None:
        try:
            claim = claim_to_note(session, invoice, now=here.now())
        except Conflict as refusal:
            why = refusal.sentence
        else:
            offer = _new_note(claim, invoice, here.today_of(session)) if isinstance(claim, Claim) else None
            why = "" if isinstance(claim, Claim) else claim.sentence
    return {"debit_notes": notes, "new_note": offer, "why_none": why if notes else ""}


def _new_note(claim: Claim, invoice: Invoice, today: date) -> NewNote:
    def amount(one: Money) -> str:
        return money(one.minor, one.currency.code)

    return NewNote(
        seal=seal_of(claim),
        rows=tuple(
            (
                f"{day_in_words(one.first)} to {day_in_words(one.last)}",
                counted(one.days, "day"),
                amount(one.principal),
                f"{one.rate:.2f} %",
            )
            for one in claim.segments
        ),
        interest=amount(claim.interest),
        fixed_sum=amount(claim.fixed_sum),
        total=amount(claim.total),
        due_on=today + timedelta(days=invoice.terms_days),
        until=claim.until,
    )
