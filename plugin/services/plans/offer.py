"""Offers a payment plan: parts that add up to what is open, and what happens if one is not paid."""

from collections.abc import Sequence
from datetime import date, datetime

from plugin.domain.billing.states import OPEN, InvoiceState
from plugin.domain.errors import Conflict
from plugin.domain.money import Money
from plugin.domain.payments.instalments import Part, check_parts
from plugin.services.billing.lookup import invoice_of
from plugin.services.currencies import currency_of
from plugin.services.history.record import record_event
from plugin.services.plans.rows import OFFERED, live_plan
from plugin.services.settings.checks import check_range, clean_block
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.plans import Instalment, InstalmentPlan


def offer_plan(
    session: TenantSession,
    invoice_id: str,
    parts: Sequence[Part],
    *,
    grace_days: int,
    resume_level: int | None,
    note: str,
    today: date,
    now: datetime,
    actor: str,
) -> InstalmentPlan:
    """Stores an offer; chasing goes on until the client has accepted it. ``today`` is the client's civil day.

    Raises InvalidInput for parts that do not match what is open, Conflict where a plan is offered or running already.
    """
    invoice = invoice_of(session, invoice_id, lock=True)
    if InvoiceState(invoice.state) not in OPEN:
        raise Conflict(f"Invoice {invoice.number or 'draft'} is not open, so there is nothing to pay in instalments.")
    if live_plan(session, invoice.id) is not None:
        raise Conflict("A payment plan is offered or running already; withdraw it first.")
    check_parts(parts, owed=Money(invoice.balance_minor, currency_of(invoice.currency)), today=today)
    plan = InstalmentPlan(
        id=new_id(),
        invoice_id=invoice.id,
        state=OFFERED,
        grace_days=check_range(grace_days, field="grace_days", low=0, high=30),
        resume_level=resume_level,
        note=clean_block(note, field="note"),
        offered_by=actor,
        offered_at=now,
    )
    session.add(plan)
    session.flush()
    session.add_all(_row(plan, number, part) for number, part in enumerate(parts, 1))
    invoice.row_version += 1
    session.flush()
    _tell(session, invoice, plan, parts)
    return plan


def _row(plan: InstalmentPlan, number: int, part: Part) -> Instalment:
    return Instalment(id=new_id(), plan_id=plan.id, number=number, due_on=part.due_on, amount_minor=part.amount.minor)


def _tell(session: TenantSession, invoice: Invoice, plan: InstalmentPlan, parts: Sequence[Part]) -> None:
    """Days and amounts stay inside: that a client cannot pay at once is nobody else's business (L57)."""
    record_event(
        session,
        invoice,
        kind="plan",
        text=f"Payment plan of {len(parts)} instalments offered",
        internal_note="\n".join([*(f"{part.due_on}: {part.amount}" for part in parts), *filter(None, [plan.note])]),
        key=f"plan:{plan.id}:offered",
        now=plan.offered_at,
        actor=plan.offered_by,
    )
    record_audit(
        session,
        actor=plan.offered_by,
        action="plan.offered",
        subject=invoice.id,
        now=plan.offered_at,
        after={
            "plan": plan.id,
            "parts": [[part.due_on.isoformat(), part.amount.minor] for part in parts],
            "grace_days": plan.grace_days,
            "resume_level": plan.resume_level,
        },
    )
