"""What becomes of a letter's step when its task is closed: it reached the client on the day it was posted, or not."""

from datetime import date, datetime

from sqlalchemy import select

from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep, Task
from plugin.store.tables.outbox import Effect

POSTED = "posted"


def settle_letter(session: TenantSession, task: Task, outcome: str, *, today: date, now: datetime) -> None:
    """A letter in the post counts from that day on; one that was not is left out, with its contact and its deadline.

    ``today`` is the client's civil day. Nothing happens to a step that went another way meanwhile.
    """
    step = session.scalars(
        select(PlannedStep)
        .join(Effect, (Effect.tenant_id == PlannedStep.tenant_id) & (Effect.subject_id == PlannedStep.id))
        .where(Effect.id == str(task.detail.get("effect_id", "")))
    ).one_or_none()
    if step is None or step.state != "sent":
        return
    if outcome == POSTED:
        step.done_at, step.done_on, step.reason = now, today, f"Letter posted on {today}."
    else:
        step.state, step.deadline_on = "skipped", None
        step.reason_code, step.reason = "skipped_by_person", f"Letter not posted: {task.notes or 'no reason given'}"
    session.flush()
