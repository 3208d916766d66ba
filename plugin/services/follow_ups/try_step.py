"""What would come of a change, without making it: another day with its roll over holidays, or "send now" (U06, C37)."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.calendar import check_reach
from plugin.domain.errors import InvalidInput, NotFound
from plugin.domain.reminders.facts import InvoiceFacts, StepRecord, StepState
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy import Channel, Tone
from plugin.domain.reminders.timeline import Entry, Verdict
from plugin.services.answers.mail_links import MailLinks
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.gather import gather
from plugin.services.follow_ups.preview_step import StepPreview, preview_step
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """What the planner would say: the day (None: none known) and its sentence. ``goes``: it would go today."""

    number: str
    day: date | None
    why: str
    goes: bool
    holiday: str = ""
    """Why the day that was asked for is no business day; empty where it is one."""


def try_move(session: TenantSession, invoice_id: str, key: str, *, to: date, now: datetime) -> Tried:
    """The day on which the step would really go if it were put on ``to``."""
    invoice = invoice_of(session, invoice_id)
    asked = gather(session, invoice, now=now)
    if to < asked.today:
        raise InvalidInput(f"{to} is over already; choose today or a later day.", field="to")
    check_reach(to, today=asked.today, field="to")
    row = _row(session, invoice_id, key)
    facts = _with(asked.facts, replace(_record(row), moved_to=to, requested=False))
    entry = _entry(plan(facts, asked.policy, asked.calendar, asked.today).entries, row)
    why = asked.calendar.reason(to) or ""
    return Tried(
        number=invoice.number or "",
        day=entry.day,
        why=entry.sentence,
        goes=entry.verdict is Verdict.DUE,
        holiday=why,
    )


def try_now(session: TenantSession, invoice_id: str, key: str, *, now: datetime) -> Tried:
    """Whether the step would go at once if a person asked for it; if not, what is in the way."""
    invoice = invoice_of(session, invoice_id)
    asked = gather(session, invoice, now=now)
    row = _row(session, invoice_id, key)
    facts = _with(asked.facts, replace(_record(row), requested=True))
    entry = _entry(plan(facts, asked.policy, asked.calendar, asked.today).entries, row)
    goes = entry.verdict is Verdict.DUE
    return Tried(number=invoice.number or "", day=entry.day, why=entry.sentence, goes=goes)


@dataclass(frozen=True, kw_only=True, slots=True)
class DryRun:
    """One row of a dry run: whether it would go, and the mail that would leave (None for a task)."""

    invoice_id: str
    key: str
    tried: Tried
    mail: StepPreview | None


def dry_run(session: TenantSession, invoice_id: str, key: str, *, now: datetime, links: MailLinks) -> DryRun:
    """Recipients and text of a step that is to be sent now, and whether anything stands in its way."""
    tried = try_now(session, invoice_id, key, now=now)
    row = _row(session, invoice_id, key)
    writes = tried.goes and row.channel == Channel.EMAIL
    mail = preview_step(session, invoice_id, key, now=now, links=links) if writes else None
    return DryRun(invoice_id=invoice_id, key=key, tried=tried, mail=mail)


def _row(session: TenantSession, invoice_id: str, key: str) -> PlannedStep:
    query = select(PlannedStep).where(PlannedStep.invoice_id == invoice_id, PlannedStep.step_key == key)
    rows = session.scalars(query.order_by(PlannedStep.occurrence)).all()
    found = next((row for row in rows if row.state in ("planned", "held", "deferred")), None)
    if found is None:
        raise NotFound("There is no such step to come on this invoice; reload the page.")
    return found


def _record(row: PlannedStep) -> StepRecord:
    return StepRecord(
        key=row.step_key,
        occurrence=row.occurrence,
        state=StepState.PLANNED,
        channel=Channel(row.channel),
        tone=Tone(row.tone),
        level=row.level,
        moved_to=row.moved_to,
        requested=row.requested,
        approved=row.approved,
    )


def _with(facts: InvoiceFacts, record: StepRecord) -> InvoiceFacts:
    others = [each for each in facts.records if (each.key, each.occurrence) != (record.key, record.occurrence)]
    return replace(facts, records=(*others, record))


def _entry(entries: tuple[Entry, ...], row: PlannedStep) -> Entry:
    return next(entry for entry in entries if (entry.key, entry.occurrence) == (row.step_key, row.occurrence))
