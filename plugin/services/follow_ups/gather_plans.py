"""Payment plans as the planner knows them: what rests the ladder, and the instalments to be reminded of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from plugin.domain.money import Money, total
from plugin.domain.payments.instalments import Part, broken_on, standing
from plugin.domain.reminders.facts import Instalment, PlanHold
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.gather_rows import InvoiceRow
from plugin.services.follow_ups.rare import INVOICES, RareRows
from plugin.store.session import TenantSession
from plugin.store.tables.plans import Instalment as InstalmentRow
from plugin.store.tables.plans import InstalmentPlan

RUNNING, BROKEN = "running", "broken"
ACCEPTED = (
    select(InstalmentPlan)
    .where(
        InstalmentPlan.invoice_id.in_(INVOICES),
        InstalmentPlan.accepted_at.is_not(None),
    )
    .order_by(InstalmentPlan.accepted_at, InstalmentPlan.id)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanFacts:
    """``instalments`` are numbered through all plans the invoice ever had, as the occurrences of a step are."""

    hold: PlanHold | None = None
    instalments: tuple[Instalment, ...] = ()


NO_PLAN = PlanFacts()


def plan_facts(session: TenantSession, rare: RareRows, rows: Sequence[InvoiceRow]) -> dict[str, PlanFacts]:
    """By invoice id, for those that ever had a plan somebody accepted; two queries at most."""
    plans: dict[str, list[InstalmentPlan]] = defaultdict(list)
    for (plan,) in rare.of(ACCEPTED, {"invoices": [row.id for row in rows]}):
        plans[plan.invoice_id].append(plan)
    if not plans:
        return {}
    ids = [plan.id for of_invoice in plans.values() for plan in of_invoice]
    parts: dict[str, list[InstalmentRow]] = defaultdict(list)
    for part in session.scalars(
        select(InstalmentRow).where(InstalmentRow.plan_id.in_(ids)).order_by(InstalmentRow.number)
    ):
        parts[part.plan_id].append(part)
    return {row.id: _facts(row, plans[row.id], parts) for row in rows if row.id in plans}


def _facts(row: InvoiceRow, plans: Sequence[InstalmentPlan], parts: dict[str, list[InstalmentRow]]) -> PlanFacts:
    """A plan that is late breaks by the ledger on its day, whether or not somebody has marked it so by then."""
    plan = plans[-1]
    if plan.state not in (RUNNING, BROKEN):
        return NO_PLAN
    currency = currency_of(row.currency)
    agreed = tuple(Part(part.due_on, Money(part.amount_minor, currency)) for part in parts[plan.id])
    # The plan covers what was open when it was made: what is open no more was paid, or credited, since then.
    paid = total((part.amount for part in agreed), currency) - Money(max(row.balance_minor, 0), currency)
    breaks = plan.broken_on if plan.state == BROKEN else broken_on(agreed, paid=paid, grace_days=plan.grace_days)
    before = sum(len(parts[earlier.id]) for earlier in plans[:-1])
    return PlanFacts(
        hold=PlanHold(plan.note, breaks, plan.resume_level),
        instalments=tuple(
            Instalment(before + number, each.part.due_on, each.open)
            for number, each in enumerate(standing(agreed, paid=paid), start=1)
        ),
    )
