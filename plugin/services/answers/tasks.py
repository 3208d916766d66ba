"""Tasks that come of what a client said: somebody is to answer, or to mend something."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select

from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice


def add_person_task(
    session: TenantSession,
    invoice: Invoice,
    *,
    kind: str,
    source: str,
    detail: Mapping[str, object],
    today: date,
    now: datetime,
) -> Task:
    """Opens a task for the project's owner, once for each ``source`` (``answer:…`` or ``mail:…``), due today."""
    known = select(Task).where(Task.invoice_id == invoice.id, Task.step_key == source, Task.occurrence == 1)
    found = session.scalars(known).one_or_none()
    if found is not None:
        return found
    project = session.get_one(Project, (session.tenant_id, invoice.project_id))
    task = Task(
        id=new_id(),
        invoice_id=invoice.id,
        step_key=source,
        occurrence=1,
        kind=kind,
        due_on=today,
        assignee=project.owner_account_id or "",
        detail=dict(detail),
        created_at=now,
    )
    session.add(task)
    session.flush()
    return task


def close_person_task(
    session: TenantSession, source: str, *, outcome: str, note: str, actor: str, now: datetime
) -> None:
    """Closes the open tasks of one answer or mail."""
    for task in session.scalars(select(Task).where(Task.step_key == source, Task.state == "open")):
        task.state, task.outcome, task.notes = "done", outcome, note
        task.done_by, task.done_at = actor, now
        task.row_version += 1
    session.flush()
