"""Deletes a draft and frees its time; an issued invoice stays for ever (I6)."""

from datetime import datetime

from sqlalchemy import delete

from plugin.domain.billing.states import InvoiceState
from plugin.domain.errors import Conflict
from plugin.services.billing.lookup import invoice_of
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import InvoiceLine, WorklogClaim


def delete_draft(session: TenantSession, invoice_id: str, *, now: datetime, actor: str) -> None:
    """Removes a draft with its lines and claims. Conflict for anything that was issued."""
    invoice = invoice_of(session, invoice_id, lock=True)
    if invoice.state not in (InvoiceState.DRAFT, InvoiceState.SUBMITTED, InvoiceState.APPROVED):
        raise Conflict(f"Invoice {invoice.number} is issued and stays; correct it with a credit note.")
    session.execute(delete(WorklogClaim).where(WorklogClaim.invoice_id == invoice.id))
    session.execute(delete(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id))
    record_audit(
        session,
        actor=actor,
        action="invoice.draft_deleted",
        subject=invoice.id,
        now=now,
        before={"net_minor": invoice.net_minor, "currency": invoice.currency},
    )
    session.delete(invoice)
    session.flush()
