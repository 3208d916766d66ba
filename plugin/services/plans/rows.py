"""The stored plan of an invoice, and how its parts stand by the ledger."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from plugin.domain.errors import NotFound
from plugin.domain.money import Money, total
from plugin.domain.payments.instalments import Part, PartStanding, broken_on, standing
from plugin.services.billing.lookup import invoice_of
from plugin.services.currencies import currency_of
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.plans import Instalment, InstalmentPlan

OFFERED, RUNNING, KEPT, BROKEN, WITHDRAWN = "offered", "running", "kept", "broken", "withdrawn"
LIVE = (OFFERED, RUNNING)


def live_plan(session: TenantSession, invoice_id: str) -> InstalmentPlan | None:
    """The plan that is offered or running; an invoice has at most one."""
    query = select(InstalmentPlan).where(InstalmentPlan.invoice_id == invoice_id, InstalmentPlan.state.in_(LIVE))
    return session.scalars(query).one_or_none()


def plans_of(session: TenantSession, invoice_id: str) -> Sequence[InstalmentPlan]:
    """All plans of an invoice, the newest first."""
    query = select(InstalmentPlan).where(InstalmentPlan.invoice_id == invoice_id)
    return session.scalars(query.order_by(InstalmentPlan.offered_at.desc(), InstalmentPlan.id)).all()


def plan_to_change(session: TenantSession, plan_id: str) -> tuple[Invoice, InstalmentPlan]:
    """The plan and its invoice, locked, the invoice first as everybody does. NotFound for an unknown id."""
    invoice_id = session.scalars(select(InstalmentPlan.invoice_id).where(InstalmentPlan.id == plan_id)).one_or_none()
    if invoice_id is None:
        raise NotFound("There is no such payment plan here; reload the page.")
    invoice = invoice_of(session, invoice_id, lock=True)
    plan = session.get_one(InstalmentPlan, (session.tenant_id, plan_id), with_for_update=True, populate_existing=True)
    return invoice, plan


def parts_of(session: TenantSession, plan: InstalmentPlan, currency_code: str) -> tuple[Part, ...]:
    """The instalments in their order."""
    currency = currency_of(currency_code)
    rows = session.scalars(select(Instalment).where(Instalment.plan_id == plan.id).order_by(Instalment.number))
    return tuple(Part(row.due_on, Money(row.amount_minor, currency)) for row in rows)


def standing_of(session: TenantSession, invoice: Invoice, plan: InstalmentPlan) -> tuple[PartStanding, ...]:
    """What of each part is paid."""
    parts = parts_of(session, plan, invoice.currency)
    return standing(parts, paid=_paid(invoice, parts))


def breaks_on(session: TenantSession, invoice: Invoice, plan: InstalmentPlan) -> date | None:
    """The day on which the plan is broken if nothing more is paid; None where all of it is paid."""
    parts = parts_of(session, plan, invoice.currency)
    return broken_on(parts, paid=_paid(invoice, parts), grace_days=plan.grace_days)


def _paid(invoice: Invoice, parts: Sequence[Part]) -> Money:
    """The plan covers what was open when it was made: what is open no more was paid, or credited, since then."""
    currency = currency_of(invoice.currency)
    return total((part.amount for part in parts), currency) - Money(max(invoice.balance_minor, 0), currency)
