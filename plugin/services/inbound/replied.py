"""A person at the client has written: the next automatic step waits until one of ours has dealt with it (F44)."""

from collections.abc import Sequence
from datetime import datetime

from plugin.domain.billing.states import OPEN
from plugin.domain.calendar import civil_day
from plugin.services.answers.tasks import add_person_task
from plugin.services.follow_ups.task_words import REPLY
from plugin.services.follow_ups.wake import wake_follow_ups
from plugin.services.history.record import record_event
from plugin.services.query_issues.queue import queue_by_itself
from plugin.store.audit import raise_alert
from plugin.store.session import TenantSession
from plugin.store.tables.answers import InboundMail
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice

SHOWN = 500


def client_replied(session: TenantSession, mail: InboundMail, invoices: Sequence[Invoice], *, now: datetime) -> None:
    """A line in the history of each invoice, and one task; where no invoice is known, an alert and a look at all."""
    complaint = bool(mail.detail.get("complaint"))
    words = "The client's mail service reports our mail as unwanted" if complaint else "The client replied"
    for invoice in invoices:
        record_event(
            session,
            invoice,
            kind="replied",
            text=words,
            internal_note=f"{mail.sender}: {mail.text[:SHOWN] or mail.subject}",
            key=f"replied:{mail.id}:{invoice.id}",
            now=now,
            channel="email",
            actor="client",
        )
    lead = lead_of(invoices)
    client = session.get_one(Client, (session.tenant_id, mail.client_id))
    if lead is None:
        wake_follow_ups(session, Invoice.client_id == client.id, now=now)
    if lead is None or complaint:
        _alert(session, mail, client, complaint=complaint, now=now)
    if lead is not None:
        task = add_person_task(
            session,
            lead,
            kind=REPLY,
            source=f"mail:{mail.id}",
            detail={"what": f"{words}.", "complaint": complaint},
            today=civil_day(now, client.zone),
            now=now,
        )
        if not complaint:
            queue_by_itself(session, lead, task, now=now)


def lead_of(invoices: Sequence[Invoice]) -> Invoice | None:
    """The invoice that carries the task: the oldest open one, else the oldest."""
    ordered = sorted(invoices, key=lambda invoice: (invoice.due_on is None, invoice.due_on, invoice.id))
    is_open = [invoice for invoice in ordered if invoice.state in [state.value for state in OPEN]]
    return next(iter(is_open or ordered), None)


def _alert(session: TenantSession, mail: InboundMail, client: Client, *, complaint: bool, now: datetime) -> None:
    sentence = (
        f"The mail service of {client.name} reports our mail as unwanted. Its reminders wait: take it out of them, or "
        "talk to it."
        if complaint
        else f"{mail.sender} of {client.name} wrote, and the mail belongs to no invoice. Its reminders wait until "
        "somebody has dealt with it."
    )
    raise_alert(session, kind="reply", sentence=sentence, subject=client.id, key=f"reply:{mail.id}", now=now)
