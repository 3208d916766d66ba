"""Locks what a mail is about, always in the same order: installations, tenant, client, project, invoices, message.

SQLite has one writer at a time anyway; PostgreSQL waits here for a payment, a pause or an opt-out that is under way.
"""

from typing import TypedDict

from sqlalchemy import select

from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.follow_ups import Message, MessageMember, PlannedStep
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.tenants import Installation, Tenant


def lock_step(session: TenantSession, step_id: str) -> PlannedStep:
    """A step that an effect carries alone, with its site, client, project and invoice, for gate and outcome alike."""
    step = session.get_one(PlannedStep, (session.tenant_id, step_id))
    fresh = {"populate_existing": True}
    lock_site(session)
    invoice = session.get_one(Invoice, (session.tenant_id, step.invoice_id))
    client = select(Client).where(Client.id == invoice.client_id)
    session.scalars(client.with_for_update(**OWNED), execution_options=fresh).all()
    project = select(Project).where(Project.id == invoice.project_id)
    session.scalars(project.with_for_update(**SHARED), execution_options=fresh).all()
    own = select(Invoice).where(Invoice.id == invoice.id)
    session.scalars(own.with_for_update(**OWNED), execution_options=fresh).all()
    row = select(PlannedStep).where(PlannedStep.id == step_id)
    return session.scalars(row.with_for_update(), execution_options=fresh).one()


class _Strength(TypedDict):
    read: bool
    key_share: bool


SHARED = _Strength(read=True, key_share=False)
OWNED = _Strength(read=False, key_share=True)


def lock_to_check(session: TenantSession, message_row_id: str) -> Message:
    """For the gate: FOR SHARE but for the client, so that what was read still holds when the gate is kept (I3)."""
    return _lock(session, message_row_id, SHARED)


def lock_to_change(session: TenantSession, message_row_id: str) -> Message:
    """For an outcome, which changes client, invoices and message."""
    return _lock(session, message_row_id, OWNED)


def lock_site(session: TenantSession) -> None:
    """Installations and tenant, which are only read, whatever the outcome."""
    fresh = {"populate_existing": True}
    installed = select(Installation).order_by(Installation.id)
    session.scalars(installed.with_for_update(**SHARED), execution_options=fresh).all()
    session.scalars(select(Tenant).with_for_update(**SHARED), execution_options=fresh).all()


def _lock(session: TenantSession, message_row_id: str, strength: _Strength) -> Message:
    message = session.get_one(Message, (session.tenant_id, message_row_id))
    members = select(MessageMember.invoice_id).where(MessageMember.message_row_id == message_row_id)
    invoices = select(Invoice).where(Invoice.id.in_(members)).order_by(Invoice.id)
    projects = select(Project).where(Project.id.in_(select(Invoice.project_id).where(Invoice.id.in_(members))))
    fresh = {"populate_existing": True}
    lock_site(session)
    # One gate a client at a time, or two mails to it would not see each other leave.
    client = select(Client).where(Client.id == message.client_id)
    session.scalars(client.with_for_update(**OWNED), execution_options=fresh).all()
    session.scalars(projects.order_by(Project.id).with_for_update(**SHARED), execution_options=fresh).all()
    session.scalars(invoices.with_for_update(**strength), execution_options=fresh).all()
    own = select(Message).where(Message.id == message_row_id)
    return session.scalars(own.with_for_update(**strength), execution_options=fresh).one()
