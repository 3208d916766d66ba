"""What holds for every invoice, policy and course of events (I1-I3 as far as the rules decide them)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.billing.states import InvoiceState
from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.facts import ContactMade, Dispute, InvoiceFacts, OptOut, Pause, Promise, Switches
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
    Unit,
)
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.reasons import Outcome
from plugin.domain.reminders.timeline import Verdict
from tests.unit.domain.reminders.cases import DUE, eur, invoice, mail, play, policy, record, span, task

FIRST = DUE - timedelta(days=15)
LENGTH = 120
LARGE = Guard(GuardKind.UNPAID_AT_LEAST, amount_minor=50_000)
day_numbers = st.integers(0, LENGTH - 1)


@st.composite
def steps(draw: st.DrawFn, level: int) -> PolicyStep:
    tone = draw(st.sampled_from(Tone))
    if draw(st.integers(0, 3)) == 0:
        channel = draw(st.sampled_from([Channel.CALL, Channel.PLAN_OFFER, Channel.LEGAL_DECISION]))
        return task(f"s{level}", level, draw(st.integers(-5, 50)), channel, tone)
    return mail(
        f"s{level}",
        level,
        draw(st.integers(-5, 50)),
        tone,
        anchor=draw(st.sampled_from(Anchor)),
        unit=draw(st.sampled_from(Unit)),
        ask=draw(st.sampled_from([Ask(), Ask(AskKind.DEADLINE, 4)])),
        guards=draw(st.sampled_from([(), (Guard(GuardKind.NO_REPLY),), (LARGE,)])),
        repetition=draw(st.sampled_from([None, None, Repetition(5, 3), Repetition(2, 9, Unit.BUSINESS_DAYS, 30)])),
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any ladder at all, sound or not: the planner never relies on the lint."""
    if draw(st.booleans()):
        return default_policy()
    return policy(*(draw(steps(level)) for level in range(1, draw(st.integers(1, 6)) + 1)))


@dataclass(frozen=True)
class World:
    """When what happens, in days from FIRST."""

    paid: int | None
    part_paid: int | None
    paused: tuple[int, int] | None
    promise: tuple[int, int] | None
    opted_out: tuple[int, int] | None
    disputed: tuple[int, int] | None
    killed: tuple[int, int] | None
    replied: tuple[int, int] | None
    other_contact: int | None

    def on(self, facts: InvoiceFacts, day: date) -> InvoiceFacts:
        """The facts as they stand on ``day``."""
        now = (day - FIRST).days
        paid = self.paid is not None and now >= self.paid
        part = self.part_paid is not None and now >= self.part_paid
        contacts = facts.contacts
        if self.other_contact == now:
            contacts = (*contacts, ContactMade(day))
        return replace(
            facts,
            state=InvoiceState.PAID if paid else InvoiceState.PART_PAID if part else InvoiceState.ISSUED,
            balance=eur(0 if paid else 40_000 if part else 100_000),
            pauses=(Pause("p", day_of(self.paused[1])),) if during(self.paused, now) and self.paused else (),
            promise=Promise(day_of(self.promise[1])) if self.promise and now >= self.promise[0] else None,
            opt_outs=(OptOut("client", "o"),) if during(self.opted_out, now) else (),
            disputes=(Dispute("d"),) if during(self.disputed, now) else (),
            switches=Switches(kill_switch=during(self.killed, now)),
            reply_on=day if during(self.replied, now) else None,
            contacts=contacts,
        )

    def forbids(self, now: int) -> bool:
        """Whether nothing may go on that day, whatever the ladder says."""
        spans = (self.paused, self.opted_out, self.disputed, self.killed)
        return (self.paid is not None and now >= self.paid) or any(during(one, now) for one in spans)


def day_of(number: int) -> date:
    return FIRST + timedelta(days=number)


def during(span_of: tuple[int, int] | None, now: int) -> bool:
    return span_of is not None and span_of[0] <= now <= span_of[1]


spans = st.none() | st.tuples(day_numbers, day_numbers).map(lambda pair: (min(pair), max(pair)))
worlds = st.builds(
    World,
    paid=st.none() | day_numbers,
    part_paid=st.none() | day_numbers,
    paused=spans,
    promise=spans,
    opted_out=st.none() | spans,
    disputed=st.none() | spans,
    killed=st.none() | spans,
    replied=st.none() | spans,
    other_contact=st.none() | day_numbers,
)
outages = st.sets(day_numbers, max_size=60)
calendars = st.builds(
    lambda days: BusinessCalendar(holidays={day_of(day): "off" for day in days}), st.sets(day_numbers, max_size=15)
)


@given(policies(), worlds, outages, calendars, st.integers(0, 6))
def test_invariants_of_every_course_of_events(
    ladder: Policy, world: World, down: set[int], calendar: BusinessCalendar, interval: int
) -> None:
    awake = [day for number, day in enumerate(span(FIRST, LENGTH)) if number not in down]
    played = play(invoice(contact_interval_days=interval), ladder, calendar, awake, before=world.on)
    refs = [entry.ref for _, entry in played.out]
    assert len(refs) == len(set(refs)), "no step goes twice"
    ranks = [entry.tone.rank for _, entry in played.out]
    assert ranks == sorted(ranks), "the tone never softens"
    strengths = [(entry.level, entry.occurrence) for _, entry in played.out]
    assert strengths == sorted(strengths), "a weaker step never follows a stronger one"
    heard = [day for day, entry in played.out if entry.channel is not Channel.LEGAL_DECISION]
    assert all((later - earlier).days >= max(interval, 1) for earlier, later in pairwise(heard))
    if world.other_contact is not None and world.other_contact not in down:
        theirs = day_of(world.other_contact)
        assert all((day - theirs).days >= max(interval, 1) for day in heard if day >= theirs)
    for day, entry in played.out:
        number = (day - FIRST).days
        assert not world.forbids(number), "nothing after payment, in a pause, dispute or opt-out, or when stopped"
        assert day.isoweekday() <= 5
        assert calendar.is_business_day(day)
        assert entry.nominal is not None
        assert day >= entry.nominal or ladder.step(entry.key).is_before_due, "nothing goes before its day"
        assert entry.amount == eur(40_000 if world.part_paid is not None and number >= world.part_paid else 100_000)
        if world.promise and world.promise[0] <= number <= world.promise[1]:
            assert ladder.step(entry.key).anchor is Anchor.PROMISE
    for timeline in played.seen:
        assert len(timeline.due) <= 1, "never two steps of one invoice at once"


@given(policies(), worlds, day_numbers, calendars)
def test_planning_again_with_what_was_recorded_gives_nothing_new(
    ladder: Policy, world: World, now: int, calendar: BusinessCalendar
) -> None:
    today = day_of(now)
    facts = world.on(invoice(), today)
    stored = record(facts, plan(facts, ladder, calendar, today))
    again = plan(stored, ladder, calendar, today)
    assert again.due == ()
    assert record(stored, again).records == stored.records


@given(policies(), worlds, day_numbers, calendars)
def test_every_step_has_a_verdict_with_a_sentence_and_gates_that_explain_it(
    ladder: Policy, world: World, now: int, calendar: BusinessCalendar
) -> None:
    today = day_of(now)
    timeline = plan(world.on(invoice(), today), ladder, calendar, today)
    laid_out = {step.key for step in ladder.steps if step.anchor is not Anchor.INSTALMENT}
    assert laid_out == {entry.key for entry in timeline.entries}
    for entry in timeline.entries:
        assert entry.sentence.endswith((".", ".)"))
        deciding = [line for line in entry.gates if line.decided]
        if entry.findings:
            assert len(deciding) == 1
            assert deciding[0].outcome is not Outcome.PASSES
            assert deciding[0].sentence == entry.sentence
        else:
            assert deciding == []
            assert entry.verdict in (Verdict.DUE, Verdict.PLANNED, Verdict.SUPERSEDED)
        if entry.verdict is Verdict.DUE:
            assert entry.day == today
        if entry.until is not None:
            assert entry.until >= today
    look = timeline.next_look
    assert look is None or look > today
