"""A replay of past invoices against a player that asks the planner anew on every single day (U07)."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.billing.states import InvoiceState
from plugin.domain.calendar import BusinessCalendar
from plugin.domain.money import Money
from plugin.domain.reminders.backtest import Conditions, PastDispute, PastInvoice, PastMoney, replay
from plugin.domain.reminders.backtest_report import report
from plugin.domain.reminders.facts import CallRecord, ContactMade, Dispute, StepRecord, StepRef, StepState
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.play import PlayedContact
from plugin.domain.reminders.policy import CallOutcome, Channel, Policy
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.timeline import Entry, Verdict
from tests.unit.domain.reminders.cases import WEEKDAYS, eur, invoice, mail, policy

START = date(2026, 3, 2)
UNTIL = START + timedelta(days=150)
FULL = eur(100_000)
SHORT = policy(mail("soft", 1, 2), mail("hard", 2, 6))


def past(
    name: str = "a", *, client: str = "acme", issued: date = START, terms: int = 14, **changes: object
) -> PastInvoice:
    sound = PastInvoice(
        invoice_id=name,
        client_id=client,
        number=name.upper(),
        gross=FULL,
        issue_date=issued,
        due_date=issued + timedelta(days=terms),
    )
    return replace(sound, **changes)  # type: ignore[arg-type]


@st.composite
def histories(draw: st.DrawFn) -> list[PastInvoice]:
    found = []
    for number in range(draw(st.integers(1, 5))):
        issued = START + timedelta(days=draw(st.integers(0, 30)))
        parts = draw(st.sampled_from([(), (100_000,), (30_000, 70_000), (40_000,)]))
        days = sorted(draw(st.integers(0, 90)) for _ in parts)
        disputed = draw(st.none() | st.tuples(st.integers(0, 40), st.none() | st.integers(0, 20)))
        disputes: tuple[PastDispute, ...] = ()
        if disputed is not None:
            since = issued + timedelta(days=disputed[0])
            last = None if disputed[1] is None else since + timedelta(days=disputed[1])
            disputes = (PastDispute(since, last),)
        found.append(
            past(
                f"i{number}",
                client=draw(st.sampled_from(["acme", "zenit"])),
                issued=issued,
                terms=draw(st.sampled_from([0, 10, 30])),
                money=tuple(
                    PastMoney(issued + timedelta(days=day), eur(part)) for day, part in zip(days, parts, strict=True)
                ),
                disputes=disputes,
            )
        )
    return found


def every_day(
    invoices: list[PastInvoice], ladder: Policy, calendar: BusinessCalendar, conditions: Conditions
) -> set[object]:
    """What goes when each open invoice is looked at on each day; steps by day, not yet grouped into mails."""
    records: dict[str, list[StepRecord]] = defaultdict(list)
    calls: dict[str, list[CallRecord]] = defaultdict(list)
    contacts: dict[str, list[ContactMade]] = defaultdict(list)
    gone: set[object] = set()
    day = START
    while day <= conditions.until:
        went: list[tuple[PastInvoice, Entry]] = []
        for one in (each for each in invoices if each.issue_date <= day):
            known = day - timedelta(days=conditions.seen_after_days)
            owed = 100_000 - sum(money.amount.minor for money in one.money if money.day <= known)
            contested = any(each.since <= day and (each.until is None or each.until >= day) for each in one.disputes)
            facts = invoice(
                invoice_id=one.invoice_id,
                number=one.number,
                client_id=one.client_id,
                state=InvoiceState.ISSUED if owed == 100_000 else InvoiceState.PART_PAID if owed else InvoiceState.PAID,
                balance=eur(owed),
                issue_date=one.issue_date,
                due_date=one.due_date,
                read_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
                disputes=(Dispute("x"),) if contested else (),
                contacts=tuple(contacts[one.client_id]),
                contact_interval_days=conditions.contact_interval_days,
                records=tuple(records[one.invoice_id]),
                calls=tuple(calls[one.invoice_id]),
            )
            timeline = plan(facts, ladder, calendar, day)
            for entry in timeline.entries:
                over = entry.verdict in (Verdict.SKIPPED, Verdict.SUPERSEDED, Verdict.CANCELLED) and not entry.settled
                if over and entry.day is not None and entry.day <= day:
                    records[one.invoice_id].append(
                        StepRecord(
                            key=entry.key,
                            state=StepState(entry.verdict.value),
                            occurrence=entry.occurrence,
                            day=entry.day,
                        )
                    )
            went.extend((one, entry) for entry in timeline.due)
        for one, entry in went:
            ref = StepRef(one.invoice_id, entry.key, entry.occurrence)
            gone.add((day, ref))
            task = entry.channel is not Channel.EMAIL
            records[one.invoice_id].append(
                StepRecord(
                    key=entry.key,
                    occurrence=entry.occurrence,
                    state=StepState.DONE if task else StepState.SENT,
                    day=day,
                    deadline=entry.deadline,
                    channel=entry.channel,
                    tone=entry.tone,
                    level=entry.level,
                )
            )
            if entry.channel is Channel.CALL:
                calls[one.invoice_id].append(CallRecord(day, CallOutcome.ANSWERED))
            if entry.channel in (Channel.CALL, Channel.EMAIL):
                contacts[one.client_id].append(
                    ContactMade(day, entry.channel, "EUR" if not task else "", frozenset({ref}))
                )
        day += timedelta(days=1)
    return gone


@settings(max_examples=40)
@given(histories(), st.sampled_from([0, 3, 7]), st.sampled_from([0, 2]), st.booleans())
def test_req_U07_a_replay_does_what_a_look_on_every_day_would_do(
    invoices: list[PastInvoice], interval: int, late: int, standard: bool
) -> None:
    conditions = Conditions(until=UNTIL, contact_interval_days=interval, seen_after_days=late)
    ladder = default_policy() if standard else SHORT
    calendars = {"acme": WEEKDAYS, "zenit": WEEKDAYS}
    contacts = replay(invoices, ladder, calendars, conditions)
    assert {(each.day, step) for each in contacts for step in each.steps} == every_day(
        invoices, ladder, WEEKDAYS, conditions
    )
    counted = report(invoices, contacts)
    assert counted.after_settlement == 0 or late
    assert replay(reversed(invoices), ladder, calendars, conditions) == contacts


def test_req_U07_one_client_with_two_overdue_invoices_gets_one_mail() -> None:
    contacts = replay([past("a"), past("b")], SHORT, {"acme": WEEKDAYS}, Conditions(until=UNTIL))
    assert [len(contact.steps) for contact in contacts] == [2, 2]


def test_req_U07_money_that_is_seen_late_shows_as_mails_after_settlement() -> None:
    paid = past(money=(PastMoney(START + timedelta(days=15), FULL),))
    for late, expected in ((0, 0), (3, 1)):
        contacts = replay([paid], SHORT, {"acme": WEEKDAYS}, Conditions(until=UNTIL, seen_after_days=late))
        assert report([paid], contacts).after_settlement == expected


def test_the_report_counts_by_step_client_and_days() -> None:
    quick, slow = (
        past("q", money=(PastMoney(START, FULL),)),
        past("s", money=(PastMoney(START + timedelta(days=30), FULL),)),
    )
    contacts = replay([quick, slow], SHORT, {"acme": WEEKDAYS}, Conditions(until=UNTIL))
    counted = report([quick, slow], contacts)
    assert (counted.invoices, counted.clients, counted.never_contacted) == (2, 1, 1)
    assert counted.steps == {"soft": 1, "hard": 1}
    assert (counted.mails, counted.busiest, counted.contacts_per_client) == (2, 2, 2.0)
    assert counted.days_to_payment == (START + timedelta(days=30) - contacts[0].day).days


def test_a_payment_that_was_taken_back_settles_nothing() -> None:
    back = PastMoney(START + timedelta(days=3), Money(-1, FULL.currency))
    assert past(money=(PastMoney(START, FULL), back)).settled_on is None
    again = PastMoney(START + timedelta(days=9), Money(1, FULL.currency))
    assert past(money=(again, back, PastMoney(START, FULL))).settled_on == START + timedelta(days=9)


def test_an_invoice_that_nothing_was_paid_of_has_no_day_of_settlement() -> None:
    part = past(money=(PastMoney(START, Money(1, FULL.currency)),))
    assert (part.settled_on, past().settled_on) == (None, None)
    assert (
        report(
            [part],
            [PlayedContact(day=START, client_id="acme", channel=Channel.EMAIL, tone=SHORT.steps[0].tone, steps=())],
        ).days_to_payment
        is None
    )
