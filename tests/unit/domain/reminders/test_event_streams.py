"""Any ladders under any course of events over two invoices of one client: what must hold on every day (I1-I3)."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.billing.states import InvoiceState
from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.facts import (
    ContactMade,
    Dispute,
    Instalment,
    InvoiceFacts,
    OptOut,
    PaidOnTime,
    Pause,
    PlanHold,
    Promise,
    QuietPeriod,
    Switches,
)
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy import (
    Anchor,
    Ask,
    AskKind,
    Channel,
    Guard,
    GuardKind,
    Policy,
    PolicyStep,
    Repetition,
    Tone,
    Track,
)
from plugin.domain.reminders.timeline import Entry, Timeline
from tests.unit.domain.reminders.cases import DUE, eur, invoice, mail, policy, record, span

FIRST = DUE - timedelta(days=12)
LENGTH = 90
WHOLE = 100_000
GUARDS = st.sampled_from(
    [
        (),
        (),
        (Guard(GuardKind.NO_REPLY),),
        (Guard(GuardKind.UNPAID_AT_LEAST, amount_minor=50_000),),
        (Guard(GuardKind.OVERDUE_AT_LEAST, days=6),),
        (Guard(GuardKind.RELIABILITY, at_most=70),),
        (Guard(GuardKind.OPEN_INVOICES, at_least=2),),
        (Guard(GuardKind.SEGMENT, names=("Agency",)),),
    ]
)
day_numbers = st.integers(0, LENGTH - 1)
KINDS = (
    "pay",
    "refund",
    "credit",
    "pause",
    "lift",
    "dispute",
    "part",
    "settle",
    "promise",
    "reply",
    "handle",
    "opt_out",
)
SITE = ("stop", "go", "agree", "break", "call")
events = st.lists(st.tuples(day_numbers, st.sampled_from([*KINDS, *SITE]), st.integers(1, 30)), max_size=12)


@st.composite
def rungs(draw: st.DrawFn, level: int) -> PolicyStep:
    channel = draw(st.sampled_from([Channel.EMAIL, Channel.EMAIL, *Channel]))
    anchor = draw(st.sampled_from([Anchor.DUE_DATE, Anchor.DUE_DATE, *Anchor]))
    return mail(
        f"s{level}",
        level,
        draw(st.integers(-5, 40)),
        draw(st.sampled_from(Tone)),
        channel=channel,
        anchor=anchor,
        on=DUE + timedelta(days=draw(st.integers(-40, 30))) if anchor is Anchor.ABSOLUTE else None,
        guards=draw(GUARDS),
        ask=draw(st.sampled_from([Ask(), Ask(AskKind.DEADLINE, 4)])),
        repetition=draw(st.sampled_from([None, None, None, Repetition(4, 3)])),
    )


@st.composite
def ladders(draw: st.DrawFn) -> Policy:
    """Any ladder, sound or not."""
    return policy(*(draw(rungs(level)) for level in range(1, draw(st.integers(1, 6)) + 1)))


@dataclass
class Course:
    """One invoice while things happen to it; it knows what people did, not what the planner concludes."""

    facts: InvoiceFacts
    ladder: Policy
    owed: int = WHOLE
    agreed: date | None = None

    def happens(self, kind: str, number: int, today: date) -> None:
        facts, until = self.facts, today + timedelta(days=number)
        changes: dict[str, Any] = {}
        if kind in ("pay", "credit"):
            self.owed = max(self.owed - number * 5_000, 0)
        elif kind == "refund":
            self.owed = min(self.owed + number * 5_000, WHOLE)
        elif kind in ("pause", "lift"):
            changes["pauses"] = (Pause("p", until if number % 3 else None),) if kind == "pause" else ()
        elif kind in ("dispute", "part", "settle"):
            contested = {"dispute": (Dispute("d"),), "part": (Dispute("d", eur(30_000)),), "settle": ()}
            changes["disputes"] = contested[kind]
        elif kind == "promise":
            changes["promise"] = Promise(until, number if number < 6 else None)
        elif kind in ("reply", "handle"):
            changes["reply_on"] = today if kind == "reply" else None
        elif kind == "opt_out":
            changes["opt_outs"] = (OptOut("client", "o", since=today, until=until),)
        elif kind in ("stop", "go"):
            changes["switches"] = Switches(kill_switch=kind == "stop")
        elif kind in ("agree", "break"):
            self.agreed = today if kind == "agree" else None
            changes["plan"] = PlanHold("agreed", None if kind == "agree" else today)
        state = (
            InvoiceState.PAID
            if self.owed == 0
            else InvoiceState.PART_PAID
            if self.owed < WHOLE
            else InvoiceState.ISSUED
        )
        parts = self._parts() if self.agreed else ()
        self.facts = replace(facts, balance=eur(self.owed), state=state, instalments=parts, **changes)

    def _parts(self) -> tuple[Instalment, ...]:
        """Two halves of the whole, ten and thirty days after the plan was agreed."""
        if self.agreed is None:
            return ()
        second = min(self.owed, WHOLE // 2)
        return (
            Instalment(1, self.agreed + timedelta(days=10), eur(self.owed - second)),
            Instalment(2, self.agreed + timedelta(days=30), eur(second)),
        )

    def rests(self, day: date) -> bool:
        """Whether nothing at all may reach the client about this invoice, by what people did."""
        facts = self.facts
        paused = any(pause.until is None or day <= pause.until for pause in facts.pauses)
        contested = any(dispute.amount is None for dispute in facts.disputes)
        opted = any(opted.covers(day) for opted in facts.opt_outs)
        return self.owed == 0 or paused or contested or opted or facts.switches.kill_switch


@dataclass
class Run:
    """What went on which day, and the timelines that were seen."""

    out: list[tuple[date, Course, Entry]]
    seen: list[Timeline]


def run(courses: list[Course], calendar: BusinessCalendar, course: list[tuple[int, str, int]], down: set[int]) -> Run:
    """Each day what happens, then, where the worker is awake, the plans of both invoices with contacts in common."""
    found = Run([], [])
    for number, day in enumerate(span(FIRST, LENGTH)):
        for _, kind, amount in (event for event in course if event[0] == number):
            which = courses if kind in ("stop", "go", "opt_out", "call") else [courses[amount % len(courses)]]
            for each in which:
                if kind == "call":
                    each.facts = replace(each.facts, contacts=(*each.facts.contacts, ContactMade(day, Channel.CALL)))
                else:
                    each.happens(kind, amount, day)
        if number not in down:
            _work(courses, calendar, day, found)
    return found


def _work(courses: list[Course], calendar: BusinessCalendar, day: date, found: Run) -> None:
    contacts: list[ContactMade] = []
    for each in courses:
        timeline = plan(each.facts, each.ladder, calendar, day)
        found.seen.append(timeline)
        found.out += [(day, each, entry) for entry in timeline.due]
        check_rest(each, timeline, day)
        before = each.facts.contacts
        each.facts = replace(record(each.facts, timeline), contacts=before)
        contacts += [
            ContactMade(day, entry.channel, members=frozenset({entry.ref}))
            for entry in timeline.due
            if entry.channel.reaches_client
        ]
    for each in courses:
        each.facts = replace(each.facts, contacts=(*each.facts.contacts, *contacts))


def check_rest(course: Course, timeline: Timeline, day: date) -> None:
    """I3, on the day itself: nothing that people have stopped goes, and no more is asked for than is owed."""
    for entry in timeline.due:
        assert not course.rests(day), f"{entry.key} although it rests"
        assert entry.amount is not None
        assert 0 < entry.amount.minor <= course.owed
        promise, anchor = course.facts.promise, course.ladder.step(entry.key).anchor
        if promise is not None and day <= promise.day:
            assert anchor is Anchor.PROMISE, "a step while a promise runs"
        if course.agreed is not None:
            assert anchor is Anchor.INSTALMENT, "the ladder goes on while a plan runs"
        if entry.channel.reaches_client:
            assert not any(period.first <= day <= period.last for period in course.facts.quiet)


@settings(max_examples=80)
@given(
    st.lists(ladders(), min_size=2, max_size=2),
    events,
    st.sets(day_numbers, max_size=40),
    st.sets(day_numbers, max_size=10),
    st.none() | st.tuples(day_numbers, st.integers(0, 15)),
    st.integers(0, 6),
    st.sampled_from([None, PaidOnTime(2, 5), PaidOnTime(5, 5)]),
)
def test_invariants_of_any_course_of_events_over_a_clients_invoices(
    two: list[Policy],
    course: list[tuple[int, str, int]],
    down: set[int],
    off: set[int],
    quiet: tuple[int, int] | None,
    interval: int,
    paid_on_time: PaidOnTime | None,
) -> None:
    calendar = BusinessCalendar(holidays={FIRST + timedelta(days=number): "off" for number in off})
    first = FIRST + timedelta(days=quiet[0]) if quiet else None
    rest = (QuietPeriod("q", first, first + timedelta(days=quiet[1])),) if first and quiet else ()
    courses = [
        Course(
            invoice(
                invoice_id=f"i{number}",
                number=f"I{number}",
                due_date=DUE + timedelta(days=9 * number),
                contact_interval_days=interval,
                quiet=rest,
                paid_on_time=paid_on_time,
                open_invoices=2,
            ),
            ladder,
        )
        for number, ladder in enumerate(two)
    ]
    played = run(courses, calendar, course, down)
    refs = [entry.ref for _, _, entry in played.out]
    assert len(refs) == len(set(refs)), "I1: no step goes twice"
    for each in courses:
        _check_tracks(each, [(day, entry) for day, one, entry in played.out if one is each])
    reached = sorted({day for day, _, entry in played.out if entry.channel.reaches_client})
    assert all((later - earlier).days >= max(interval, 1) for earlier, later in pairwise(reached)), "the contact cap"
    assert all(calendar.is_business_day(day) for day, _, _ in played.out)
    for timeline in played.seen:
        told = [entry.sentence for entry in timeline.entries if not entry.settled]
        assert all(sentence.endswith((".", ".)")) for sentence in told), "I2: each decision says why"


def _check_tracks(course: Course, out: list[tuple[date, Entry]]) -> None:
    """Per track at most one step a day, never a weaker one, never a softer one after a firmer."""
    for track in Track:
        gone = [(day, entry) for day, entry in out if course.ladder.step(entry.key).track is track]
        assert not [day for day, times in Counter(day for day, _ in gone).items() if times > 1], "no burst"
        if track is Track.INSTALMENTS:
            strengths = [(entry.occurrence, entry.level) for _, entry in gone]
        else:
            strengths = [(entry.level, entry.occurrence) for _, entry in gone]
        assert strengths == sorted(strengths), "a weaker step never follows a stronger one"
        if track is Track.LADDER:
            tones = [entry.tone.rank for _, entry in gone]
            assert tones == sorted(tones), "the tone never softens"


@settings(max_examples=60)
@given(ladders(), st.integers(0, LENGTH - 30), st.integers(1, 29), st.integers(0, 6))
def test_fault_F52_after_an_outage_of_any_length_the_plan_is_what_the_rules_imply(
    ladder: Policy, begins: int, length: int, interval: int
) -> None:
    """Asleep for days, then awake: the same as having looked only then, and at most one step a track on that day."""
    calendar = BusinessCalendar()
    down = set(range(begins, begins + length))
    slept = run([Course(invoice(contact_interval_days=interval), ladder)], calendar, [], down)
    as_it_was = Course(invoice(contact_interval_days=interval), ladder)
    run([as_it_was], calendar, [], set(range(begins, LENGTH)))
    back = FIRST + timedelta(days=begins + length)
    implied = plan(as_it_was.facts, ladder, calendar, back)
    assert next(timeline for timeline in slept.seen if timeline.today == back).due == implied.due
    assert len(implied.due) <= len(Track)
