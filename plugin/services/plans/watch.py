"""What becomes of plans by themselves: kept once all is paid, taken up again when it is not, broken when late."""

from datetime import datetime

from sqlalchemy import select

from plugin.domain.billing.states import InvoiceState
from plugin.services.follow_ups.calendar import client_today
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.history.record import record_event
from plugin.services.plans.rows import (
    BROKEN,
    KEPT,
    OFFERED,
    RUNNING,
    WITHDRAWN,
    breaks_on,
    live_plan,
    plan_to_change,
    plans_of,
)
from plugin.store.audit import raise_alert, record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice, InvoiceEvent
from plugin.store.tables.plans import InstalmentPlan

OURSELVES = "dunlin"


def keep_plan(session: TenantSession, invoice: Invoice, *, now: datetime) -> None:
    """Once nothing is open any more: paid, the plan is kept; credited or written off, it has no object.

    The caller has locked the invoice.
    """
    plan = live_plan(session, invoice.id)
    if plan is None or invoice.balance_minor > 0:
        return
    is_kept = plan.state == RUNNING and invoice.state == InvoiceState.PAID
    plan.state, plan.ended_at = KEPT if is_kept else WITHDRAWN, now
    plan.row_version += 1
    session.flush()
    text = "Payment plan kept" if is_kept else "Payment plan ended: nothing is open any more"
    key = f"{_ended_by_itself(plan)}{plan.row_version}"
    record_event(session, invoice, kind="plan", text=text, key=key, now=now, actor=OURSELVES)


def take_up_plan(session: TenantSession, invoice: Invoice, *, now: datetime) -> None:
    """Money is owed again: a plan that ended because nothing was goes on where it stood. The caller locked the invoice.

    What a person withdrew stays withdrawn; an instalment that is late by now breaks it as it breaks any plan.
    """
    newest = next(iter(plans_of(session, invoice.id)), None)
    if newest is None or invoice.balance_minor <= 0 or newest.state not in (KEPT, WITHDRAWN):
        return
    ended = select(InvoiceEvent.id).where(
        InvoiceEvent.invoice_id == invoice.id,
        InvoiceEvent.dedupe_key == f"{_ended_by_itself(newest)}{newest.row_version}",
    )
    if session.scalars(ended).first() is None:
        return
    newest.state, newest.ended_at = (RUNNING if newest.accepted_at else OFFERED), None
    newest.row_version += 1
    session.flush()
    text = "Payment plan runs on" if newest.accepted_at else "Payment plan is on offer again"
    record_event(
        session,
        invoice,
        kind="plan",
        text=f"{text}: the payment was taken back",
        key=f"plan:{newest.id}:taken-up:{newest.row_version}",
        now=now,
        actor=OURSELVES,
    )
    record_audit(
        session, actor=OURSELVES, action="plan.taken_up", subject=invoice.id, now=now, after={"plan": newest.id}
    )


def _ended_by_itself(plan: InstalmentPlan) -> str:
    """How the key of the line begins that told so; a plan may end and be taken up more than once."""
    return f"plan:{plan.id}:ended:"


def break_late_plans(session: TenantSession, *, now: datetime) -> int:
    """Breaks the running plans of which a part is more than the grace days late; gives how many."""
    running = session.scalars(select(InstalmentPlan.id).where(InstalmentPlan.state == RUNNING)).all()
    return sum(_break_if_late(session, plan_id, now) for plan_id in running)


def _break_if_late(session: TenantSession, plan_id: str, now: datetime) -> bool:
    invoice, plan = plan_to_change(session, plan_id)
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    day = breaks_on(session, invoice, plan)
    if plan.state != RUNNING or day is None or client_today(client, now) < day:
        return False
    plan.state, plan.broken_on, plan.ended_at = BROKEN, day, now
    plan.row_version += 1
    invoice.row_version += 1
    session.flush()
    text = "Payment plan broken: an instalment was not paid"
    record_event(session, invoice, kind="plan", text=text, key=f"plan:{plan.id}:broken", now=now, actor=OURSELVES)
    replan(session, invoice, now=now)
    raise_alert(
        session,
        kind="plan_broken",
        sentence=f"An instalment of invoice {invoice.number} was not paid, so its payment plan is broken and the "
        "follow-ups go on. Offer another plan if you have agreed on one.",
        subject=invoice.id,
        key=f"plan_broken:{plan.id}",
        now=now,
    )
    record_audit(session, actor=OURSELVES, action="plan.broken", subject=invoice.id, now=now, after={"plan": plan.id})
    return True
