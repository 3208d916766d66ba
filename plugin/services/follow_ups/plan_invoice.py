"""Asks the planner and writes its answer into the planned steps: the columns are the schedule."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.timeline import Entry, Timeline, Verdict
from plugin.services.follow_ups.gather import PlanInput, gather
from plugin.services.follow_ups.policies import version_in_force
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice

FINAL = {Verdict.SKIPPED: "skipped", Verdict.SUPERSEDED: "superseded", Verdict.CANCELLED: "cancelled"}
REST = timedelta(minutes=1)


def plan_new_invoice(session: TenantSession, invoice: Invoice, *, now: datetime) -> None:
    """Pins the policy version in force and lays out the whole ladder of a freshly issued invoice."""
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    project = session.get_one(Project, (session.tenant_id, invoice.project_id))
    invoice.policy_version_id = version_in_force(session, client, project, chosen=invoice.policy_id).id
    session.flush()
    replan(session, invoice, now=now)


def timeline_of(session: TenantSession, invoice: Invoice, *, now: datetime) -> tuple[PlanInput, Timeline]:
    """The ladder as it stands at ``now``, without writing anything; what screens and the sender share."""
    asked = gather(session, invoice, now=now)
    return asked, plan(asked.facts, asked.policy, asked.calendar, asked.today)


def replan(session: TenantSession, invoice: Invoice, *, now: datetime) -> tuple[PlanInput, Timeline]:
    """Plans anew and stores each open step's state, reason and next instant. Call it after anything that may matter.

    A step that a message carries stays with it: the gate asks the planner again before the mail leaves. The invoice is
    locked, so that two plans never write the same steps at once.
    """
    session.execute(select(Invoice.id).where(Invoice.id == invoice.id).with_for_update(key_share=True))
    asked, timeline = timeline_of(session, invoice, now=now)
    rows = {
        (row.step_key, row.occurrence): row
        for row in session.scalars(select(PlannedStep).where(PlannedStep.invoice_id == invoice.id))
    }
    for entry in timeline.entries:
        if entry.settled:
            continue
        row = rows.get((entry.key, entry.occurrence))
        if row is None:
            row = _new_row(invoice, entry, asked.today)
            session.add(row)
        if row.message_row_id is None and row.effect_id is None:
            write_verdict(row, entry, timeline, asked=asked, now=now)
    session.flush()
    return asked, timeline


def write_verdict(row: PlannedStep, entry: Entry, timeline: Timeline, *, asked: PlanInput, now: datetime) -> None:
    """Puts one entry's verdict into its row. A later skip or supersession is a forecast, open until its day."""
    day = entry.day or entry.nominal
    row.channel, row.tone, row.level = entry.channel.value, entry.tone.value, entry.level
    row.reason_code, row.reason = entry.reason.code.value, entry.sentence
    row.planned_on = day or row.planned_on
    settled = entry.verdict is Verdict.CANCELLED or (entry.verdict in FINAL and (day is None or day <= asked.today))
    if settled:
        row.state, row.next_at, row.done_at, row.done_on = FINAL[entry.verdict], None, now, asked.today
        return
    row.done_at = row.done_on = None
    if entry.verdict is Verdict.DUE:
        row.state, row.next_at = "planned", now
        return
    row.state = "held" if entry.verdict is Verdict.HELD else "planned"
    row.next_at = _next_look(entry, timeline, asked=asked, now=now)


def _new_row(invoice: Invoice, entry: Entry, today: date) -> PlannedStep:
    return PlannedStep(
        id=new_id(),
        invoice_id=invoice.id,
        policy_version_id=invoice.policy_version_id,
        step_key=entry.key,
        occurrence=entry.occurrence,
        planned_on=entry.day or entry.nominal or today,
        requested=False,
        approved=False,
    )


def _next_look(entry: Entry, timeline: Timeline, *, asked: PlanInput, now: datetime) -> datetime | None:
    """When the step is looked at again: at the opening of the window on the day that its verdict may change."""
    if entry.until_at is not None:
        return max(entry.until_at, now + REST)
    day = entry.until or entry.day or timeline.next_look
    if day is None:
        return None
    if day <= asked.today:
        day = timeline.next_look or asked.today + timedelta(days=1)
    return _opening(day, asked)


def _opening(day: date, asked: PlanInput) -> datetime:
    window = asked.facts.window
    if window is None:
        return datetime.combine(day, time(0), tzinfo=ZoneInfo("UTC"))
    return window.instant_on(day) or datetime.combine(day, time(0), tzinfo=ZoneInfo(window.zone))
