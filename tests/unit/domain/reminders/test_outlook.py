"""The days ahead of a client against a plain day-by-day run of the planner over all its invoices."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.facts import ContactMade, InvoiceFacts, Pause, QuietPeriod
from plugin.domain.reminders.outlook import Planned, as_sent
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy import Ask, AskKind, Channel, Policy, Tone
from plugin.domain.reminders.reasons import ReasonCode
from tests.unit.domain.reminders.cases import DUE, invoice, mail, policy, record, span, task

TODAY = DUE - timedelta(days=5)
DAYS = 60
TONES = list(Tone)


@st.composite
def ladders(draw: st.DrawFn) -> Policy:
    """Notices, mails and decisions, some of those after the due date with a deadline."""
    offsets = draw(st.lists(st.integers(-4, 40), min_size=1, max_size=5, unique=True).map(sorted))
    steps = []
    for number, offset in enumerate(offsets):
        tone = TONES[min(number, 3)]
        if draw(st.integers(0, 4)) == 0:
            steps.append(task(f"s{number}", number + 1, offset, Channel.LEGAL_DECISION, tone))
        else:
            ask = draw(st.sampled_from([Ask(), Ask(), Ask(AskKind.DEADLINE, 4)])) if offset > 0 else Ask()
            steps.append(mail(f"s{number}", number + 1, offset, tone, ask=ask))
    return policy(*steps)


@st.composite
def books(draw: st.DrawFn) -> list[tuple[InvoiceFacts, Policy]]:
    """A few invoices of one client, each with a ladder of its own."""
    interval = draw(st.integers(0, 7))
    quiet = tuple(
        QuietPeriod("x", TODAY + timedelta(days=first), TODAY + timedelta(days=first + length))
        for first, length in draw(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), max_size=1))
    )
    found = []
    for number in range(draw(st.integers(1, 5))):
        facts = invoice(
            invoice_id=f"i{number}",
            number=f"I{number}",
            due_date=DUE + timedelta(days=draw(st.integers(-20, 12))),
            issue_date=DUE - timedelta(days=60),
            contact_interval_days=interval,
            quiet=quiet,
        )
        found.append((facts, draw(ladders())))
    return found


def lived(start: list[tuple[InvoiceFacts, Policy]], calendar: BusinessCalendar) -> list[tuple[date, str, str]]:
    """Plans every invoice on every day, and lets each know of the contacts that the others made."""
    now = list(start)
    out: list[tuple[date, str, str]] = []
    for day in span(TODAY, DAYS + 1):
        contacts: list[ContactMade] = []
        after = []
        for facts, ladder in now:
            timeline = plan(facts, ladder, calendar, day)
            for entry in timeline.due:
                out.append((day, facts.invoice_id, entry.key))
                if entry.channel.reaches_client:
                    contacts.append(ContactMade(day, members=frozenset({entry.ref})))
            after.append((replace(record(facts, timeline), contacts=facts.contacts), ladder))
        now = [(replace(facts, contacts=(*facts.contacts, *contacts)), ladder) for facts, ladder in after]
    return sorted(out)


def planned(start: list[tuple[InvoiceFacts, Policy]], calendar: BusinessCalendar) -> list[Planned]:
    return [Planned(facts, ladder, calendar, plan(facts, ladder, calendar, TODAY)) for facts, ladder in start]


@settings(max_examples=60)
@given(books(), st.sets(st.integers(0, DAYS), max_size=8))
def test_req_F14_the_outlook_of_a_client_comes_true_when_nothing_happens(
    start: list[tuple[InvoiceFacts, Policy]], off: set[int]
) -> None:
    calendar = BusinessCalendar(holidays={TODAY + timedelta(days=number): "off" for number in off})
    seen = as_sent(planned(start, calendar), days=DAYS)
    assert sorted((each.day, each.facts.invoice_id, each.entry.key) for each in seen if each.goes) == lived(
        start, calendar
    )


def test_req_F25_what_comes_too_soon_after_a_sisters_mail_waits_and_says_why() -> None:
    ladder = policy(mail("one", 1, 3))
    two = [
        (invoice(invoice_id=f"i{n}", due_date=DUE + timedelta(days=n), contact_interval_days=5), ladder) for n in (0, 1)
    ]
    first, second = as_sent(planned(two, BusinessCalendar(weekend=frozenset())), days=DAYS)
    assert (first.day, second.day) == (DUE + timedelta(days=3), DUE + timedelta(days=8))
    assert second.reason.code is ReasonCode.SHIFTED
    assert second.entry.day == DUE + timedelta(days=4)


def test_a_notice_before_a_weekend_takes_the_place_of_one_that_a_sisters_mail_put_off() -> None:
    due = date(2026, 12, 20)
    ladder = policy(
        mail("early", 1, -3),
        mail("last", 2, -1, Tone.NEUTRAL),
        task("decide", 3, 1, Channel.LEGAL_DECISION, Tone.FINAL),
    )
    start = [
        (invoice(invoice_id="i0", due_date=due, contact_interval_days=4), ladder),
        (
            invoice(invoice_id="i1", due_date=date(2026, 12, 12), contact_interval_days=4),
            policy(mail("one", 1, 2)),
        ),
    ]
    calendar = BusinessCalendar()
    goes = [(each.day, each.entry.key) for each in as_sent(planned(start, calendar), days=DAYS) if each.goes]
    assert goes == [
        (date(2026, 12, 14), "one"),
        (date(2026, 12, 18), "last"),
        (date(2026, 12, 21), "decide"),
    ]
    assert goes == [(day, key) for day, _, key in lived(start, calendar)]


def test_what_waits_for_an_event_is_shown_today_and_is_no_contact() -> None:
    ladder = policy(mail("one", 1, 3))
    held = (invoice(invoice_id="i0", pauses=(Pause("They asked"),)), ladder)
    free = (invoice(invoice_id="i1", contact_interval_days=9), ladder)
    seen = as_sent(planned([held, free], BusinessCalendar(weekend=frozenset())), days=DAYS)
    assert [(each.goes, each.day) for each in seen] == [(False, TODAY), (True, DUE + timedelta(days=3))]


def test_clients_do_not_wait_for_each_other() -> None:
    ladder = policy(mail("one", 1, 3))
    start = [
        (
            invoice(invoice_id=f"i{n}", client_id=f"c{n}", due_date=DUE + timedelta(days=n), contact_interval_days=5),
            ladder,
        )
        for n in range(4)
    ]
    seen = as_sent(planned(start, BusinessCalendar(weekend=frozenset())), days=DAYS)
    assert Counter(each.reason.code for each in seen) == {ReasonCode.ON_ITS_DAY: 4}
