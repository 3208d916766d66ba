"""Lets ladders run day by day: what goes on which day, if nothing happens but what is known beforehand.

Backtest and simulation both play. On each day on which an answer may change the planner is asked, as the sender asks
it, so a policy is tried and not a model of it. People are taken to do their tasks at once, and nothing comes of them.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.consolidate import MessageProposal, propose
from plugin.domain.reminders.facts import CallRecord, ContactMade, InvoiceFacts, StepRecord, StepRef, StepState
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy import CallOutcome, Channel, Policy, Tone
from plugin.domain.reminders.timeline import Entry, Timeline, Verdict

TASK_OUTCOMES = {
    Channel.CALL: CallOutcome.ANSWERED.value,
    Channel.PLAN_OFFER: "declined",
    Channel.LEGAL_DECISION: "no_action",
}
"""How a person is taken to have closed each task, on the day it was opened: nothing that stops the ladder."""
_FINAL = frozenset({Verdict.SKIPPED, Verdict.SUPERSEDED, Verdict.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedContact:
    """A mail, a task or another thing that goes, with the invoices it is about, each by its step."""

    day: date
    client_id: str
    channel: Channel
    tone: Tone
    steps: tuple[StepRef, ...]


class Course(Protocol):
    """One invoice of a play: what is known of it, day by day, without what the play itself does."""

    @property
    def invoice_id(self) -> str:
        """Names it."""

    @property
    def policy(self) -> Policy:
        """The ladder it follows."""

    def turning_points(self) -> Iterable[date]:
        """Days on which something happens to it from outside; the first is the day it comes in."""

    def facts_on(self, day: date) -> InvoiceFacts:
        """What is known on a day."""


@dataclass
class _Lived:
    """What became of one invoice so far in the play."""

    course: Course
    records: tuple[StepRecord, ...] = ()
    calls: tuple[CallRecord, ...] = ()


class Play:
    """The invoices of one client: contacts with a client are counted over all of them."""

    def __init__(self, courses: Iterable[Course], calendar: BusinessCalendar) -> None:
        self._calendar = calendar
        self._lived = {course.invoice_id: _Lived(course) for course in courses}
        self._contacts: tuple[ContactMade, ...] = ()
        self._looks: list[tuple[date, str]] = []
        for lived in self._lived.values():
            for day in lived.course.turning_points():
                self._look(day, lived)

    def until(self, last: date) -> Iterator[PlayedContact]:
        """What goes through ``last``, day by day; may be called again with a later day."""
        while self._looks and self._looks[0][0] <= last:
            yield from self._play(self._looks[0][0])

    def timeline(self, invoice_id: str, day: date) -> Timeline:
        """The ladder of one invoice as it stands on ``day``, before anything goes on it; play until the day before."""
        lived = self._lived[invoice_id]
        return self._plan(self._facts(lived, day), lived, day)

    def _look(self, day: date, lived: _Lived) -> None:
        heapq.heappush(self._looks, (day, lived.course.invoice_id))

    def _play(self, day: date) -> Iterator[PlayedContact]:
        due: list[tuple[InvoiceFacts, Entry]] = []
        for invoice_id in self._asked_on(day):
            lived = self._lived[invoice_id]
            facts = self._facts(lived, day)
            timeline = self._plan(facts, lived, day)
            _keep_what_fell_away(lived, timeline)
            if timeline.due:
                due.extend((facts, entry) for entry in timeline.due)
            elif timeline.next_look is not None:
                self._look(timeline.next_look, lived)
        yield from self._act(due, day)
        for facts, _ in due:
            lived = self._lived[facts.invoice_id]
            following = self._plan(self._facts(lived, day), lived, day).next_look
            if following is not None:
                self._look(following, lived)

    def _asked_on(self, day: date) -> list[str]:
        asked: set[str] = set()
        while self._looks and self._looks[0][0] == day:
            asked.add(heapq.heappop(self._looks)[1])
        return sorted(asked)

    def _act(self, due: Sequence[tuple[InvoiceFacts, Entry]], day: date) -> Iterator[PlayedContact]:
        proposals = propose([item for item in due if not item[1].channel.is_effect], day)
        for _, entry in due:
            self._went(entry, day)
        for message in proposals.messages:
            yield self._mail(message, day)
        for task in proposals.tasks:
            yield _contact(task.client_id, day, task.member.entry, (task.member.ref,))
        for facts, entry in due:
            if entry.channel.is_effect:
                if entry.channel.reaches_client:
                    self._contacts += (ContactMade(day, entry.channel, members=frozenset({entry.ref})),)
                yield _contact(facts.client_id, day, entry, (entry.ref,))

    def _mail(self, message: MessageProposal, day: date) -> PlayedContact:
        steps = tuple(member.ref for member in message.members)
        self._contacts += (ContactMade(day, Channel.EMAIL, message.currency, frozenset(steps)),)
        return _contact(message.client_id, day, message.lead.entry, steps)

    def _plan(self, facts: InvoiceFacts, lived: _Lived, day: date) -> Timeline:
        return plan(facts, lived.course.policy, self._calendar, day)

    def _facts(self, lived: _Lived, day: date) -> InvoiceFacts:
        """What is known from outside, and what the play did: its record of a step goes before the one it began with."""
        known = lived.course.facts_on(day)
        played = {(record.key, record.occurrence) for record in lived.records}
        before = tuple(record for record in known.records if (record.key, record.occurrence) not in played)
        return replace(
            known,
            records=before + lived.records,
            calls=known.calls + lived.calls,
            contacts=known.contacts + self._recent(day, known.contact_interval_days),
        )

    def _recent(self, day: date, interval_days: int) -> tuple[ContactMade, ...]:
        """Only these can stand in the way; the others are forgotten."""
        since = day - timedelta(days=interval_days)
        self._contacts = tuple(contact for contact in self._contacts if contact.day >= since)
        return self._contacts

    def _went(self, entry: Entry, day: date) -> None:
        lived = self._lived[entry.invoice_id]
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
            lived.calls += (CallRecord(day, CallOutcome.ANSWERED),)
            self._contacts += (ContactMade(day, Channel.CALL, members=frozenset({entry.ref})),)
        lived.records += (record,)


def _keep_what_fell_away(lived: _Lived, timeline: Timeline) -> None:
    """What was skipped, superseded or cancelled stays so, as it does in the database."""
    settled = {(record.key, record.occurrence) for record in lived.records}
    lived.records += tuple(
        StepRecord(key=entry.key, occurrence=entry.occurrence, state=StepState(entry.verdict.value), day=entry.day)
        for entry in timeline.entries
        if entry.verdict in _FINAL
        and not entry.settled
        and (entry.key, entry.occurrence) not in settled
        and entry.day is not None
        and entry.day <= timeline.today
    )


def _contact(client_id: str, day: date, lead: Entry, steps: tuple[StepRef, ...]) -> PlayedContact:
    return PlayedContact(day=day, client_id=client_id, channel=lead.channel, tone=lead.tone, steps=steps)
