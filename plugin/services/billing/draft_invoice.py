"""Makes a draft of a project's open time: lines, and claims so that nobody else bills the same seconds."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from plugin.domain.billing.draft import Draft
from plugin.domain.billing.lines import DraftLine
from plugin.domain.errors import Conflict, InvalidInput
from plugin.services.billing.line_words import line_words, role_names
from plugin.services.billing.lookup import client_of, project_of
from plugin.services.billing.unbilled import preview_draft
from plugin.services.history.refresh import refresh_issues
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.invoices import Invoice, InvoiceLine, WorklogClaim


def draft_invoice(
    session: TenantSession,
    *,
    project_id: str,
    since: date | None,
    until: date,
    today: date,
    now: datetime,
    actor: str,
    people: Mapping[str, str] | None = None,
) -> Invoice:
    """Stores the draft that ``preview_draft`` shows, and gives it. Dates are the seller's civil days, inclusive.

    Raises InvalidInput where the project has no client or nothing can be billed, Conflict where another draft took
    some of the time meanwhile; then nothing is stored.
    """
    if since is not None and since > until:
        raise InvalidInput(f"The period ends on {until}, before it starts on {since}.", field="until")
    project = project_of(session, project_id)
    client = client_of(session, project)
    preview = preview_draft(session, project, client, since=since, until=until, today=today, people=people)
    if not preview.draft.lines:
        raise InvalidInput(_nothing_to_bill(project, preview.draft, until), field="until")
    invoice = _invoice_row(project, client, preview.draft, now=now, actor=actor)
    session.add(invoice)
    session.flush()
    claimed = _store_lines(session, invoice, preview.draft)
    record_audit(
        session,
        actor=actor,
        action="invoice.drafted",
        subject=invoice.id,
        now=now,
        after={"net_minor": invoice.net_minor, "currency": invoice.currency, "worklogs": claimed},
    )
    refresh_issues(session, _issues_of(preview.draft), now=now)
    return invoice


def _issues_of(draft: Draft) -> set[str]:
    return {share.issue_id for line in draft.lines for share in line.shares}


def _invoice_row(project: Project, client: Client, draft: Draft, *, now: datetime, actor: str) -> Invoice:
    period = draft.period
    return Invoice(
        id=new_id(),
        client_id=client.id,
        project_id=project.id,
        home_issue_id=project.home_issue_id,
        currency=draft.currency.code,
        language=client.language,
        period_start=period[0] if period else None,
        period_end=period[1] if period else None,
        terms_days=client.terms_days,
        net_minor=draft.totals.net,
        tax_minor=draft.totals.tax,
        gross_minor=draft.totals.gross,
        settings={
            "rounding": [project.rounding_unit, project.rounding_mode, project.rounding_minutes],
            "grouping": project.grouping,
        },
        created_by=actor,
        created_at=now,
    )


def _store_lines(session: TenantSession, invoice: Invoice, draft: Draft) -> int:
    roles = role_names(session)
    lines = [_line_row(invoice, position, line, roles) for position, line in enumerate(draft.lines, start=1)]
    session.add_all(lines)
    session.flush()
    claims = [
        {
            "tenant_id": session.tenant_id,
            "id": new_id(),
            "worklog_id": share.worklog_id,
            "issue_id": share.issue_id,
            "invoice_id": invoice.id,
            "line_id": row.id,
            "seconds_logged": share.seconds_logged,
            "seconds_billed": share.seconds_billed,
            "content_hash": share.content_hash,
        }
        for row, line in zip(lines, draft.lines, strict=True)
        for share in line.shares
    ]
    try:
        session.execute(insert(WorklogClaim), claims)
    except IntegrityError as error:
        raise Conflict(
            "Some of this time is on another draft or invoice already. Reload the page to see what is left to bill."
        ) from error
    return len(claims)


def _line_row(invoice: Invoice, position: int, line: DraftLine, roles: Mapping[str, str]) -> InvoiceLine:
    words = line_words(line, roles)
    return InvoiceLine(
        id=new_id(),
        invoice_id=invoice.id,
        position=position,
        description=words.description,
        detail=words.detail,
        issue_keys=list(line.issue_keys),
        quantity_hundredths=line.quantity,
        unit_price_minor=line.price,
        amount_minor=line.amount,
        tax_category=line.tax.category.value,
        tax_rate_bp=line.tax.basis_points,
        trace={"rate": list(line.trace)},
    )


def _nothing_to_bill(project: Project, draft: Draft, until: date) -> str:
    if draft.listed:
        first = draft.listed[0].sentence
        return f"Project {project.key} has no time up to {until} that can be billed. For example: {first}"
    return f"Project {project.key} has no unbilled time up to {until}; log time in Jira, or choose a longer period."
