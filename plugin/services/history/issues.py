"""On which Jira issues an invoice shows: its property on all that it bills, its comment on the home issue or on ten."""

from sqlalchemy import bindparam, func, select

from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.invoices import Invoice, WorklogClaim

MOST_COMMENTS = 10
_BILLED = (
    select(WorklogClaim.issue_id)
    .where(WorklogClaim.invoice_id == bindparam("invoice"))
    .group_by(WorklogClaim.issue_id)
    .order_by(func.sum(WorklogClaim.seconds_billed).desc(), WorklogClaim.issue_id)
)


def billed_issues(session: TenantSession, invoice_id: str) -> list[str]:
    """Ids of the issues that an invoice bills or billed (a credit note frees the time), most time first."""
    return list(session.scalars(_BILLED, {"invoice": invoice_id}))


def commented_issues(session: TenantSession, invoice: Invoice) -> list[str]:
    """Ids of the issues with the living comment: the home issue (chosen, else most billed time), or at most ten."""
    project = session.get(Project, (session.tenant_id, invoice.project_id))
    chosen = invoice.home_issue_id or (project.home_issue_id if project else None)
    billed = billed_issues(session, invoice.id)
    ordered = [chosen, *(issue for issue in billed if issue != chosen)] if chosen else billed
    return ordered[:MOST_COMMENTS] if project and project.comment_on == "all" else ordered[:1]
