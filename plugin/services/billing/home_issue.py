"""Which issue an invoice's history lives on: the chosen one, else the one with most billed time."""

from sqlalchemy import func, select

from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice, WorklogClaim


def choose_home_issue(session: TenantSession, invoice: Invoice) -> str | None:
    """The id of the home issue; ties go to the lower id, so that the choice is the same every time."""
    if invoice.home_issue_id:
        return invoice.home_issue_id
    billed = func.sum(WorklogClaim.seconds_billed)
    return session.scalars(
        select(WorklogClaim.issue_id)
        .where(WorklogClaim.invoice_id == invoice.id, WorklogClaim.released_at.is_(None))
        .group_by(WorklogClaim.issue_id)
        .order_by(billed.desc(), WorklogClaim.issue_id)
        .limit(1)
    ).first()


def billed_issues(session: TenantSession, invoice_id: str) -> list[str]:
    """Ids of all issues with time on an invoice, most billed first."""
    billed = func.sum(WorklogClaim.seconds_billed)
    return list(
        session.scalars(
            select(WorklogClaim.issue_id)
            .where(WorklogClaim.invoice_id == invoice_id, WorklogClaim.released_at.is_(None))
            .group_by(WorklogClaim.issue_id)
            .order_by(billed.desc(), WorklogClaim.issue_id)
        )
    )
