"""The living comment of an invoice: its status, and one row for each event. Who may read it decides what it says."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from plugin.domain.calendar import civil_day
from plugin.formatting import currency_exponent, format_date, format_money
from plugin.services.history.audience import Readers, readers_of
from plugin.services.history.phrases import CHANNELS, PHRASES, STEPS
from plugin.services.history.standing import lozenge, shown
from plugin.services.jira_facts import Cell, CommentVisibility, HistoryComment
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.invoices import Invoice, InvoiceEvent

COLUMNS = ("Date", "Step", "Channel", "What happened")
REMARK = "Kept up to date by Dunlin."
MOST_ROWS = 100
"""Older rows are left out: a comment holds 32,767 characters of text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LivingComment:
    """What to write, and for whom; ``visibility`` None shows it to all who see the issue."""

    body: HistoryComment
    visibility: CommentVisibility | None


def living_comment(session: TenantSession, invoice: Invoice, *, now: datetime) -> LivingComment | None:
    """The comment as it should stand now, or None where nobody is named who may read it.

    On a service desk it is internal whatever the setting, and shows no amounts and no free text all the same (F50), as
    it does where the project wants none.
    """
    project = session.get(Project, (session.tenant_id, invoice.project_id))
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    readers = readers_of(session, project)
    if readers is None:
        return None
    body = _body(session, invoice, zone=client.zone, readers=readers, now=now)
    return LivingComment(body=body, visibility=readers.visibility)


def _body(session: TenantSession, invoice: Invoice, *, zone: str, readers: Readers, now: datetime) -> HistoryComment:
    newest = (
        select(InvoiceEvent)
        .where(InvoiceEvent.invoice_id == invoice.id)
        .order_by(InvoiceEvent.at.desc(), InvoiceEvent.id.desc())
        .limit(MOST_ROWS)
    )
    events = list(session.scalars(newest))[::-1]
    status = lozenge(shown(invoice, today=civil_day(now, zone)).state)
    return HistoryComment(
        lead=(f"Invoice {invoice.number}", status, _summary(invoice, discreet=readers.discreet)),
        columns=COLUMNS,
        rows=tuple(_row(event, zone=zone, discreet=readers.discreet) for event in events),
        remark=REMARK,
        internal=readers.internal,
    )


def _summary(invoice: Invoice, *, discreet: bool) -> str:
    parts = []
    if invoice.due_on is not None:
        parts.append(f"due {format_date(invoice.due_on, language='en')}")
    if not discreet:
        money = format_money(
            invoice.balance_minor,
            currency=invoice.currency,
            exponent=currency_exponent(invoice.currency),
            language="en",
        )
        parts.append(f"{money} open")
    return ", ".join(parts)


def _row(event: InvoiceEvent, *, zone: str, discreet: bool) -> tuple[Cell, ...]:
    phrase = PHRASES.get(event.kind, "Noted")
    return (
        civil_day(event.at, zone),
        _step(event.step_key),
        CHANNELS.get(event.channel, event.channel.capitalize()),
        phrase if discreet or not event.text else event.text,
    )


def _step(key: str) -> str:
    """A step by its name. A task that no step asks for has its cause behind a colon, which tells a reader nothing."""
    kind = key.partition(":")[0]
    return STEPS.get(kind, kind.replace("_", " ").capitalize())
