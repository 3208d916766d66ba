"""What already happened to the steps of invoices, and the phone calls about them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, not_, or_, select

from plugin.domain.calendar import civil_day
from plugin.domain.reminders.facts import CallRecord, StepRecord, StepState
from plugin.domain.reminders.policy import CallOutcome, Channel, Tone
from plugin.services.follow_ups.rare import INVOICES, RareRows
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep, Task

TASK_STATES = {"open": StepState.OPEN, "done": StepState.DONE}
UNTOUCHED = and_(
    PlannedStep.state.in_(["planned", "held", "deferred"]),
    PlannedStep.moved_to.is_(None),
    not_(PlannedStep.requested),
    not_(PlannedStep.approved),
)
"""A row that tells the planner nothing: it holds only what the planner itself said last."""


class _Step(NamedTuple):
    invoice_id: str
    step_key: str
    occurrence: int
    state: str
    done_on: date | None
    deadline_on: date | None
    reason_code: str
    reason: str
    channel: str
    tone: str
    level: int
    moved_to: date | None
    requested: bool
    approved: bool


class _Task(NamedTuple):
    invoice_id: str
    step_key: str
    occurrence: int
    kind: str
    state: str
    outcome: str
    done_at: datetime | None


# Put together once: for a few invoices that would take longer than the database does.
_ALL_STEPS = (
    select(*(getattr(PlannedStep, name) for name in _Step._fields))
    .where(PlannedStep.invoice_id.in_(bindparam("ids", expanding=True)))
    # The whole order, since PostgreSQL gives rows of one level as it finds them.
    .order_by(PlannedStep.level, PlannedStep.step_key, PlannedStep.occurrence)
)
_STEPS = _ALL_STEPS.where(not_(UNTOUCHED))
_STEPS_OR_WHOLE = _ALL_STEPS.where(or_(not_(UNTOUCHED), PlannedStep.invoice_id.in_(bindparam("whole", expanding=True))))
TASKS = (
    select(*(getattr(Task, name) for name in _Task._fields))
    .where(Task.invoice_id.in_(INVOICES))
    .order_by(Task.created_at, Task.id)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class StepFacts:
    """``records``: one a stored step that says more than that it is planned, by level."""

    records: tuple[StepRecord, ...] = ()
    calls: tuple[CallRecord, ...] = ()


def step_facts(
    session: TenantSession, rare: RareRows, zones: Mapping[str, str], *, whole: Collection[str]
) -> dict[str, StepFacts]:
    """By invoice id, given with the client's zone. ``whole``: invoices of which every row counts, because what was
    planned for them may have lost its ground (instalments of a plan that is over).
    """
    asked = {"ids": list(zones), "whole": list(whole)} if whole else {"ids": list(zones)}
    tasks = _tasks(rare, zones)
    records: dict[str, list[StepRecord]] = defaultdict(list)
    for found in session.execute(_STEPS_OR_WHOLE if whole else _STEPS, asked):
        row = _Step._make(found)
        task = tasks[row.invoice_id].get((row.step_key, row.occurrence))
        records[row.invoice_id].append(_record(row, task))
    return {
        invoice_id: StepFacts(
            records=tuple(records[invoice_id]) if invoice_id in records else (),
            calls=tuple(_calls(tasks[invoice_id], zone)) if invoice_id in tasks else (),
        )
        for invoice_id, zone in zones.items()
    }


def _tasks(rare: RareRows, zones: Mapping[str, str]) -> dict[str, dict[tuple[str, int], _Task]]:
    found: dict[str, dict[tuple[str, int], _Task]] = defaultdict(dict)
    for row in rare.of(TASKS, {"invoices": list(zones)}):
        task = _Task._make(row)
        found[task.invoice_id][task.step_key, task.occurrence] = task
    return found


def _record(row: _Step, task: _Task | None) -> StepRecord:
    """A task step that was opened counts by the state of its task."""
    state = StepState(row.state)
    if task is not None and state is StepState.SENT:
        state = TASK_STATES.get(task.state, StepState.CANCELLED)
    return StepRecord(
        key=row.step_key,
        occurrence=row.occurrence,
        state=state,
        day=row.done_on,
        deadline=row.deadline_on,
        reason_code=row.reason_code,
        reason=row.reason,
        outcome=task.outcome if task else "",
        channel=Channel(row.channel),
        tone=Tone(row.tone),
        level=row.level,
        moved_to=row.moved_to,
        requested=row.requested,
        approved=row.approved,
    )


def _calls(tasks: Mapping[tuple[str, int], _Task], zone: str) -> list[CallRecord]:
    """Phone calls about the invoice by their day at the client's place, in the order in which they were logged."""
    logged = [
        (task.done_at, CallOutcome(task.outcome))
        for task in tasks.values()
        if task.kind == Channel.CALL and task.done_at is not None and task.outcome in list(CallOutcome)
    ]
    return [CallRecord(civil_day(at, zone), outcome) for at, outcome in sorted(logged)]
