"""Calls off what people were to do about an invoice: nobody phones a client who has paid, or whom a lawyer has."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from plugin.services.call_issues.queue import queue_close
from plugin.services.follow_ups.task_words import OUTCOMES
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep, Task


def call_off_tasks(
    session: TenantSession, invoice_id: str, *, now: datetime, kinds: Collection[str] = tuple(OUTCOMES)
) -> None:
    """Cancels the open tasks of an invoice and gives their steps back to the planner, which then says why.

    Money may go back (a chargeback): the step is planned anew then, and its task opens again.
    """
    open_tasks = select(Task).where(Task.invoice_id == invoice_id, Task.state == "open", Task.kind.in_(kinds))
    for task in session.scalars(open_tasks.with_for_update()).all():
        task.state = "cancelled"
        task.row_version += 1
        queue_close(session, task, now=now)
        step = session.scalars(
            select(PlannedStep).where(
                PlannedStep.invoice_id == invoice_id,
                PlannedStep.step_key == task.step_key,
                PlannedStep.occurrence == task.occurrence,
            )
        ).one_or_none()
        if step is not None:
            step.state, step.done_at, step.done_on = "planned", None, None
    session.flush()
