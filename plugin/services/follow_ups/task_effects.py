"""What an outcome does: it puts a hold on the invoice or ends one, agrees on a plan, or opens the next task."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select

from plugin.domain.errors import InvalidInput
from plugin.domain.payments.instalments import Part
from plugin.domain.reminders.policy import CallOutcome, Channel
from plugin.services.answers.handle import close_with_task
from plugin.services.follow_ups.holds import lift_hold, put_hold
from plugin.services.follow_ups.open_task import open_own_task
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.follow_ups.problems import Problem, report_problem
from plugin.services.follow_ups.task_words import ENDED, FIX, LETTER
from plugin.services.letters.posted import settle_letter
from plugin.services.plans.decide import accept_plan
from plugin.services.plans.offer import offer_plan
from plugin.services.plans.rows import OFFERED, live_plan
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Hold, Task
from plugin.store.tables.invoices import Invoice

GRACE_DAYS = 4

HOLD_OF = {
    (Channel.CALL, CallOutcome.PROMISE): "promised",
    (Channel.CALL, CallOutcome.DISPUTE): "disputed",
    (Channel.LEGAL_DECISION, "wait"): "paused",
    (ENDED, "wait"): "paused",
}


class Said(Protocol):
    """What of the outcome's form matters here (``close_task.Outcome``)."""

    @property
    def outcome(self) -> str: ...
    @property
    def spoke_with(self) -> str: ...
    @property
    def promised_on(self) -> date | None: ...
    @property
    def amount_minor(self) -> int | None: ...
    @property
    def resume_level(self) -> int | None: ...
    @property
    def parts(self) -> Sequence[Part]: ...


def follow_outcome(
    session: TenantSession,
    invoice: Invoice,
    task: Task,
    said: Said,
    *,
    words: str,
    today: date,
    now: datetime,
    actor: str,
) -> None:
    """Does what follows from a task that was just closed; the invoice is planned anew in any case."""
    done = (task.kind, said.outcome)
    if hold := HOLD_OF.get(done):
        put_hold(
            session,
            invoice.id,
            kind=hold,
            reason=task.notes or words,
            today=today,
            now=now,
            actor=actor,
            until=said.promised_on,
            amount_minor=said.amount_minor if hold == "disputed" else None,
            detail={"resume_level": said.resume_level} if said.resume_level is not None else None,
        )
    elif done == (Channel.CALL, CallOutcome.WRONG_CONTACT):
        note = task.notes or words
        report_problem(session, invoice.id, Problem.WRONG_CONTACT, note=note, today=today, now=now, actor=actor)
    elif done == (Channel.PLAN_OFFER, "accepted"):
        _agree(session, invoice, task, said, today=today, now=now, actor=actor)
    elif task.kind == FIX:
        _end_hold(session, task, now=now, actor=actor)
    elif task.kind == LETTER:
        settle_letter(session, task, said.outcome, today=today, now=now)
    elif task.kind == ENDED and said.outcome in NEXT_TASK:
        kind, what = NEXT_TASK[said.outcome]
        open_own_task(
            session, invoice, kind=kind, key=task.id, what=what, due_on=today, now=now, assignee=task.assignee
        )
    close_with_task(session, task, now=now, actor=actor)
    replan(session, invoice, now=now)


NEXT_TASK = {
    "plan": (Channel.PLAN_OFFER.value, "The schedule has ended; offer instalments."),
    "legal": (Channel.LEGAL_DECISION.value, "The schedule has ended; decide on legal steps."),
}


def _agree(
    session: TenantSession, invoice: Invoice, task: Task, said: Said, *, today: date, now: datetime, actor: str
) -> None:
    """The client accepted the plan on offer, or the parts that the form names."""
    plan = live_plan(session, invoice.id)
    if plan is None and not said.parts:
        raise InvalidInput("Enter the instalments that the client accepted.", field="parts")
    if plan is None:
        plan = offer_plan(
            session,
            invoice.id,
            said.parts,
            grace_days=GRACE_DAYS,
            resume_level=said.resume_level,
            note=task.notes,
            today=today,
            now=now,
            actor=actor,
        )
    if plan.state == OFFERED:
        if not said.spoke_with.strip():
            raise InvalidInput("Enter who at the client accepted it; the record needs the name.", field="spoke_with")
        accept_plan(session, plan.id, who=said.spoke_with, how="phone", now=now, actor=actor)


def _end_hold(session: TenantSession, task: Task, *, now: datetime, actor: str) -> None:
    """Mending what stood in the way ends the hold that it caused, if nobody has ended it before."""
    hold_id = task.detail.get("hold")
    live = select(Hold.id).where(Hold.id == hold_id, Hold.lifted_at.is_(None))
    if hold_id and session.scalars(live).first() is not None:
        lift_hold(session, str(hold_id), now=now, actor=actor)
