"""Why, why not, and when: the ladder of one invoice in lines of text, by the code that sends."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from plugin.services.follow_ups.plan_invoice import timeline_of
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice


def explain_invoice(session: TenantSession, number: str, *, now: datetime) -> Iterator[str]:
    """One line for the invoice and one for each step; nothing where the tenant has no such invoice."""
    invoice = session.scalars(
        select(Invoice).where(Invoice.number == number, Invoice.issued_on.is_not(None))
    ).one_or_none()
    if invoice is None:
        return
    yield f"{number}: {invoice.state.replace('_', ' ')}, due {invoice.due_on}"
    _, timeline = timeline_of(session, invoice, now=now)
    for entry in timeline.entries:
        day = entry.day or entry.nominal
        yield f"  {str(day) if day else 'no day yet':10}  {entry.key:14} {entry.verdict.value:11} {entry.sentence}"
        for gate in entry.gates:
            if gate.sentence:
                yield f"{'':14}{'decided' if gate.decided else 'also'}: {gate.name.value}: {gate.sentence}"
