"""The planner against a second reading of the rules: a plain loop over days that shares no code with it."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.facts import Pause, Promise
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy import Ask, AskKind, Policy, Tone
from plugin.domain.reminders.timeline import Verdict
from tests.unit.domain.reminders.cases import DUE, invoice, mail, play, policy, span

FIRST = DUE - timedelta(days=10)
TONES = list(Tone)

offsets = st.lists(st.integers(-8, 45), min_size=1, max_size=6, unique=True).map(sorted)
holidays = st.sets(st.integers(0, 70), max_size=12)
gaps = st.lists(st.tuples(st.integers(0, 70), st.integers(1, 30)), max_size=3)


@st.composite
def ladders(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Steps as (days from the due date, business days of the deadline they give or 0)."""
    return [(offset, draw(st.sampled_from([0, 0, 1, 5]))) for offset in draw(offsets)]


def as_policy(steps: list[tuple[int, int]]) -> Policy:
    return policy(
        *(
            mail(f"s{n}", n + 1, offset, TONES[min(n, 3)], ask=Ask(AskKind.DEADLINE, ask) if ask else Ask())
            for n, (offset, ask) in enumerate(steps)
        )
    )


def oracle(
    steps: list[tuple[int, int]], off: set[date], awake: list[date], interval: int, rests_through: date | None
) -> list[tuple[date, int]]:
    """Which step goes on which day, by the rules as people say them."""

    def worked(day: date) -> bool:
        return day.isoweekday() <= 5 and day not in off

    def own_day(offset: int) -> date:
        day = DUE + timedelta(days=offset)
        while not worked(day):
            day += timedelta(days=1)
        if offset < 0 and day > DUE:
            back = DUE + timedelta(days=offset)
            while not worked(back):
                back -= timedelta(days=1)
            day = back if back >= DUE - timedelta(days=30) else day
        return day

    out: list[tuple[date, int]] = []
    strongest_gone = -1
    closed_through = date.min
    for day in awake:
        ready = [
            number
            for number, (offset, _) in enumerate(steps)
            if number > strongest_gone
            and own_day(offset) <= day
            and not (offset < 0 and day > DUE and day > own_day(offset))
        ]
        heard = bool(out) and (day - out[-1][0]).days < max(interval, 1)
        resting = rests_through is not None and day <= rests_through
        if not ready or not worked(day) or heard or resting or day <= closed_through:
            continue
        strongest_gone = max(ready)
        out.append((day, strongest_gone))
        left = steps[strongest_gone][1]
        if left:
            closed_through = day
            while left:
                closed_through += timedelta(days=1)
                left -= worked(closed_through)
    return out


def awake_days(holes: list[tuple[int, int]]) -> list[date]:
    down = {start + number for start, length in holes for number in range(length)}
    return [day for number, day in enumerate(span(FIRST, 110)) if number not in down]


@given(ladders(), holidays, gaps, st.integers(0, 8), st.none() | st.integers(0, 60))
def test_fault_F52_after_any_outage_what_goes_is_what_the_rules_imply(
    steps: list[tuple[int, int]], off: set[int], holes: list[tuple[int, int]], interval: int, pause: int | None
) -> None:
    shut = {FIRST + timedelta(days=number) for number in off}
    through = None if pause is None else FIRST + timedelta(days=pause)
    facts = invoice(contact_interval_days=interval, pauses=(Pause("x", through),) if through else ())
    calendar = BusinessCalendar(holidays=dict.fromkeys(shut, "off"))
    played = play(facts, as_policy(steps), calendar, awake_days(holes))
    found = [(day, int(entry.key[1:])) for day, entry in played.out]
    assert found == oracle(steps, shut, awake_days(holes), interval, through)


@given(ladders(), holidays, st.integers(0, 8), st.integers(0, 60), st.integers(0, 109))
def test_the_forecast_of_any_day_comes_true_when_nothing_happens(
    steps: list[tuple[int, int]], off: set[int], interval: int, promised: int, seen_on: int
) -> None:
    calendar = BusinessCalendar(holidays={FIRST + timedelta(days=number): "off" for number in off})
    facts = invoice(contact_interval_days=interval, promise=Promise(FIRST + timedelta(days=promised)))
    ladder = as_policy(steps)
    played = play(facts, ladder, calendar, span(FIRST, 140))
    went = {entry.key: day for day, entry in played.out}
    forecast = played.seen[seen_on]
    for entry in forecast.entries:
        if entry.verdict in (Verdict.DUE, Verdict.PLANNED) or (
            entry.verdict is Verdict.HELD and not entry.superseded_by and not ladder.step(entry.key).is_before_due
        ):
            assert went.get(entry.key) == entry.day
        elif entry.verdict in (Verdict.SKIPPED, Verdict.SUPERSEDED):
            assert entry.key not in went


@given(ladders(), st.integers(0, 100))
def test_the_same_question_has_the_same_answer(steps: list[tuple[int, int]], day: int) -> None:
    today = FIRST + timedelta(days=day)
    calendar = BusinessCalendar()
    assert plan(invoice(), as_policy(steps), calendar, today) == plan(invoice(), as_policy(steps), calendar, today)
