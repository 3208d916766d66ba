"""Stores a mail that came in, once, and does what follows. Nothing here ever sends a mail, so no loop can begin."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, func, select

from plugin.domain.reminders.policy import Role
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.inbound.bounced import mail_came_back
from plugin.services.inbound.incoming import IncomingMail
from plugin.services.inbound.replied import client_replied
from plugin.services.inbound.thread import Thread, thread_of
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.answers import InboundMail
from plugin.store.tables.clients import Contact
from plugin.store.tables.company import MailSettings
from plugin.store.upsert import insert_new

REPLY, AUTO_REPLY, BOUNCE, UNKNOWN = "reply", "auto_reply", "bounce", "unknown"


def take_mail(session: TenantSession, mail: IncomingMail, *, now: datetime) -> InboundMail | None:
    """The row of a new mail; None for one that was here before, by whatever way it comes again."""
    thread = thread_of(session, mail)
    kind = _kind(session, mail, thread)
    row = {
        "id": new_id(),
        "source_id": mail.source_id,
        "kind": kind,
        "sender": mail.sender,
        "subject": mail.subject,
        # What strangers write is not kept: nobody asked them.
        "text": "" if kind == UNKNOWN else mail.text,
        "client_id": thread.client_id,
        "message_row_id": thread.message.id if thread.message else None,
        "invoice_ids": list(thread.invoice_ids),
        "detail": _detail(mail),
        "received_at": now,
        "handled_by": "",
        "handled_at": None,
    }
    if not insert_new(session, cast(Table, InboundMail.__table__), row, unique=("source_id",)):
        return None
    stored = session.scalars(select(InboundMail).where(InboundMail.id == row["id"])).one()
    if kind in (REPLY, BOUNCE):
        _act(session, stored, mail, thread, now=now)
    return stored


def _act(session: TenantSession, stored: InboundMail, mail: IncomingMail, thread: Thread, *, now: datetime) -> None:
    # Invoices are locked in the order of their ids; the gate waits for whoever changes them (I3).
    invoices = [invoice_of(session, invoice_id, lock=True) for invoice_id in sorted(thread.invoice_ids)]
    for invoice in invoices:
        invoice.row_version += 1
    session.flush()
    if mail.report is not None and thread.message is not None:
        mail_came_back(session, stored, mail.report, thread.message, invoices, now=now)
    else:
        client_replied(session, stored, invoices, now=now)
    for invoice in invoices:
        replan(session, invoice, now=now)
    record_audit(session, actor="client", action=f"inbound.{stored.kind}", subject=stored.id, now=now)


def _kind(session: TenantSession, mail: IncomingMail, thread: Thread) -> str:
    if mail.report is not None:
        return BOUNCE if mail.report.is_final and thread.message is not None else AUTO_REPLY
    if mail.is_complaint:
        return REPLY if thread.message is not None else UNKNOWN
    if mail.is_ours or mail.robot or _is_own(session, mail.sender):
        return AUTO_REPLY
    return REPLY if thread.client_id is not None else UNKNOWN


def _is_own(session: TenantSession, sender: str) -> bool:
    """Whether one of ours wrote: the site's own address, or an account manager who got a copy."""
    settings = session.get(MailSettings, session.tenant_id)
    own = {settings.from_address.lower(), settings.reply_to.lower()} if settings else set()
    if sender in own - {""}:
        return True
    roles = set(session.scalars(select(Contact.role).where(func.lower(Contact.email) == sender)))
    return roles == {Role.ACCOUNT_MANAGER.value}


def _detail(mail: IncomingMail) -> dict[str, object]:
    """How it was understood, for those who wonder; nothing of its words."""
    report = mail.report
    known: dict[str, object] = {
        "robot": mail.robot,
        "complaint": mail.is_complaint,
        "ours": mail.is_ours,
        "cut": mail.was_cut,
        "status": report.status if report else "",
        "diagnostic": report.diagnostic if report else "",
        "recipient": report.recipient if report else "",
        "delayed": bool(report and not report.is_final),
    }
    return {name: value for name, value in known.items() if value}
