"""The planner against plain loops over days: quiet periods, last contact, days of the calendar, Jira, instalments."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.facts import Instalment, InvoiceFacts, PlanHold, QuietPeriod
from plugin.domain.reminders.policy import Anchor, Channel, Policy, PolicyStep, Tone
from plugin.domain.reminders.timeline import Verdict
from tests.unit.domain.reminders.cases import DUE, eur, invoice, mail, play, policy, span

FIRST = DUE - timedelta(days=10)
LENGTH = 110
ISSUED = DUE - timedelta(days=30)
TONES = list(Tone)

holidays = st.sets(st.integers(0, 70), max_size=12)
gaps = st.lists(st.tuples(st.integers(0, 70), st.integers(1, 30)), max_size=3)
rests = st.lists(st.tuples(st.integers(0, 80), st.integers(1, 20)), max_size=3)


def days_in(spans: Iterable[tuple[int, int]]) -> set[date]:
    return {FIRST + timedelta(days=start + number) for start, length in spans for number in range(length)}


def awake_days(holes: list[tuple[int, int]]) -> list[date]:
    down = days_in(holes)
    return [day for day in span(FIRST, LENGTH) if day not in down]


@dataclass(frozen=True)
class Rung:
    """``kind``: from the due date, from the last contact, or a day of the calendar (in days from FIRST)."""

    kind: str
    days: int
    inside: bool = False

    def as_step(self, number: int) -> PolicyStep:
        channel = Channel.JIRA if self.inside else Channel.EMAIL
        tone = TONES[min(number, 3)]
        if self.kind == "contact":
            return mail(f"s{number}", number + 1, self.days, tone, channel=channel, anchor=Anchor.LAST_CONTACT)
        if self.kind == "absolute":
            on = FIRST + timedelta(days=self.days)
            return mail(f"s{number}", number + 1, 0, tone, channel=channel, anchor=Anchor.ABSOLUTE, on=on)
        return mail(f"s{number}", number + 1, self.days, tone, channel=channel)


rungs = st.one_of(
    st.builds(Rung, st.just("due"), st.integers(0, 45), st.booleans()),
    st.builds(Rung, st.just("contact"), st.integers(1, 20), st.booleans()),
    st.builds(Rung, st.just("absolute"), st.integers(-30, 60), st.booleans()),
)
ladders = st.lists(rungs, min_size=1, max_size=6)


def as_policy(ladder: list[Rung]) -> Policy:
    return policy(*(rung.as_step(number) for number, rung in enumerate(ladder)))


@dataclass
class Oracle:
    """Which step goes on which day, by the rules as people say them. What happens in Jira is a ladder of its own."""

    ladder: list[Rung]
    off: set[date]
    quiet: set[date]
    interval: int
    last: date | None = None

    def worked(self, day: date) -> bool:
        return day.isoweekday() <= 5 and day not in self.off

    def own_day(self, rung: Rung) -> date | None:
        if rung.kind == "contact":
            if self.last is None:
                return None
            day = self.last + timedelta(days=rung.days)
        elif rung.kind == "absolute":
            day = FIRST + timedelta(days=rung.days)
            if day < ISSUED:
                return None
        else:
            day = DUE + timedelta(days=rung.days)
        while not self.worked(day):
            day += timedelta(days=1)
        return day

    def ready(self, day: date, gone: int, *, inside: bool) -> list[int]:
        found = []
        for number, rung in enumerate(self.ladder):
            own = self.own_day(rung)
            if rung.inside is inside and number > gone and own is not None and own <= day:
                found.append(number)
        return found

    def run(self, awake: list[date]) -> list[tuple[date, int]]:
        out: list[tuple[date, int]] = []
        gone = {True: -1, False: -1}
        for day in awake:
            if not self.worked(day):
                continue
            # Both are looked at as the day begins: a mail of this day is no last contact for Jira yet.
            inside, outside = (self.ready(day, gone[where], inside=where) for where in (True, False))
            heard = self.last is not None and (day - self.last).days < max(self.interval, 1)
            if inside:
                gone[True] = max(inside)
                out.append((day, gone[True]))
            if outside and not heard and day not in self.quiet:
                gone[False] = max(outside)
                self.last = day
                out.append((day, gone[False]))
        return out


@given(ladders, holidays, gaps, rests, st.integers(0, 8))
def test_every_anchor_and_quiet_periods_after_any_outage(
    ladder: list[Rung],
    off: set[int],
    holes: list[tuple[int, int]],
    quiet: list[tuple[int, int]],
    interval: int,
) -> None:
    shut = {FIRST + timedelta(days=number) for number in off}
    periods = tuple(
        QuietPeriod("x", FIRST + timedelta(days=start), FIRST + timedelta(days=start + length - 1))
        for start, length in quiet
    )
    facts = invoice(contact_interval_days=interval, quiet=periods)
    calendar = BusinessCalendar(holidays=dict.fromkeys(shut, "off"))
    played = play(facts, as_policy(ladder), calendar, awake_days(holes))
    found = sorted((day, int(entry.key[1:])) for day, entry in played.out)
    assert found == sorted(Oracle(ladder, shut, days_in(quiet), interval).run(awake_days(holes)))


@given(ladders, gaps, st.integers(0, 8))
def test_what_happens_in_jira_changes_nothing_for_the_client(
    ladder: list[Rung], holes: list[tuple[int, int]], interval: int
) -> None:
    facts = invoice(contact_interval_days=interval)
    whole = as_policy(ladder)
    mails = replace(whole, steps=tuple(step for step in whole.steps if step.channel is Channel.EMAIL))
    with_jira = play(facts, whole, BusinessCalendar(), awake_days(holes))
    without = play(facts, mails, BusinessCalendar(), awake_days(holes))
    to_client = [(day, entry.key) for day, entry in with_jira.out if entry.channel is Channel.EMAIL]
    assert to_client == [(day, entry.key) for day, entry in without.out]


@given(ladders, holidays, rests, st.integers(0, 8), st.integers(0, LENGTH - 1))
def test_the_forecast_comes_true_with_every_anchor_when_nothing_happens(
    ladder: list[Rung], off: set[int], quiet: list[tuple[int, int]], interval: int, seen_on: int
) -> None:
    calendar = BusinessCalendar(holidays={FIRST + timedelta(days=number): "off" for number in off})
    periods = tuple(
        QuietPeriod("x", FIRST + timedelta(days=start), FIRST + timedelta(days=start + length - 1))
        for start, length in quiet
    )
    facts = invoice(contact_interval_days=interval, quiet=periods)
    played = play(facts, as_policy(ladder), calendar, span(FIRST, 200))
    went = {entry.key: day for day, entry in played.out}
    for entry in played.seen[seen_on].entries:
        if entry.day is None:
            assert entry.key not in went
        elif entry.verdict in (Verdict.DUE, Verdict.PLANNED):
            assert went.get(entry.key) == entry.day
        elif entry.verdict in (Verdict.SKIPPED, Verdict.SUPERSEDED):
            assert entry.key not in went


@dataclass(frozen=True)
class Agreement:
    """A plan agreed on a day, its parts (days later, amount), and payments (days later, amount)."""

    agreed: int
    parts: tuple[tuple[int, int], ...]
    paid: tuple[tuple[int, int], ...]
    broken: int | None

    def due_on(self, number: int) -> date:
        return FIRST + timedelta(days=self.agreed + self.parts[number][0])

    def open_on(self, day: date) -> list[int]:
        """What of each part is open, in one pass from the sums: paid goes to the oldest part first."""
        paid = sum(amount for after, amount in self.paid if FIRST + timedelta(days=self.agreed + after) <= day)
        before = [sum(amount for _, amount in self.parts[:number]) for number in range(len(self.parts))]
        return [
            min(max(older + amount - paid, 0), amount) for older, (_, amount) in zip(before, self.parts, strict=True)
        ]

    @property
    def starts(self) -> date:
        return FIRST + timedelta(days=self.agreed)

    @property
    def ends(self) -> date:
        return date.max if self.broken is None else FIRST + timedelta(days=self.agreed + self.broken)

    def on(self, facts: InvoiceFacts, day: date) -> InvoiceFacts:
        if day < self.starts:
            return facts
        left = self.open_on(day)
        return replace(
            facts,
            balance=eur(sum(left)),
            plan=PlanHold("agreed", broken_on=None if self.broken is None else self.ends),
            instalments=tuple(
                Instalment(number + 1, self.due_on(number), eur(left[number])) for number in range(len(self.parts))
            ),
        )


parts = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 400)), min_size=1, max_size=4, unique_by=lambda x: x[0])
agreements = st.builds(
    Agreement,
    agreed=st.integers(0, 30),
    parts=parts.map(lambda found: tuple(sorted(found))),
    paid=st.lists(st.tuples(st.integers(0, 70), st.integers(1, 300)), max_size=4).map(tuple),
    broken=st.none() | st.integers(1, 60),
)
instalment_offsets = st.lists(st.integers(-6, 9), min_size=1, max_size=3, unique=True).map(sorted)


def instalment_oracle(
    agreement: Agreement, offsets: list[int], off: set[date], awake: list[date], interval: int
) -> list[tuple[date, int, int, int]]:
    """(day, instalment, step, amount): the newest instalment speaks, for all that is due by then."""

    def worked(day: date) -> bool:
        return day.isoweekday() <= 5 and day not in off

    def own_day(number: int, offset: int) -> date:
        nominal = agreement.due_on(number) + timedelta(days=offset)
        day = nominal
        while not worked(day):
            day += timedelta(days=1)
        if offset < 0 and day > agreement.due_on(number):
            back = nominal
            while not worked(back):
                back -= timedelta(days=1)
            day = back if back >= ISSUED else day
        return day

    out: list[tuple[date, int, int, int]] = []
    gone = (-1, -1)
    for day in awake:
        left = agreement.open_on(day)
        if not agreement.starts <= day < agreement.ends or not worked(day) or sum(left) == 0:
            continue
        if out and (day - out[-1][0]).days < max(interval, 1):
            continue
        ready = [
            (number, place)
            for number in range(len(left))
            for place, offset in enumerate(offsets)
            if (number, place) > gone
            and left[number] > 0
            and own_day(number, offset) <= day
            and not (offset < 0 and day > agreement.due_on(number) and day > own_day(number, offset))
        ]
        if not ready:
            continue
        gone = max(ready)
        by = max(day, agreement.due_on(gone[0]))
        asked = sum(amount for number, amount in enumerate(left) if agreement.due_on(number) <= by)
        out.append((day, gone[0] + 1, gone[1], asked))
    return out


@given(agreements, instalment_offsets, holidays, gaps, st.integers(0, 8))
def test_req_F45_instalments_are_asked_for_one_by_one_and_only_while_the_plan_runs(
    agreement: Agreement, offsets: list[int], off: set[int], holes: list[tuple[int, int]], interval: int
) -> None:
    shut = {FIRST + timedelta(days=number) for number in off}
    ladder = policy(
        *(
            mail(f"i{place}", place + 1, offset, TONES[place], anchor=Anchor.INSTALMENT)
            for place, offset in enumerate(offsets)
        )
    )
    total = sum(amount for _, amount in agreement.parts)
    facts = invoice(contact_interval_days=interval, gross=eur(total), balance=eur(total))
    calendar = BusinessCalendar(holidays=dict.fromkeys(shut, "off"))
    played = play(facts, ladder, calendar, awake_days(holes), before=agreement.on)
    found = [
        (day, entry.occurrence, int(entry.key[1:]), entry.amount.minor)
        for day, entry in played.out
        if entry.amount is not None
    ]
    assert found == instalment_oracle(agreement, offsets, shut, awake_days(holes), interval)


@given(agreements, gaps)
def test_req_F45_the_ladder_rests_while_the_plan_runs_and_goes_on_where_it_was(
    agreement: Agreement, holes: list[tuple[int, int]]
) -> None:
    """Reminders of instalments, even the last of the last, neither use up the ladder nor follow its tone."""
    ladder = policy(
        mail("first", 1, 3, Tone.FIRM),
        mail("second", 2, 20, Tone.FINAL),
        mail("ahead", 3, -2, anchor=Anchor.INSTALMENT),
        mail("late", 4, 2, Tone.NEUTRAL, anchor=Anchor.INSTALMENT),
    )
    unpaid = replace(agreement, paid=())
    total = sum(amount for _, amount in agreement.parts)
    facts = invoice(gross=eur(total), balance=eur(total))
    awake = awake_days(holes)
    played = play(facts, ladder, BusinessCalendar(), awake, before=unpaid.on)
    for day, entry in played.out:
        runs = unpaid.starts <= day < unpaid.ends
        assert runs == (ladder.step(entry.key).anchor is Anchor.INSTALMENT)
    after = [day for day in awake if day >= max(unpaid.ends, DUE + timedelta(days=22)) and day.isoweekday() <= 5]
    if unpaid.broken is not None and len(after) > 1:
        assert "second" in played.keys
