"""What the administration lists: alerts, effects that wait for a person, audit rows, recurring reads, first steps."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, literal, or_, select

from plugin.store.session import TenantSession
from plugin.store.tables.audit import Alert, AuditRow
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.follow_ups import Message, PlannedStep
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Cursor, Effect
from plugin.store.tables.rates import Rate

PAGE = 50
ALERTS = 100


def open_alerts(session: TenantSession) -> Sequence[Alert]:
    """Alerts that nobody has seen to, newest first; at most 100."""
    return session.scalars(
        select(Alert).where(Alert.settled_at.is_(None)).order_by(Alert.at.desc(), Alert.id).limit(ALERTS)
    ).all()


def waiting_effects(session: TenantSession) -> list[tuple[Effect, Message | None]]:
    """Effects that only a person can settle: in doubt, or failed with an alert still open; mails with their message."""
    alerted = exists().where(
        Alert.tenant_id == Effect.tenant_id,
        Alert.settled_at.is_(None),
        Alert.dedupe_key.like(literal("%:") + Effect.id + literal(":%")),
    )
    query = (
        select(Effect, Message)
        .outerjoin(Message, (Message.tenant_id == Effect.tenant_id) & (Message.id == Effect.subject_id))
        .where(or_(Effect.state == "parked", (Effect.state == "failed") & alerted))
        .order_by(Effect.created_at.desc())
        .limit(ALERTS)
    )
    return [(effect, message) for effect, message in session.execute(query)]


@dataclass(frozen=True, kw_only=True, slots=True)
class ParkedStep:
    """A step that waits for a person and that neither a mail nor an effect carries."""

    step: PlannedStep
    number: str
    client_name: str


def parked_steps(session: TenantSession) -> list[ParkedStep]:
    """Steps that could not be planned, the oldest day first; at most 100."""
    query = (
        select(PlannedStep, Invoice.number, Client.name)
        .join(Invoice, (Invoice.tenant_id == PlannedStep.tenant_id) & (Invoice.id == PlannedStep.invoice_id))
        .join(Client, (Client.tenant_id == Invoice.tenant_id) & (Client.id == Invoice.client_id))
        .where(PlannedStep.state == "parked", PlannedStep.message_row_id.is_(None), PlannedStep.effect_id.is_(None))
        .order_by(PlannedStep.planned_on, PlannedStep.id)
        .limit(ALERTS)
    )
    return [
        ParkedStep(step=step, number=number or "", client_name=name) for step, number, name in session.execute(query)
    ]


def audit_page(session: TenantSession, *, before: int | None) -> Sequence[AuditRow]:
    """The newest 50 audit rows, or those before a sequence number."""
    query = select(AuditRow).order_by(AuditRow.seq.desc()).limit(PAGE)
    return session.scalars(query if before is None else query.where(AuditRow.seq < before)).all()


def invoices_named(session: TenantSession, ids: Collection[str]) -> dict[str, Invoice]:
    """Those of these subjects of audit rows that are invoices, by id."""
    return {invoice.id: invoice for invoice in session.scalars(select(Invoice).where(Invoice.id.in_(ids)))}


def cursors(session: TenantSession) -> Sequence[Cursor]:
    """The recurring reads of Jira."""
    return session.scalars(select(Cursor).order_by(Cursor.name)).all()


@dataclass(frozen=True, kw_only=True, slots=True)
class SetUp:
    """How far the set-up has come: how many there are of each."""

    clients: int
    rates: int
    billed_projects: int


def set_up(session: TenantSession) -> SetUp:
    """Counts what a first invoice needs."""
    return SetUp(
        clients=session.execute(select(func.count()).select_from(Client)).scalar_one(),
        rates=session.execute(select(func.count()).select_from(Rate)).scalar_one(),
        billed_projects=session.execute(
            select(func.count()).select_from(Project).where(Project.client_id.is_not(None))
        ).scalar_one(),
    )
