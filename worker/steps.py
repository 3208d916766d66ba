"""A planned step that our own code stumbles over: tried three times, then parked for a person (F63)."""

from datetime import timedelta

from sqlalchemy import select

from plugin.domain.errors import DunlinError, Kind
from plugin.store.audit import raise_alert
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep
from worker.ports import WorkerContainer

TRIES = 3
STUMBLED = "stumbled"
WAIT = timedelta(minutes=5)


def give_up_on_step(container: WorkerContainer, tenant_id: str, step_id: str, *, problem: Exception) -> None:
    """Counts the failure in the step's own row; a passing trouble of others does not count."""
    if isinstance(problem, DunlinError) and problem.kind is Kind.TRANSIENT:
        return
    with container.writing(tenant_id) as session:
        _count(session, step_id, container=container, problem=problem)


def _count(session: TenantSession, step_id: str, *, container: WorkerContainer, problem: Exception) -> None:
    step = session.scalars(select(PlannedStep).where(PlannedStep.id == step_id).with_for_update()).one_or_none()
    if step is None or step.state not in ("planned", "deferred", "held"):
        return
    now = container.clock.now()
    tries = int(step.reason_code.removeprefix(STUMBLED) or 0) + 1 if step.reason_code.startswith(STUMBLED) else 1
    step.reason_code = f"{STUMBLED}{tries}"
    step.reason = f"An error of Dunlin's own ({type(problem).__name__}), {tries} of {TRIES} tries."
    step.next_at = now + WAIT
    if tries >= TRIES:
        step.state, step.next_at = "parked", None
        raise_alert(
            session,
            kind="step_parked",
            sentence=f"A follow-up could not be planned and waits for a person. {step.reason}",
            subject=step.invoice_id,
            key=f"step-parked:{step.id}",
            now=now,
        )
