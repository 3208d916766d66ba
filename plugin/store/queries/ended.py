"""Invoices whose ladder has ended while money is still owed: nothing happens any more unless a person decides (F02)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Exists, exists, or_, select

from plugin.domain.billing.states import OPEN
from plugin.domain.reminders.reasons import ReasonCode
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.follow_ups import Hold, PlannedStep, Task
from plugin.store.tables.invoices import Invoice

MOST = 100
OVER = ("sent", "failed", "skipped", "superseded", "cancelled")
"""States of a step after which it does nothing more by itself."""
WAITS_FOR_A_STEP = ReasonCode.STEP_NOT_SENT.value
"""A step held for this waits in vain once every other step is over: what it waits for never went."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EndedSchedule:
    """An overdue invoice that nobody follows up on, with the names that lists show."""

    invoice: Invoice
    client_name: str
    project_name: str


def ended_schedules(session: TenantSession, *, today: date, project_id: str | None = None) -> list[EndedSchedule]:
    """Those of the site, or of a project, the longest overdue first; at most 100.

    Not among them: what waits (a step to come, an open task, a hold that still runs), and what a person took out.
    """
    query = (
        select(Invoice, Client.name, Project.name)
        .join(Client, (Client.tenant_id == Invoice.tenant_id) & (Client.id == Invoice.client_id))
        .join(Project, (Project.tenant_id == Invoice.tenant_id) & (Project.id == Invoice.project_id))
        .where(
            Invoice.state.in_([state.value for state in OPEN]),
            Invoice.due_on < today,
            Invoice.reminders_on,
            _of_invoice(PlannedStep),
            ~_of_invoice(PlannedStep).where(
                PlannedStep.state.not_in(OVER),
                ~(PlannedStep.state.in_(("planned", "held")) & (PlannedStep.reason_code == WAITS_FOR_A_STEP)),
            ),
            ~_of_invoice(Task).where(Task.state == "open"),
            ~_of_invoice(Hold).where(Hold.lifted_at.is_(None), or_(Hold.until.is_(None), Hold.until >= today)),
        )
        .order_by(Invoice.due_on, Invoice.id)
        .limit(MOST)
    )
    if project_id is not None:
        query = query.where(Invoice.project_id == project_id)
    return [
        EndedSchedule(invoice=invoice, client_name=client, project_name=project)
        for invoice, client, project in session.execute(query)
    ]


def _of_invoice(table: type[PlannedStep | Task | Hold]) -> Exists:
    return exists().where(table.tenant_id == Invoice.tenant_id, table.invoice_id == Invoice.id)
