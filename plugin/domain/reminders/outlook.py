"""The days ahead of a client as the sender would live them: its invoices' forecasts, side by side (F14, F19, F25).

Each invoice's own plan knows the contacts that were made, not those that its sisters will cause. Here they meet: what
falls on one day goes together, and what comes too soon after that waits for the days between two contacts.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.days import rolled
from plugin.domain.reminders.deadlines import deadline_for, opens_on
from plugin.domain.reminders.facts import InvoiceFacts, StepState
from plugin.domain.reminders.policy import Policy, PolicyStep, Track
from plugin.domain.reminders.reasons import Reason, ReasonCode
from plugin.domain.reminders.timeline import Entry, Timeline, Verdict

WILL_GO = (Verdict.DUE, Verdict.PLANNED)
FORESEEN = (ReasonCode.RECENT_CONTACT, ReasonCode.DEADLINE_RUNNING)
"""What a step that goes does to those after it; the days here are lived anew, so these fall out anew."""


class Planned(NamedTuple):
    """One invoice and what the planner said of it."""

    facts: InvoiceFacts
    policy: Policy
    calendar: BusinessCalendar
    timeline: Timeline


class Coming(NamedTuple):
    """One step to come on a day. ``goes``: it is expected to go then; otherwise it waits for a person or an event.

    ``reason``: the entry's own, or why this day is later than the invoice's own plan says.
    """

    day: date
    facts: InvoiceFacts
    entry: Entry
    goes: bool
    reason: Reason


class _Item:
    """A step that goes, while its day is looked for."""

    __slots__ = ("cause", "day", "entry", "is_notice", "planned", "reaches_client", "track")

    def __init__(self, planned: Planned, entry: Entry, step: PolicyStep, day: date) -> None:
        self.planned = planned
        self.entry = entry
        self.day = day
        self.track = step.track
        self.is_notice = step.is_before_due
        self.reaches_client = step.reaches_client
        self.cause: Reason | None = None

    @property
    def deadline(self) -> date | None:
        """The deadline it gives, going on its day."""
        if self.day == self.entry.day and self.entry.verdict not in (Verdict.SUPERSEDED, Verdict.SKIPPED):
            return self.entry.deadline
        least = self.planned.facts.least_deadline_days
        return deadline_for(self.entry.ask, self.day, self.planned.calendar, at_least_days=least)

    def move(self, day: date, cause: Reason) -> None:
        """Puts it on a later day."""
        self.day, self.cause = day, cause


def as_sent(planned: Iterable[Planned], *, days: int) -> list[Coming]:
    """The steps to come of any number of invoices and clients within ``days`` of today, the earliest first.

    Steps that count from another step, or from the last contact, keep the distance to it that their own plan says.
    """
    by_client: dict[str, list[Planned]] = defaultdict(list)
    for each in planned:
        by_client[each.facts.client_id].append(each)
    found = [coming for of_client in by_client.values() for coming in _of_client(of_client, days)]
    found.sort(key=lambda coming: (coming.day, coming.facts.client_id, coming.facts.number, coming.entry.ref))
    return found


def _of_client(planned: list[Planned], days: int) -> Iterator[Coming]:
    last_day = planned[0].timeline.today + timedelta(days=days)
    queue: list[tuple[date, int, _Item]] = []
    for each in planned:
        steps = {step.key: step for step in each.policy.steps}
        for entry in each.timeline.entries:
            if entry.settled or entry.day is None or entry.day > last_day:
                continue
            own = _own_day(entry, each)
            if own is not None:
                queue.append((own, len(queue), _Item(each, entry, steps[entry.key], own)))
            elif entry.verdict is Verdict.HELD:
                yield Coming(each.timeline.today, each.facts, entry, goes=False, reason=entry.reason)
    heapq.heapify(queue)
    so_far = _Day(planned)
    so_far.expects(item for _, _, item in queue)
    yield from _live(queue, so_far, last_day)


def _own_day(entry: Entry, planned: Planned) -> date | None:
    """The day on which the step would go by itself; None where it does not go, or waits for more than a day.

    Where the forecast moved it behind the invoice's own earlier steps, the day before that: those may come later now.
    """
    if entry.verdict is Verdict.SUPERSEDED:
        return _superseded_day(entry, planned)
    if entry.verdict is Verdict.SKIPPED and entry.reason.code is ReasonCode.NOTICE_TOO_LATE:
        return _undisturbed_day(entry, planned)
    if entry.verdict is Verdict.HELD and entry.until is not None and entry.superseded_by is None:
        return entry.day
    if entry.verdict not in WILL_GO:
        return None
    cause, before = entry.reason.values.get("cause"), entry.reason.values.get("planned")
    if entry.reason.code is ReasonCode.SHIFTED and isinstance(cause, Reason) and cause.code in FORESEEN:
        return _after_quiet(entry, planned, before) if isinstance(before, date) else entry.day
    return entry.day


def _after_quiet(entry: Entry, planned: Planned, day: date) -> date:
    """The day, or today where it is over; behind the quiet periods where the step reaches the client."""
    day = max(day, planned.timeline.today)
    while _step_of(entry, planned).reaches_client and _is_quiet(planned.facts, day):
        day = planned.calendar.next_business_day(day + timedelta(days=1))
    return day


def _superseded_day(entry: Entry, planned: Planned) -> date | None:
    """Its day, where only the invoice's own earlier steps held it until a stronger one came: it may go after all.

    Once the stronger one's day has come, it speaks instead, though it may have to wait itself.
    """
    stronger = next((each for each in planned.timeline.entries if each.key == entry.superseded_by), None)
    if stronger is None or stronger.verdict not in WILL_GO:
        return None
    own, theirs = _undisturbed_day(entry, planned), _own_day(stronger, planned)
    if own is None or theirs is None:
        return None
    return own if own < min(theirs, _rolled_day(stronger, planned) or theirs) else None


def _undisturbed_day(entry: Entry, planned: Planned) -> date | None:
    """The day to come on which a step falls that only the invoice's own earlier steps keep from going; else None."""
    facts, day = planned.facts, _rolled_day(entry, planned)
    if day is None or day <= planned.timeline.today or entry.settled or facts.pauses or facts.promise or facts.plan:
        return None
    free = _after_quiet(entry, planned, day)
    is_late = _step_of(entry, planned).is_before_due and free > max(day, facts.ladder_due_date)
    return None if is_late else free


def _rolled_day(entry: Entry, planned: Planned) -> date | None:
    if entry.nominal is None:
        return None
    facts = planned.facts
    until = facts.ladder_due_date if _step_of(entry, planned).is_before_due else None
    return rolled(entry.nominal, planned.calendar, not_before=facts.ladder_issue_date, until=until)


def _step_of(entry: Entry, planned: Planned) -> PolicyStep:
    return next(step for step in planned.policy.steps if step.key == entry.key)


def _is_quiet(facts: InvoiceFacts, day: date) -> bool:
    return any(period.first <= day <= period.last for period in facts.quiet)


class _Day:
    """What the days so far leave behind: the last contact, deadlines that run, and how far each ladder has come."""

    __slots__ = ("closed", "expected", "gone", "last")

    def __init__(self, planned: Iterable[Planned]) -> None:
        """As it stands today."""
        self.last: date | None = None
        self.closed: dict[str, date] = {}
        self.gone: dict[tuple[str, Track], tuple[int, int]] = {}
        self.expected: dict[tuple[str, Track], list[tuple[date, tuple[int, int]]]] = defaultdict(list)
        for each in planned:
            heard = [contact.day for contact in each.facts.contacts]
            heard += [record.day for record in each.facts.records if record.day and record.state is StepState.SENT]
            self.last = max([*heard, *([self.last] if self.last else [])], default=None)
            given = [entry.deadline for entry in each.timeline.entries if entry.settled and entry.deadline]
            if given:
                self.closed[each.facts.invoice_id] = max(given)

    def expects(self, items: Iterable[_Item]) -> None:
        """From which day on each of the steps speaks instead of weaker ones, though it may have to wait itself."""
        for item in items:
            day = _rolled_day(item.entry, item.planned) or item.day
            self.expected[item.planned.facts.invoice_id, item.track].append((day, _strength(item.entry)))

    def is_over(self, item: _Item, day: date) -> bool:
        """Whether a stronger step of its invoice has gone or is due, or it was to come before the due date."""
        facts = item.planned.facts
        moved = item.cause is not None or item.entry.verdict is Verdict.HELD
        if item.is_notice and moved and day > facts.ladder_due_date:
            return True
        track, own = (facts.invoice_id, item.track), _strength(item.entry)
        if own < self.gone.get(track, (0, 0)):
            return True
        return any(own < strength and since <= day for since, strength in self.expected[track])

    def takes(self, item: _Item) -> None:
        """The step goes."""
        invoice_id = item.planned.facts.invoice_id
        self.gone[invoice_id, item.track] = _strength(item.entry)
        deadline = item.deadline if item.track is Track.LADDER else None
        if deadline is not None:
            self.closed[invoice_id] = max(deadline, self.closed.get(invoice_id, deadline))


def _live(queue: list[tuple[date, int, _Item]], so_far: _Day, last_day: date) -> Iterator[Coming]:
    """Day by day: what may not go yet is put on a later day, the strongest of each invoice goes."""
    number = len(queue)
    while queue and queue[0][0] <= last_day:
        day = queue[0][0]
        group: list[_Item] = []
        while queue and queue[0][0] == day:
            group.append(heapq.heappop(queue)[2])
        contacts = False
        for item in _strongest(group):
            if so_far.is_over(item, day):
                continue
            later = _later(item, day, so_far)
            if later is not None:
                item.move(*later)
                number += 1
                heapq.heappush(queue, (item.day, number, item))
                continue
            so_far.takes(item)
            contacts = contacts or item.reaches_client
            yield _coming(item)
        so_far.last = day if contacts else so_far.last


def _coming(item: _Item) -> Coming:
    planned, entry = item.planned, item.entry
    expected = entry.verdict in WILL_GO or entry.verdict is Verdict.HELD
    reason = entry.reason if expected else Reason(ReasonCode.ON_ITS_DAY, {"day": item.day})
    if item.cause is not None and entry.day is not None and item.day != entry.day:
        reason = Reason(ReasonCode.SHIFTED, {"planned": entry.day, "day": item.day, "cause": item.cause})
    return Coming(item.day, planned.facts, entry, goes=True, reason=reason)


def _strongest(group: list[_Item]) -> Iterable[_Item]:
    """Of one invoice's track only the strongest goes on one day."""
    if len(group) == 1:
        return group
    found: dict[tuple[str, Track], _Item] = {}
    for item in group:
        key = (item.planned.facts.invoice_id, item.track)
        other = found.get(key)
        if other is None or _strength(other.entry) < _strength(item.entry):
            found[key] = item
    return found.values()


def _strength(entry: Entry) -> tuple[int, int]:
    return (entry.level, entry.occurrence)


def _later(item: _Item, day: date, so_far: _Day) -> tuple[date, Reason] | None:
    """The day on which the step may go at the earliest and why, where that is not ``day``."""
    facts, calendar = item.planned.facts, item.planned.calendar
    deadline, last = so_far.closed.get(facts.invoice_id), so_far.last
    least = max(facts.contact_interval_days, 1)
    if deadline is not None and day <= deadline and item.track is Track.LADDER:
        free, cause = opens_on(deadline, calendar), Reason(ReasonCode.DEADLINE_RUNNING, {"day": deadline})
    elif last is not None and item.reaches_client and (day - last).days < least:
        free = calendar.next_business_day(last + timedelta(days=least))
        cause = Reason(ReasonCode.RECENT_CONTACT, {"day": last, "interval": least})
    else:
        return None
    while item.reaches_client and _is_quiet(facts, free):
        free = calendar.next_business_day(free + timedelta(days=1))
    return free, cause
