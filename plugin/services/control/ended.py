"""A ladder that has ended while money is owed becomes a task: nothing happens unless a person decides (F02)."""

from datetime import datetime, timedelta

from sqlalchemy import select

from plugin.domain.calendar import civil_day
from plugin.services.billing.lookup import company_of, invoice_of
from plugin.services.follow_ups.open_task import open_own_task
from plugin.services.follow_ups.task_words import ENDED
from plugin.store.queries.ended import ended_schedules
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice

AGAIN_AFTER = timedelta(days=30)
"""An invoice that was left as it is comes back after so long, in case it was forgotten."""
WHAT = "Every follow-up is over and the invoice is unpaid: agree on a plan, hand it over, or write it off."


def open_ended_tasks(session: TenantSession, *, now: datetime) -> int:
    """Opens the task of each such invoice that has none; gives how many."""
    today = civil_day(now, company_of(session).zone)
    opened = 0
    for row in ended_schedules(session, today=today):
        if _was_decided(session, row.invoice, since=now - AGAIN_AFTER):
            continue
        invoice = invoice_of(session, row.invoice.id, lock=True)
        project = session.get_one(Project, (session.tenant_id, invoice.project_id))
        assignee = project.owner_account_id or ""
        open_own_task(session, invoice, kind=ENDED, key="ladder", what=WHAT, due_on=today, now=now, assignee=assignee)
        opened += 1
    return opened


def _was_decided(session: TenantSession, invoice: Invoice, *, since: datetime) -> bool:
    done = select(Task.id).where(Task.invoice_id == invoice.id, Task.kind == ENDED, Task.done_at >= since)
    return session.scalars(done.limit(1)).first() is not None
