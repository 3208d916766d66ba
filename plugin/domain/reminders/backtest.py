"""What a policy would have done with past invoices, given when their money really came (U07).

It counts contacts. It takes it that clients would have paid as they did, so it says nothing of what caused a payment.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from plugin.domain.billing.states import InvoiceState
from plugin.domain.calendar import BusinessCalendar
from plugin.domain.money import Money
from plugin.domain.reminders.consolidate import propose
from plugin.domain.reminders.facts import (
    CallRecord,
    ContactMade,
    Dispute,
    InvoiceFacts,
    Recipient,
    StepRecord,
    StepRef,
    StepState,
)
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy import CallOutcome, Channel, Policy, Role, Tone
from plugin.domain.reminders.timeline import Entry, Timeline

TASK_OUTCOMES = {
    Channel.CALL: CallOutcome.ANSWERED.value,
    Channel.PLAN_OFFER: "declined",
    Channel.LEGAL_DECISION: "no_action",
}
"""How a person is taken to have closed each task, on the day it was opened: nothing that stops the ladder."""


@dataclass(frozen=True, slots=True)
class PastMoney:
    """Money that came in, or a credit, on a civil day at the seller's place; below zero what was taken back."""

    day: date
    amount: Money


@dataclass(frozen=True, slots=True)
class PastDispute:
    """The whole invoice was contested from ``since`` through ``until``, its last day (None: to the end)."""

    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastInvoice:
    """An issued invoice with what became of it. ``money`` and ``disputes`` in any order."""

    invoice_id: str
    client_id: str
    number: str
    gross: Money
    issue_date: date
    due_date: date
    money: tuple[PastMoney, ...] = ()
    disputes: tuple[PastDispute, ...] = ()

    def balance_on(self, day: date) -> Money:
        """What was owed at the end of ``day``; below zero when overpaid."""
        received = sum(money.amount.minor for money in self.money if money.day <= day)
        return Money(self.gross.minor - received, self.gross.currency)

    @property
    def settled_on(self) -> date | None:
        """The day from which nothing was owed any more; None where something still is, or is again."""
        settled: date | None = None
        for day in sorted({money.day for money in self.money}):
            if self.balance_on(day).minor > 0:
                settled = None
            elif settled is None:
                settled = day
        return settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How the house would have worked. ``seen_after_days``: money is known so many days after it came.

    ``until``: the last day played; later nothing is sent.
    """

    until: date
    contact_interval_days: int = 3
    seen_after_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PastContact:
    """A mail or a task that would have been made, with the invoices it is about, each by its step."""

    day: date
    client_id: str
    channel: Channel
    tone: Tone
    steps: tuple[StepRef, ...]


@dataclass
class _Course:
    """What became of one invoice so far in the play."""

    past: PastInvoice
    records: tuple[StepRecord, ...] = ()
    calls: tuple[CallRecord, ...] = ()


def replay(
    invoices: Iterable[PastInvoice],
    policy: Policy,
    calendars: Mapping[str, BusinessCalendar],
    conditions: Conditions,
) -> list[PastContact]:
    """Every contact in the order of its day; ``calendars`` by client.

    Asks the same ``plan`` as the sender, on each day on which an answer may change, so a policy is tried and not a
    model of it. The same arguments give the same list.
    """
    of_client: dict[str, list[PastInvoice]] = {}
    for invoice in invoices:
        of_client.setdefault(invoice.client_id, []).append(invoice)
    found = [
        contact
        for client_id in sorted(of_client)
        for contact in _Replay(of_client[client_id], policy, calendars[client_id], conditions).run()
    ]
    return sorted(found, key=lambda contact: (contact.day, contact.client_id, contact.steps))


class _Replay:
    """One client's invoices, day by day: contacts with a client are counted over all of them."""

    def __init__(
        self, invoices: list[PastInvoice], policy: Policy, calendar: BusinessCalendar, conditions: Conditions
    ) -> None:
        self._policy = policy
        self._calendar = calendar
        self._conditions = conditions
        self._courses = {invoice.invoice_id: _Course(invoice) for invoice in invoices}
        self._contacts: tuple[ContactMade, ...] = ()
        self._looks: list[tuple[date, str]] = []

    def run(self) -> Iterator[PastContact]:
        for course in self._courses.values():
            for day in self._turning_points(course.past):
                self._look(day, course)
        while self._looks and self._looks[0][0] <= self._conditions.until:
            yield from self._play(self._looks[0][0])

    def _turning_points(self, past: PastInvoice) -> Iterator[date]:
        """Days on which something happens to the invoice from outside."""
        yield past.issue_date
        for money in past.money:
            yield max(self._seen(money.day), past.issue_date)
        for dispute in past.disputes:
            yield max(dispute.since, past.issue_date)
            if dispute.until is not None:
                yield max(dispute.until + timedelta(days=1), past.issue_date)

    def _seen(self, day: date) -> date:
        return day + timedelta(days=self._conditions.seen_after_days)

    def _look(self, day: date, course: _Course) -> None:
        heapq.heappush(self._looks, (day, course.past.invoice_id))

    def _play(self, day: date) -> Iterator[PastContact]:
        due: list[tuple[InvoiceFacts, Entry]] = []
        for invoice_id in self._asked_on(day):
            course = self._courses[invoice_id]
            facts = self._facts(course, day)
            timeline = self._plan(facts, day)
            self._keep_what_fell_away(course, timeline)
            if timeline.due:
                due.extend((facts, entry) for entry in timeline.due)
            elif timeline.next_look is not None:
                self._look(timeline.next_look, course)
        yield from self._act(due, day)
        for facts, _ in due:
            course = self._courses[facts.invoice_id]
            following = self._plan(self._facts(course, day), day).next_look
            if following is not None:
                self._look(following, course)

    def _asked_on(self, day: date) -> list[str]:
        asked: set[str] = set()
        while self._looks and self._looks[0][0] == day:
            asked.add(heapq.heappop(self._looks)[1])
        return sorted(asked)

    def _act(self, due: list[tuple[InvoiceFacts, Entry]], day: date) -> Iterator[PastContact]:
        proposals = propose(due, day)
        for _, entry in due:
            self._went(entry, day)
        for message in proposals.messages:
            steps = tuple(member.ref for member in message.members)
            self._contacts += (ContactMade(day, Channel.EMAIL, message.currency, frozenset(steps)),)
            yield _contact(message.client_id, day, message.lead.entry, steps)
        for task in proposals.tasks:
            yield _contact(task.client_id, day, task.member.entry, (task.member.ref,))

    def _plan(self, facts: InvoiceFacts, day: date) -> Timeline:
        return plan(facts, self._policy, self._calendar, day)

    def _facts(self, course: _Course, day: date) -> InvoiceFacts:
        past = course.past
        balance = past.balance_on(day - timedelta(days=self._conditions.seen_after_days))
        state = InvoiceState.ISSUED if balance == past.gross else InvoiceState.PART_PAID
        return InvoiceFacts(
            invoice_id=past.invoice_id,
            number=past.number,
            state=state if balance.minor > 0 else InvoiceState.PAID,
            gross=past.gross,
            balance=Money(max(balance.minor, 0), balance.currency),
            issue_date=past.issue_date,
            due_date=past.due_date,
            client_id=past.client_id,
            read_at=datetime.combine(day, time(12), tzinfo=UTC),
            disputes=tuple(
                Dispute("as it was then")
                for dispute in past.disputes
                if dispute.since <= day and (dispute.until is None or day <= dispute.until)
            ),
            recipients=(Recipient("past@client.invalid", Role.BILLING),),
            contacts=self._recent(day),
            contact_interval_days=self._conditions.contact_interval_days,
            records=course.records,
            calls=course.calls,
        )

    def _recent(self, day: date) -> tuple[ContactMade, ...]:
        """Only these can stand in the way; the others are forgotten."""
        since = day - timedelta(days=self._conditions.contact_interval_days)
        self._contacts = tuple(contact for contact in self._contacts if contact.day >= since)
        return self._contacts

    def _keep_what_fell_away(self, course: _Course, timeline: Timeline) -> None:
        """What was skipped, superseded or cancelled stays so, as it does in the database."""
        settled = {(record.key, record.occurrence) for record in course.records}
        passed = tuple(
            StepRecord(key=entry.key, occurrence=entry.occurrence, state=StepState(entry.verdict.value), day=entry.day)
            for entry in timeline.entries
            if entry.verdict.value in _FINAL
            and not entry.settled
            and (entry.key, entry.occurrence) not in settled
            and entry.day is not None
            and entry.day <= timeline.today
        )
        course.records += passed

    def _went(self, entry: Entry, day: date) -> None:
        course = self._courses[entry.invoice_id]
        record = StepRecord(
            key=entry.key,
            occurrence=entry.occurrence,
            state=StepState.SENT,
            day=day,
            deadline=entry.deadline,
            channel=entry.channel,
            tone=entry.tone,
            level=entry.level,
        )
        if entry.channel.is_task:
            record = replace(record, state=StepState.DONE, outcome=TASK_OUTCOMES[entry.channel])
        if entry.channel is Channel.CALL:
            course.calls += (CallRecord(day, CallOutcome.ANSWERED),)
            self._contacts += (ContactMade(day, Channel.CALL, members=frozenset({entry.ref})),)
        course.records += (record,)


_FINAL = frozenset({"skipped", "superseded", "cancelled"})


def _contact(client_id: str, day: date, lead: Entry, steps: tuple[StepRef, ...]) -> PastContact:
    return PastContact(day=day, client_id=client_id, channel=lead.channel, tone=lead.tone, steps=steps)
