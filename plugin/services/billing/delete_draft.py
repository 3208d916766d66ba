"""Deletes a draft and frees its time; an issued invoice stays for ever (I6)."""

from datetime import datetime

from sqlalchemy import delete, select

from plugin.domain.billing.states import InvoiceState, check_editable
from plugin.services.billing.lookup import invoice_of
from plugin.services.history.refresh import refresh_issues
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import InvoiceLine, WorklogClaim


def delete_draft(session: TenantSession, invoice_id: str, *, now: datetime, actor: str) -> None:
    """Removes a draft with its lines and claims. Conflict for anything that was submitted or issued."""
    invoice = invoice_of(session, invoice_id, lock=True)
    check_editable(InvoiceState(invoice.state), name=f"invoice {invoice.number}" if invoice.number else "this draft")
    issues = set(session.scalars(select(WorklogClaim.issue_id).where(WorklogClaim.invoice_id == invoice.id)))
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
    refresh_issues(session, issues, now=now)
