"""Invoices, policies and a player of days, shared by the tests of the follow-up rules."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from plugin.domain.billing.states import InvoiceState
from plugin.domain.calendar import BusinessCalendar
from plugin.domain.money import Currency, Money
from plugin.domain.reminders.facts import ContactMade, InvoiceFacts, Recipient, StepRecord, StepState
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy import Anchor, Ask, AskKind, Channel, Policy, PolicyStep, Tone
from plugin.domain.reminders.timeline import Entry, Timeline, Verdict

EUR = Currency("EUR", 2)
USD = Currency("USD", 2)
EVERY_DAY = BusinessCalendar(weekend=frozenset())
WEEKDAYS = BusinessCalendar()
BILLING = Recipient("ap@acme.example", name="Ada")
DUE = date(2026, 12, 10)
"""A Thursday, the due date of F01."""


def eur(minor: int) -> Money:
    return Money(minor, EUR)


def invoice(**changes: Any) -> InvoiceFacts:
    """An issued invoice of 1,000.00, due on 2026-12-10, that nothing stands in the way of."""
    facts = InvoiceFacts(
        invoice_id="inv-1",
        number="INV-1",
        state=InvoiceState.ISSUED,
        gross=eur(100_000),
        balance=eur(100_000),
        issue_date=DUE - timedelta(days=30),
        due_date=DUE,
        client_id="acme",
        client_name="Acme",
        read_at=datetime(2026, 12, 10, 10, tzinfo=UTC),
        recipients=(BILLING,),
    )
    return replace(facts, **changes)


def mail(key: str, level: int, offset: int, tone: Tone = Tone.FRIENDLY, **changes: Any) -> PolicyStep:
    values: dict[str, Any] = {
        "key": key,
        "level": level,
        "anchor": Anchor.DUE_DATE,
        "offset": offset,
        "channel": Channel.EMAIL,
        "tone": tone,
        "template": key,
    }
    return PolicyStep(**{**values, **changes})


ASKS = {
    Channel.CALL: AskKind.CALL,
    Channel.PLAN_OFFER: AskKind.PLAN,
    Channel.LEGAL_DECISION: AskKind.LEGAL_DECISION,
}


def task(key: str, level: int, offset: int, channel: Channel = Channel.CALL, tone: Tone = Tone.NEUTRAL) -> PolicyStep:
    return PolicyStep(
        key=key,
        level=level,
        anchor=Anchor.DUE_DATE,
        offset=offset,
        channel=channel,
        tone=tone,
        template=key,
        ask=Ask(ASKS[channel]),
    )


def policy(*steps: PolicyStep, **changes: Any) -> Policy:
    return Policy(id="p", version=1, name="Test", steps=steps, **changes)


THREE = policy(mail("one", 1, 3), mail("two", 2, 10, Tone.NEUTRAL), mail("three", 3, 20, Tone.FIRM))
"""Mails 3, 10 and 20 days after the due date: 2026-12-13, 2026-12-20 and 2026-12-30."""


def sent(key: str, day: date, **changes: Any) -> StepRecord:
    return StepRecord(key=key, state=StepState.SENT, day=day, **changes)


def at(facts: InvoiceFacts, day: date, ladder: Policy = THREE, calendar: BusinessCalendar = EVERY_DAY) -> Timeline:
    return plan(facts, ladder, calendar, day)


def verdicts(timeline: Timeline) -> dict[str, Verdict]:
    return {entry.key: entry.verdict for entry in timeline.entries}


def due_keys(timeline: Timeline) -> list[str]:
    return [entry.key for entry in timeline.due]


def days(timeline: Timeline) -> dict[str, date | None]:
    return {entry.key: entry.day for entry in timeline.entries}


def the(timeline: Timeline, key: str, occurrence: int = 1) -> Entry:
    entry = timeline.entry(key, occurrence)
    assert entry is not None, f"no entry {key}"
    return entry


@dataclass
class Played:
    """What left on which day, and the facts as they stood at the end."""

    facts: InvoiceFacts
    out: list[tuple[date, Entry]] = field(default_factory=list)
    seen: list[Timeline] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        return [entry.key for _, entry in self.out]


def record(facts: InvoiceFacts, timeline: Timeline) -> InvoiceFacts:
    """Stores what the plan decided for its day, as the services do; a task is done on the day it is opened."""
    fixed = {Verdict.SKIPPED: StepState.SKIPPED, Verdict.SUPERSEDED: StepState.SUPERSEDED}
    records = {(known.key, known.occurrence): known for known in facts.records}
    contacts = list(facts.contacts)
    for entry in timeline.entries:
        name = (entry.key, entry.occurrence)
        if entry.settled or entry.day is None or entry.day > timeline.today:
            continue
        if entry.verdict is Verdict.DUE:
            state = StepState.DONE if entry.channel.is_task else StepState.SENT
            records[name] = StepRecord(
                key=entry.key,
                occurrence=entry.occurrence,
                state=state,
                day=timeline.today,
                deadline=entry.deadline,
                outcome="done",
            )
            if entry.channel.reaches_client:
                contacts.append(ContactMade(timeline.today, entry.channel, members=frozenset({entry.ref})))
        elif entry.verdict in fixed:
            records[name] = StepRecord(
                key=entry.key, occurrence=entry.occurrence, state=fixed[entry.verdict], day=entry.day
            )
        elif entry.verdict is Verdict.CANCELLED:
            records[name] = StepRecord(
                key=entry.key,
                occurrence=entry.occurrence,
                state=StepState.CANCELLED,
                day=timeline.today,
                reason_code=entry.reason.code,
            )
    return replace(facts, records=tuple(records.values()), contacts=tuple(contacts))


def play(
    facts: InvoiceFacts,
    ladder: Policy,
    calendar: BusinessCalendar,
    awake: Iterable[date],
    *,
    before: Callable[[InvoiceFacts, date], InvoiceFacts] = lambda facts, day: facts,
) -> Played:
    """Runs the planner once on each day the worker is awake and stores its decisions; ``before`` changes the world."""
    played = Played(facts)
    for day in awake:
        played.facts = before(played.facts, day)
        timeline = plan(played.facts, ladder, calendar, day)
        played.seen.append(timeline)
        played.out += [(day, entry) for entry in timeline.due]
        played.facts = record(played.facts, timeline)
    return played


def span(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]
