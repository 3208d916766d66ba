"""Locks what a mail is about, always in the same order: installations, tenant, client, project, invoices, message.

SQLite has one writer at a time anyway; PostgreSQL waits here for a payment, a pause or an opt-out that is under way.
"""

from typing import NamedTuple, TypedDict

from sqlalchemy import BindParameter, Select, bindparam, select

from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.follow_ups import Message, MessageMember, PlannedStep
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.tenants import Installation, Tenant


class _Strength(TypedDict):
    read: bool
    key_share: bool


SHARED = _Strength(read=True, key_share=False)
OWNED = _Strength(read=False, key_share=True)


FRESH = {"populate_existing": True}

# Put together once: every mail asks all of them three times.
_INSTALLATIONS = select(Installation).order_by(Installation.id).with_for_update(**SHARED)
_TENANT = select(Tenant).with_for_update(**SHARED)
_THIS: BindParameter[str] = bindparam("message")
_MEMBERS = select(MessageMember.invoice_id).where(MessageMember.message_row_id == _THIS)
_CLIENT = (
    select(Client)
    .where(Client.id == select(Message.client_id).where(Message.id == _THIS).scalar_subquery())
    .with_for_update(**OWNED)
)
_PROJECTS = (
    select(Project)
    .where(Project.id.in_(select(Invoice.project_id).where(Invoice.id.in_(_MEMBERS))))
    .order_by(Project.id)
    .with_for_update(**SHARED)
)


class _Locks(NamedTuple):
    """What is locked as strongly as the caller means to change it."""

    invoices: Select[Invoice]
    message: Select[Message]


def _locks(strength: _Strength) -> _Locks:
    return _Locks(
        select(Invoice).where(Invoice.id.in_(_MEMBERS)).order_by(Invoice.id).with_for_update(**strength),
        select(Message).where(Message.id == _THIS).with_for_update(**strength),
    )


_TO_CHECK, _TO_CHANGE = _locks(SHARED), _locks(OWNED)


def lock_step(session: TenantSession, step_id: str) -> PlannedStep:
    """A step that an effect carries alone, with its site, client, project and invoice, for gate and outcome alike."""
    step = session.get_one(PlannedStep, (session.tenant_id, step_id))
    lock_site(session)
    invoice = session.get_one(Invoice, (session.tenant_id, step.invoice_id))
    client = select(Client).where(Client.id == invoice.client_id)
    session.scalars(client.with_for_update(**OWNED), execution_options=FRESH).all()
    project = select(Project).where(Project.id == invoice.project_id)
    session.scalars(project.with_for_update(**SHARED), execution_options=FRESH).all()
    own = select(Invoice).where(Invoice.id == invoice.id)
    session.scalars(own.with_for_update(**OWNED), execution_options=FRESH).all()
    row = select(PlannedStep).where(PlannedStep.id == step_id)
    return session.scalars(row.with_for_update(), execution_options=FRESH).one()


def lock_to_check(session: TenantSession, message_row_id: str) -> Message:
    """For the gate: FOR SHARE but for the client, so that what was read still holds when the gate is kept (I3)."""
    return _lock(session, message_row_id, _TO_CHECK)


def lock_to_change(session: TenantSession, message_row_id: str) -> Message:
    """For an outcome, which changes client, invoices and message."""
    return _lock(session, message_row_id, _TO_CHANGE)


def lock_site(session: TenantSession) -> None:
    """Installations and tenant, which are only read, whatever the outcome."""
    session.scalars(_INSTALLATIONS, execution_options=FRESH).all()
    session.scalars(_TENANT, execution_options=FRESH).all()


def _lock(session: TenantSession, message_row_id: str, locks: _Locks) -> Message:
    this = {"message": message_row_id}
    lock_site(session)
    # One gate a client at a time, or two mails to it would not see each other leave.
    session.scalars(_CLIENT, this, execution_options=FRESH).all()
    session.scalars(_PROJECTS, this, execution_options=FRESH).all()
    session.scalars(locks.invoices, this, execution_options=FRESH).all()
    return session.scalars(locks.message, this, execution_options=FRESH).one()
