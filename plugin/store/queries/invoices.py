"""Invoices as screens list them: by issue, by project and filter, page by page; all over indexes, no row by row."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, func, select, true, union
from sqlalchemy.orm import defer

from plugin.domain.billing.states import OPEN, InvoiceState
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice, WorklogClaim

PAGE = 25
ON_ONE_ISSUE = 20


class InvoiceFilter(StrEnum):
    """What the list shows. The buckets are days late of what is still owed."""

    ALL = "all"
    DRAFT = "draft"
    OPEN = "open"
    OVERDUE = "overdue"
    LATE_1_30 = "1_30"
    LATE_31_60 = "31_60"
    LATE_61_90 = "61_90"
    LATE_OVER_90 = "90_plus"
    PAID = "paid"
    CLOSED = "closed"


_LATE = {
    InvoiceFilter.OVERDUE: (1, None),
    InvoiceFilter.LATE_1_30: (1, 30),
    InvoiceFilter.LATE_31_60: (31, 60),
    InvoiceFilter.LATE_61_90: (61, 90),
    InvoiceFilter.LATE_OVER_90: (91, None),
}
_DRAFTS = (InvoiceState.DRAFT, InvoiceState.SUBMITTED, InvoiceState.APPROVED)
_OPEN = tuple(state.value for state in OPEN)


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceRow:
    """One line of a list."""

    invoice: Invoice
    client_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoicePage:
    """One page of a list, newest first; ``total`` counts all that fit the filter."""

    rows: list[InvoiceRow]
    total: int
    offset: int

    @property
    def previous(self) -> int | None:
        """The offset of the page before."""
        return max(self.offset - PAGE, 0) if self.offset else None

    @property
    def next(self) -> int | None:
        """The offset of the page after."""
        return self.offset + PAGE if self.offset + PAGE < self.total else None


def invoices_on_issue(session: TenantSession, issue_id: str) -> list[InvoiceRow]:
    """Invoices and drafts that bill time of an issue, or have it as their home, newest first; at most 20."""
    # A union, since "or" of the two has SQLite walk through all invoices of the tenant.
    billing = select(WorklogClaim.invoice_id).where(WorklogClaim.issue_id == issue_id)
    at_home = select(Invoice.id).where(Invoice.home_issue_id == issue_id)
    query = (
        _with_client()
        .where(Invoice.id.in_(union(billing, at_home)))
        .order_by(Invoice.issued_on.is_not(None), Invoice.issued_on.desc(), Invoice.created_at.desc())
        .limit(ON_ONE_ISSUE)
    )
    return [InvoiceRow(invoice=invoice, client_name=name) for invoice, name in session.execute(query)]


def invoice_page(
    session: TenantSession, project_id: str, *, show: InvoiceFilter, offset: int, today: date
) -> InvoicePage:
    """A page of one project's invoices. ``today`` decides what is overdue."""
    wanted = and_(Invoice.project_id == project_id, _condition(show, today))
    total = session.execute(select(func.count()).select_from(Invoice).where(wanted)).scalar_one()
    query = (
        _with_client().where(wanted).order_by(Invoice.created_at.desc(), Invoice.id).offset(max(offset, 0)).limit(PAGE)
    )
    rows = [InvoiceRow(invoice=invoice, client_name=name) for invoice, name in session.execute(query)]
    return InvoicePage(rows=rows, total=total, offset=max(offset, 0))


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectSums:
    """What stands open in a project, in minor units by currency, and how many drafts and overdue invoices it has."""

    drafts: int
    open: int
    overdue: int
    owed: dict[str, int]
    owed_late: dict[str, int]


def project_sums(session: TenantSession, project_id: str, *, today: date) -> ProjectSums:
    """One pass over the open invoices of a project, grouped by the database."""
    late = Invoice.due_on < today
    rows = session.execute(
        select(
            Invoice.currency,
            func.count(),
            func.sum(Invoice.balance_minor),
            func.sum(case((late, 1), else_=0)),
            func.sum(case((late, Invoice.balance_minor), else_=0)),
        )
        .where(Invoice.project_id == project_id, Invoice.state.in_(_OPEN))
        .group_by(Invoice.currency)
    ).all()
    drafts = session.execute(
        select(func.count())
        .select_from(Invoice)
        .where(Invoice.project_id == project_id, Invoice.state.in_([state.value for state in _DRAFTS]))
    ).scalar_one()
    return ProjectSums(
        drafts=drafts,
        open=sum(count for _, count, _, _, _ in rows),
        overdue=sum(int(count) for _, _, _, count, _ in rows),
        owed={currency: int(amount) for currency, _, amount, _, _ in rows},
        owed_late={currency: int(amount) for currency, _, _, count, amount in rows if count},
    )


def _with_client() -> Select[Invoice, str]:
    """Without the frozen snapshot, which no list shows and which may be long."""
    query = select(Invoice, Client.name).join(
        Client, (Client.tenant_id == Invoice.tenant_id) & (Client.id == Invoice.client_id)
    )
    return query.options(defer(Invoice.snapshot))


def _condition(show: InvoiceFilter, today: date) -> ColumnElement[bool]:
    if show in _LATE:
        least, most = _LATE[show]
        late = and_(Invoice.state.in_(_OPEN), Invoice.due_on <= today - timedelta(days=least))
        return late if most is None else and_(late, Invoice.due_on >= today - timedelta(days=most))
    match show:
        case InvoiceFilter.DRAFT:
            return Invoice.state.in_([state.value for state in _DRAFTS])
        case InvoiceFilter.OPEN:
            return Invoice.state.in_(_OPEN)
        case InvoiceFilter.PAID:
            return Invoice.state == InvoiceState.PAID.value
        case InvoiceFilter.CLOSED:
            return Invoice.state.in_([InvoiceState.CREDITED.value, InvoiceState.WRITTEN_OFF.value])
    return true()
