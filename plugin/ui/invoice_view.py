"""One invoice as panel and project page show it: state, ladder with its reasons, holds, tasks, history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import select

from plugin.domain.billing.states import OPEN, InvoiceState, standing
from plugin.domain.calendar import civil_day
from plugin.domain.money import Money
from plugin.domain.payments.instalments import Rhythm, split
from plugin.domain.reminders.policy import Channel, Policy, Track
from plugin.domain.reminders.reasons import ReasonCode
from plugin.domain.reminders.timeline import Entry, Timeline, Verdict
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.plan_invoice import timeline_of
from plugin.services.history.standing import shown
from plugin.store.queries.invoice_parts import documents_of, events_of, live_holds, open_tasks
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact
from plugin.store.tables.follow_ups import Hold, Task
from plugin.store.tables.invoices import Invoice, InvoiceEvent
from plugin.ui import words
from plugin.ui.filters import moment
from plugin.ui.words import Words

OVER = {Verdict.SENT, Verdict.DONE, Verdict.FAILED, Verdict.SKIPPED, Verdict.SUPERSEDED, Verdict.CANCELLED}
"""Verdicts after which a step does nothing more by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepView:
    """One rung of the ladder. ``offset``: days from the due date as text; ``gates``: (name, sentence, decided)."""

    key: str
    occurrence: int
    title: str
    channel: str
    tone: str
    state: Words
    offset: str
    days: int | None
    day: date | None
    why: str
    gates: tuple[tuple[str, str, bool], ...]
    movable: bool
    level: int
    parked: bool = False
    """Whether it waits for a person although nothing of it has left."""
    opted_out_by: str = ""
    """The account of whoever opted the client out, where that is why the step does not go."""
    on_ladder: bool = True
    """Whether the ladder may resume at it; what happens in Jira, or reminds of an instalment, stands beside it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceView:
    """``today`` is the client's civil day: the one that says whether an invoice is late."""

    invoice: Invoice
    client: Client
    state: Words
    days_late: int
    today: date
    steps: tuple[StepView, ...]
    next: StepView | None
    holds: Sequence[Hold]
    tasks: Sequence[Task]
    has_pdf: bool
    ended: bool = False
    """Whether every follow-up is over while money is owed, and nothing else is under way (F02)."""
    callee: str = ""
    """Whom to call, with the number, while a call is open."""

    @property
    def levels(self) -> list[tuple[str, str]]:
        """The rungs at which the ladder may resume, for a choice; the first is whatever is due then."""
        rungs = {step.level: step.title for step in self.steps if step.on_ladder}
        return [("", "The strongest step that is due then"), *((str(level), rungs[level]) for level in sorted(rungs))]

    @property
    def people(self) -> list[str]:
        """Accounts of the people whom holds and steps name."""
        return [*(hold.created_by for hold in self.holds), *(step.opted_out_by for step in self.steps)]

    @property
    def name(self) -> str:
        """How people call it."""
        return self.invoice.number or "Draft"

    @property
    def is_open(self) -> bool:
        """Whether something is owed and followed up."""
        return self.invoice.state in [state.value for state in OPEN]

    @property
    def is_draft(self) -> bool:
        """Whether it can still be deleted or issued."""
        return self.invoice.issued_on is None

    @property
    def paid_minor(self) -> int:
        """What is settled of the gross amount."""
        return self.invoice.gross_minor - self.invoice.balance_minor

    @property
    def open_amount(self) -> str:
        """What is owed, as a form field takes it: digits and a point."""
        return f"{Money(max(self.invoice.balance_minor, 0), currency_of(self.invoice.currency)).to_decimal():f}"

    @property
    def proposed_parts(self) -> str:
        """The instalments that the client asks for, of what is open now, as the plan's form takes them; else empty."""
        wanted = next((task.detail["proposed"] for task in self.tasks if task.detail.get("proposed")), None)
        if not isinstance(wanted, list) or self.invoice.balance_minor < len(wanted):
            return ""
        balance = Money(self.invoice.balance_minor, currency_of(self.invoice.currency))
        first = date.fromisoformat(str(wanted[0]["due_on"]))
        parts = split(balance, count=len(wanted), first=first, rhythm=Rhythm.MONTH)
        return "\n".join(f"{part.due_on} {part.amount.to_decimal():f}" for part in parts)


def view_invoices(session: TenantSession, invoices: Sequence[Invoice], *, now: datetime) -> list[InvoiceView]:
    """The views of a few invoices; the ladder is planned for those that are issued."""
    ids = [invoice.id for invoice in invoices]
    holds, tasks, documents = live_holds(session, ids), open_tasks(session, ids), documents_of(session, ids)
    return [
        _view(
            session,
            invoice,
            now=now,
            holds=[hold for hold in holds if hold.invoice_id == invoice.id and invoice.state in OPEN],
            tasks=[task for task in tasks if task.invoice_id == invoice.id],
            has_pdf=invoice.id in documents,
        )
        for invoice in invoices
    ]


def history_entries(
    events: Sequence[InvoiceEvent], names: dict[str, str], numbers: Mapping[str, str] = MappingProxyType({})
) -> list[dict[str, object]]:
    """The history as the macro shows it, with the notes that stay inside the house; ``numbers`` says by id what each
    invoice is called, where there are several.
    """
    return [
        {
            "icon": words.EVENT.get(event.kind, ("note", ""))[0],
            "tone": words.EVENT.get(event.kind, ("note", ""))[1],
            "title": event.text,
            "detail": event.internal_note,
            "iso": event.at.isoformat(timespec="minutes"),
            "when": ", ".join(
                filter(None, (numbers.get(event.invoice_id, ""), moment(event.at), names.get(event.actor, "")))
            ),
        }
        for event in events
    ]


def newest_events(session: TenantSession, views: Sequence[InvoiceView]) -> Sequence[InvoiceEvent]:
    """The history of these invoices together, newest first."""
    return events_of(session, [view.invoice.id for view in views])


def _view(
    session: TenantSession,
    invoice: Invoice,
    *,
    now: datetime,
    holds: Sequence[Hold],
    tasks: Sequence[Task],
    has_pdf: bool,
) -> InvoiceView:
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    today = civil_day(now, client.zone)
    steps: tuple[StepView, ...] = ()
    upcoming: StepView | None = None
    ended = False
    if invoice.issued_on is not None and invoice.policy_version_id is not None:
        asked, timeline = timeline_of(session, invoice, now=now)
        steps = tuple(_step(entry, invoice, asked.policy) for entry in timeline.entries)
        ended = invoice.reminders_on and not tasks and not _rests(holds, today) and _is_over(timeline)
        upcoming = None if ended or not timeline.next else _step(timeline.next, invoice, asked.policy)
    late = standing(invoice.due_on, invoice.balance_minor, today=today).days_late if invoice.due_on else 0
    days_late = late if invoice.state in (InvoiceState.ISSUED, InvoiceState.PART_PAID) else 0
    return InvoiceView(
        invoice=invoice,
        client=client,
        state=words.INVOICE[shown(invoice, today=today).state],
        days_late=days_late,
        today=today,
        steps=steps,
        next=upcoming,
        holds=holds,
        tasks=tasks,
        has_pdf=has_pdf,
        ended=ended and days_late > 0,
        callee=_callee(session, client) if any(task.kind == Channel.CALL for task in tasks) else "",
    )


def _is_over(timeline: Timeline) -> bool:
    """As ``store.queries.ended`` has it: a step that waits for another waits in vain once all the others are over."""
    return bool(timeline.entries) and all(
        entry.verdict in OVER or entry.reason.code is ReasonCode.STEP_NOT_SENT for entry in timeline.entries
    )


def _rests(holds: Sequence[Hold], today: date) -> bool:
    return any(hold.until is None or hold.until >= today for hold in holds)


def _callee(session: TenantSession, client: Client) -> str:
    """The billing contact and a number: the contact's own, else the client's."""
    people = session.scalars(select(Contact).where(Contact.client_id == client.id, Contact.role == "billing"))
    contact = people.first()
    name, phone = (contact.name, contact.phone) if contact else (client.name, "")
    return ", ".join(part for part in (name or client.name, phone or client.phone) if part)


def _step(entry: Entry, invoice: Invoice, policy: Policy) -> StepView:
    beside = {step.key for step in policy.steps if step.track is not Track.LADDER}
    day = entry.day or entry.nominal
    away = (entry.nominal - invoice.due_on).days if entry.nominal and invoice.due_on else None
    return StepView(
        key=entry.key,
        occurrence=entry.occurrence,
        title=words.title_of_step(entry.key, entry.channel.value, entry.tone.value),
        channel=words.CHANNEL[entry.channel],
        tone=entry.tone.value,
        state=words.VERDICT[entry.verdict],
        offset="" if away is None else f"{away:+d}".replace("-", "−"),
        days=(day - invoice.due_on).days if day and invoice.due_on else None,
        day=day,
        why=entry.sentence,
        gates=tuple((str(gate.name.value), gate.sentence, gate.decided) for gate in entry.gates if gate.sentence),
        level=entry.level,
        movable=entry.verdict in (Verdict.PLANNED, Verdict.HELD, Verdict.DUE),
        parked=entry.verdict is Verdict.PARKED and entry.reason.code is ReasonCode.NOT_OFFERED,
        opted_out_by=str(entry.reason.values.get("actor", ""))
        if entry.reason.code is ReasonCode.CLIENT_OPT_OUT
        else "",
        on_ladder=entry.key not in beside,
    )
