"""A dispute about one line: only what that line asks for, tax included, is held; the rest is chased (U12)."""

from datetime import date, datetime

from plugin.domain.billing.tax import with_tax
from plugin.domain.errors import InvalidInput, NotFound
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.holds import put_hold
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Hold
from plugin.store.tables.invoices import InvoiceLine


def dispute_line(
    session: TenantSession, invoice_id: str, line_id: str, *, reason: str, today: date, now: datetime, actor: str
) -> Hold:
    """Puts the line's amount with its tax on hold, at most what is still open. NotFound for another invoice's line."""
    invoice = invoice_of(session, invoice_id, lock=True)
    line = session.get(InvoiceLine, (session.tenant_id, line_id))
    if line is None or line.invoice_id != invoice.id:
        raise NotFound("There is no such line on this invoice; reload the page.")
    if not reason.strip():
        raise InvalidInput("Say what is disputed about this line.", field="reason")
    gross = with_tax(line.amount_minor, line.tax_rate_bp)
    return put_hold(
        session,
        invoice.id,
        kind="disputed",
        reason=f"Line {line.position}: {reason.strip()}",
        today=today,
        now=now,
        actor=actor,
        amount_minor=min(gross, invoice.balance_minor) if gross > 0 else None,
        detail={"line": line.position},
    )
