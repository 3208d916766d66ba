"""What hangs on invoices, for screens: lines, ledger, history, holds, tasks, documents; one query for all of them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import load_only

from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Hold, Task
from plugin.store.tables.invoices import Document, Invoice, InvoiceEvent, InvoiceLine
from plugin.store.tables.payments import Payment

HISTORY = 60
TASKS = 100


def lines_of(session: TenantSession, invoice_id: str) -> Sequence[InvoiceLine]:
    """The lines in their order."""
    query = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id).order_by(InvoiceLine.position)
    return session.scalars(query).all()


def payments_of(session: TenantSession, invoice_id: str) -> Sequence[Payment]:
    """The ledger, oldest first."""
    query = select(Payment).where(Payment.invoice_id == invoice_id).order_by(Payment.recorded_at, Payment.id)
    return session.scalars(query).all()


def events_of(session: TenantSession, invoice_ids: Sequence[str], *, most: int = HISTORY) -> Sequence[InvoiceEvent]:
    """The history of these invoices, newest first; what was issued and sent in one moment was issued first."""
    query = (
        select(InvoiceEvent)
        .where(InvoiceEvent.invoice_id.in_(invoice_ids))
        .order_by(InvoiceEvent.at.desc(), InvoiceEvent.kind == "issued", InvoiceEvent.id)
        .limit(most)
    )
    return session.scalars(query).all()


def live_holds(session: TenantSession, invoice_ids: Sequence[str]) -> Sequence[Hold]:
    """Holds that nobody has lifted."""
    query = select(Hold).where(Hold.invoice_id.in_(invoice_ids), Hold.lifted_at.is_(None))
    return session.scalars(query.order_by(Hold.created_at)).all()


def open_tasks(session: TenantSession, invoice_ids: Sequence[str]) -> Sequence[Task]:
    """Open tasks of these invoices, the most urgent first."""
    query = select(Task).where(Task.invoice_id.in_(invoice_ids), Task.state == "open")
    return session.scalars(query.order_by(Task.due_on, Task.created_at)).all()


def open_tasks_in(session: TenantSession, project_id: str) -> Sequence[tuple[Task, Invoice]]:
    """Open tasks of a project with their invoices, the most urgent first; at most 100."""
    query = (
        select(Task, Invoice)
        .join(Invoice, (Invoice.tenant_id == Task.tenant_id) & (Invoice.id == Task.invoice_id))
        .where(Task.state == "open", Invoice.project_id == project_id)
        .order_by(Task.due_on, Task.created_at)
        .limit(TASKS)
    )
    return session.execute(query).all()


def documents_of(session: TenantSession, invoice_ids: Sequence[str]) -> dict[str, Document]:
    """The stored PDF of each invoice that has one, without its bytes."""
    query = (
        select(Document)
        .options(load_only(Document.id, Document.invoice_id, Document.kind, Document.file_name, Document.made_at))
        .where(Document.invoice_id.in_(invoice_ids), Document.kind == "pdf")
    )
    return {row.invoice_id: row for row in session.scalars(query)}


def pdf_of(session: TenantSession, invoice_id: str) -> Document | None:
    """The stored PDF with its bytes."""
    query = select(Document).where(Document.invoice_id == invoice_id, Document.kind == "pdf")
    return session.scalars(query).one_or_none()
