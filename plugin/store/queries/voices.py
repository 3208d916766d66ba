"""What clients said, for screens: answers given on the page behind a mail, and mails that came in."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from plugin.store.session import TenantSession
from plugin.store.tables.answers import ClientAnswer, InboundMail
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice

MOST = 30
LATEST = 20


def answers_about(session: TenantSession, invoice_ids: Sequence[str]) -> Sequence[ClientAnswer]:
    """Answers about these invoices, newest first."""
    query = select(ClientAnswer).where(ClientAnswer.invoice_id.in_(invoice_ids))
    return session.scalars(query.order_by(ClientAnswer.given_at.desc(), ClientAnswer.id).limit(MOST)).all()


def mails_about(session: TenantSession, invoices: Sequence[Invoice]) -> Sequence[InboundMail]:
    """Mails that answer mails about these invoices, and those of their clients that belong to none; newest first."""
    ids = {invoice.id for invoice in invoices}
    query = select(InboundMail).where(InboundMail.client_id.in_({invoice.client_id for invoice in invoices}))
    rows = session.scalars(query.order_by(InboundMail.received_at.desc(), InboundMail.id).limit(5 * MOST))
    return [row for row in rows if not row.invoice_ids or ids & set(row.invoice_ids)][:MOST]


def questions_about(session: TenantSession, invoice_ids: Iterable[str]) -> Sequence[Task]:
    """The tasks to answer what clients asked about these invoices, open or done."""
    query = select(Task).where(Task.invoice_id.in_(list(invoice_ids)), Task.kind == "reply")
    return session.scalars(query.order_by(Task.created_at, Task.id)).all()


def newest_mails(session: TenantSession) -> Sequence[InboundMail]:
    """The last mails that came in, whoever they are from."""
    query = select(InboundMail).order_by(InboundMail.received_at.desc(), InboundMail.id)
    return session.scalars(query.limit(LATEST)).all()
