"""Why a client does not pay, by reason code: each has an effect on the ladder, and somebody to see to it (F42)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy import Channel
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.holds import put_hold
from plugin.services.follow_ups.open_task import open_own_task
from plugin.services.follow_ups.task_words import FIX
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.follow_ups import Hold


class Problem(StrEnum):
    """What the client says is in the way."""

    CASH_FLOW = "cash_flow"
    DISPUTE = "dispute"
    NO_ORDER = "missing_purchase_order"
    NOT_RECEIVED = "not_received"
    WRONG_CONTACT = "wrong_contact"


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """The hold that a problem puts on the invoice, and the task that is opened for it."""

    title: str
    hold: str
    task: str
    what: str


EFFECTS = {
    Problem.CASH_FLOW: Effect(
        title="Short of money",
        hold="paused",
        task=Channel.PLAN_OFFER,
        what="The client is short of money; offer instalments.",
    ),
    Problem.DISPUTE: Effect(
        title="Disputes it", hold="disputed", task=FIX, what="Clear up what the client disputes, then settle it."
    ),
    Problem.NO_ORDER: Effect(
        title="Missing purchase order",
        hold="obstacle",
        task=FIX,
        what="Get the purchase order number, and tell the client.",
    ),
    Problem.NOT_RECEIVED: Effect(
        title="Invoice not received",
        hold="obstacle",
        task=FIX,
        what="Send the invoice again, and make sure it arrived.",
    ),
    Problem.WRONG_CONTACT: Effect(
        title="Wrong contact", hold="obstacle", task=FIX, what="Find out who pays, and change the client's contacts."
    ),
}


def report_problem(
    session: TenantSession,
    invoice_id: str,
    problem: Problem,
    *,
    note: str,
    today: date,
    now: datetime,
    actor: str,
    until: date | None = None,
    amount_minor: int | None = None,
) -> Hold:
    """Holds what the problem stops and opens its task for the project's owner; mending the task ends the hold.

    ``until`` is for a client short of money: the last day of the rest. ``amount_minor``: the disputed part.
    """
    effect = EFFECTS[problem]
    if problem is Problem.CASH_FLOW and until is None:
        raise InvalidInput("Enter until when reminders rest; a plan is offered meanwhile.", field="until")
    hold = put_hold(
        session,
        invoice_id,
        kind=effect.hold,
        reason=f"{effect.title}: {note.strip()}" if note.strip() else effect.title,
        today=today,
        now=now,
        actor=actor,
        until=until if effect.hold == "paused" else None,
        amount_minor=amount_minor if effect.hold == "disputed" else None,
        detail={"code": problem.value},
    )
    invoice = invoice_of(session, invoice_id)
    project = session.get_one(Project, (session.tenant_id, invoice.project_id))
    open_own_task(
        session,
        invoice,
        kind=effect.task,
        key=problem.value,
        what=effect.what,
        due_on=today,
        now=now,
        assignee=project.owner_account_id or "",
        detail={"hold": hold.id},
    )
    return hold
