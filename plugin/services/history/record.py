"""Adds a line to an invoice's history, and the effects that show it in Jira, in the transaction that causes it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select

from plugin.services.history.issues import billed_issues, commented_issues
from plugin.store.base import new_id
from plugin.store.outbox import add_effect
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice, InvoiceEvent

CHANGES_STANDING = frozenset({"issued", "payment", "reversal", "paid", "credited", "written_off", "write_off_undone"})
"""Events after which the issue property says something else. The rest is found once an hour."""

_KNOWN = select(InvoiceEvent).where(InvoiceEvent.dedupe_key == bindparam("key"))


def record_event(
    session: TenantSession,
    invoice: Invoice,
    *,
    kind: str,
    text: str,
    key: str,
    now: datetime,
    step_key: str = "",
    channel: str = "",
    internal_note: str = "",
    actor: str = "",
) -> InvoiceEvent:
    """Writes what happened, in words for people, once for each ``key`` of the tenant; a known key changes nothing.

    Locks the invoice row and raises its revision. ``internal_note`` is shown in the panel and never leaves it.
    """
    known = session.scalars(_KNOWN, {"key": key}).one_or_none()
    if known is not None:
        return known
    # The row is locked before the revision is read, or two events at once would share one.
    session.flush()
    session.refresh(invoice, attribute_names=["revision"], with_for_update=True)
    invoice.revision += 1
    event = InvoiceEvent(id=new_id(), invoice_id=invoice.id, dedupe_key=key, at=now, actor=actor, kind=kind)
    event.step_key, event.channel, event.text, event.internal_note = step_key, channel, text, internal_note
    session.add(event)
    session.flush()
    _queue_comments(session, invoice, now=now)
    if kind in CHANGES_STANDING:
        queue_properties(session, billed_issues(session, invoice.id), key=f"{invoice.id}:{invoice.revision}", now=now)
    return event


def rewrite_comments(session: TenantSession, invoice: Invoice, *, now: datetime) -> None:
    """Has the living comments written anew though nothing happened: the day alone made the invoice overdue."""
    session.refresh(invoice, attribute_names=["revision"], with_for_update=True)
    invoice.revision += 1
    session.flush()
    _queue_comments(session, invoice, now=now)


def queue_properties(session: TenantSession, issue_ids: Iterable[str], *, key: str, now: datetime) -> None:
    """Has the property ``dunlin`` of these issues written anew. ``key`` names the cause, so that it counts once."""
    for issue_id in issue_ids:
        add_effect(session, kind="jira_property", key=f"property:{issue_id}:{key}", subject_id=issue_id, now=now)


def _queue_comments(session: TenantSession, invoice: Invoice, *, now: datetime) -> None:
    for issue_id in commented_issues(session, invoice):
        add_effect(
            session,
            kind="jira_comment",
            key=f"comment:{invoice.id}:{issue_id}:{invoice.revision}",
            subject_id=invoice.id,
            now=now,
            payload={"issue_id": issue_id, "revision": invoice.revision},
        )
