"""What becomes of a plan by somebody's word: the client accepted it, or it is withdrawn."""

from datetime import datetime

from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.money import total
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.history.record import record_event
from plugin.services.plans.rows import LIVE, OFFERED, RUNNING, WITHDRAWN, parts_of, plan_to_change
from plugin.services.settings.checks import clean_block, clean_line
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.plans import InstalmentPlan

HOW = {
    "phone": "By phone",
    "mail": "By mail",
    "letter": "In writing, signed",
    "meeting": "In a meeting",
    "page": "On the page behind the mail",
}
"""How a client may accept; the record says which."""


def accept_plan(
    session: TenantSession, plan_id: str, *, who: str, how: str, now: datetime, actor: str
) -> InstalmentPlan:
    """Puts on record who at the client accepted the offer and how; chasing rests while the plan is kept.

    Raises Conflict for a plan that is not on offer, or whose sum is no more what is open.
    """
    invoice, plan = plan_to_change(session, plan_id)
    if plan.state != OFFERED:
        raise Conflict("This plan is not on offer any more; reload the page.")
    name = clean_line(who, field="who")
    if not name:
        raise InvalidInput("Enter who at the client accepted it; the record needs the name.", field="who")
    if how not in HOW:
        raise InvalidInput("Choose how it was accepted.", field="how")
    parts = parts_of(session, plan, invoice.currency)
    if total((part.amount for part in parts), currency_of(invoice.currency)).minor != invoice.balance_minor:
        raise Conflict("What is open has changed since the offer; withdraw it and offer a plan for the new amount.")
    plan.state, plan.accepted_by, plan.accepted_how, plan.accepted_at = RUNNING, name, how, now
    _keep(session, invoice, plan, text="Payment plan agreed", note=f"{name}, {HOW[how].lower()}", now=now, actor=actor)
    return plan


def withdraw_plan(session: TenantSession, plan_id: str, *, reason: str, now: datetime, actor: str) -> InstalmentPlan:
    """Ends a plan that is offered or running; the strongest follow-up that is due goes next."""
    invoice, plan = plan_to_change(session, plan_id)
    if plan.state not in LIVE:
        raise Conflict("This plan has ended already; reload the page.")
    why = clean_block(reason, field="reason")
    if not why:
        raise InvalidInput("Say why the plan is withdrawn; the history keeps it.", field="reason")
    plan.state, plan.ended_at = WITHDRAWN, now
    _keep(session, invoice, plan, text="Payment plan withdrawn", note=why, now=now, actor=actor)
    return plan


def _keep(
    session: TenantSession, invoice: Invoice, plan: InstalmentPlan, *, text: str, note: str, now: datetime, actor: str
) -> None:
    plan.row_version += 1
    # The gate waits for whoever changes the invoice row, so a plan that is committed is seen (I3).
    invoice.row_version += 1
    session.flush()
    key = f"plan:{plan.id}:{plan.state}"
    record_event(session, invoice, kind="plan", text=text, internal_note=note, key=key, now=now, actor=actor)
    replan(session, invoice, now=now)
    record_audit(
        session, actor=actor, action=f"plan.{plan.state}", subject=invoice.id, now=now, after={"plan": plan.id}
    )
