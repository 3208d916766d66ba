"""Asks the planner and writes its answer into the planned steps: the columns are the schedule."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.timeline import Timeline
from plugin.services.follow_ups.gather import PlanInput, gather_many
from plugin.services.follow_ups.gather_rows import in_batches
from plugin.services.follow_ups.policies import version_in_force
from plugin.services.follow_ups.uncollected import uncollected
from plugin.services.follow_ups.write_plan import write_plans
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.invoices import Invoice

_LOCKED = (
    select(Invoice.id)
    .where(Invoice.id.in_(bindparam("ids", expanding=True)))
    .order_by(Invoice.id)
    .with_for_update(key_share=True)
)


def plan_new_invoice(session: TenantSession, invoice: Invoice, *, now: datetime) -> None:
    """Pins the policy version in force and lays out the whole ladder of a freshly issued invoice."""
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    project = session.get_one(Project, (session.tenant_id, invoice.project_id))
    invoice.policy_version_id = version_in_force(session, client, project, on_invoice=invoice.policy_id).id
    session.flush()
    replan(session, invoice, now=now)


def timeline_of(session: TenantSession, invoice: Invoice, *, now: datetime) -> tuple[PlanInput, Timeline]:
    """The ladder as it stands at ``now``, without writing anything; what screens and the sender share."""
    return timelines_of(session, [invoice], now=now)[0]


def timelines_of(
    session: TenantSession, invoices: Iterable[Invoice], *, now: datetime
) -> list[tuple[PlanInput, Timeline]]:
    """The same for many invoices, in their order."""
    return [(asked, timeline_for(asked)) for asked in gather_many(session, invoices, now=now)]


def timeline_for(asked: PlanInput) -> Timeline:
    """What the planner answers to what was gathered."""
    return plan(asked.facts, asked.policy, asked.calendar, asked.today)


def replan(session: TenantSession, invoice: Invoice, *, now: datetime) -> tuple[PlanInput, Timeline]:
    """Plans anew and stores each open step's state, reason and next instant. Call it after anything that may matter.

    A step that a message or an effect carries stays with it: the gate asks the planner again before it leaves. The
    invoice is locked, so that two plans never write the same steps at once.
    """
    return replan_many(session, [invoice], now=now)[0]


def replan_many(
    session: TenantSession, invoices: Sequence[Invoice], *, now: datetime
) -> list[tuple[PlanInput, Timeline]]:
    """The same for many invoices, in their order; rows are written in bulk, and only those that change."""
    found: list[tuple[PlanInput, Timeline]] = []
    for batch in in_batches(invoices):
        ids = [invoice.id for invoice in batch]
        session.execute(_LOCKED, {"ids": ids})
        with uncollected():
            planned = timelines_of(session, batch, now=now)
            versions = {invoice.id: invoice.policy_version_id or "" for invoice in batch}
            write_plans(session, planned, versions=versions, now=now)
        found += planned
    return found
