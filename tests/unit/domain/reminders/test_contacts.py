"""How often a client hears from us: over all projects, by hand or by the ladder, on one day."""

from dataclasses import replace
from datetime import date
from typing import Any

from plugin.domain.reminders.facts import CallRecord, ContactMade, StepRecord, StepRef, StepState
from plugin.domain.reminders.policy import CallOutcome, Channel
from plugin.domain.reminders.timeline import Verdict
from tests.unit.domain.reminders.cases import (
    EVERY_DAY,
    THREE,
    at,
    due_keys,
    invoice,
    mail,
    play,
    policy,
    sent,
    span,
    task,
    the,
)

TODAY = date(2026, 12, 13)


def contacted(day: date, **changes: Any) -> ContactMade:
    return ContactMade(day)._replace(**changes)


def test_idea_U20_a_contact_about_another_project_counts() -> None:
    other = contacted(date(2026, 12, 12), members=frozenset({StepRef("other-project-invoice", "final")}))
    facts = invoice(contacts=(other,), contact_interval_days=3)
    one = the(at(facts, TODAY), "one")
    assert (one.verdict, one.until) == (Verdict.HELD, date(2026, 12, 15))
    assert due_keys(at(facts, date(2026, 12, 15))) == ["one"]


def test_req_F25_never_two_contacts_on_one_day_even_without_an_interval() -> None:
    assert due_keys(at(invoice(contacts=(contacted(TODAY),)), TODAY)) == []
    assert due_keys(at(invoice(contacts=(contacted(date(2026, 12, 12)),)), TODAY)) == ["one"]


def test_a_mail_in_another_currency_on_the_same_day_is_no_obstacle_but_later_it_counts() -> None:
    dollars = contacted(TODAY, currency="USD")
    facts = invoice(contacts=(dollars,), contact_interval_days=3)
    assert due_keys(at(facts, TODAY)) == ["one"]
    assert due_keys(at(facts, date(2026, 12, 14))) == []


def test_a_second_mail_in_the_same_currency_on_the_same_day_is_an_obstacle() -> None:
    assert due_keys(at(invoice(contacts=(contacted(TODAY, currency="EUR"),)), TODAY)) == []


def test_the_mail_to_the_first_recipient_does_not_stop_the_one_to_the_second() -> None:
    first = contacted(TODAY, currency="EUR", members=frozenset({StepRef("inv-1", "one")}))
    facts = invoice(
        contacts=(first,), contact_interval_days=3, records=(StepRecord(key="one", state=StepState.CLAIMED),)
    )
    assert due_keys(at(facts, TODAY)) == ["one"]


def test_a_call_in_which_somebody_heard_us_counts_and_one_without_answer_does_not() -> None:
    facts = invoice(contact_interval_days=3)
    heard = replace(facts, calls=(CallRecord(date(2026, 12, 12), CallOutcome.VOICEMAIL),))
    unheard = replace(facts, calls=(CallRecord(date(2026, 12, 12), CallOutcome.NO_ANSWER),))
    assert due_keys(at(heard, TODAY)) == []
    assert due_keys(at(unheard, TODAY)) == ["one"]


def test_a_decision_inside_the_house_needs_no_distance_to_a_contact() -> None:
    ladder = policy(task("legal", 1, 3, Channel.LEGAL_DECISION))
    facts = invoice(contacts=(contacted(TODAY),), contact_interval_days=9)
    assert due_keys(at(facts, TODAY, ladder)) == ["legal"]


def test_complaint_C06_a_manual_mail_at_17_holds_the_step_of_the_next_morning() -> None:
    facts = invoice(manual_mails=(date(2026, 12, 12),), manual_quiet_days=2)
    assert due_keys(at(facts, TODAY)) == []
    assert due_keys(at(facts, date(2026, 12, 14))) == ["one"]


def test_complaint_C01_a_run_every_fifteen_minutes_sends_one_copy() -> None:
    played = play(invoice(), THREE, EVERY_DAY, [TODAY] * 96)
    assert played.keys == ["one"]


def test_complaint_C02_a_hundred_plans_of_a_sent_step_send_nothing() -> None:
    facts = invoice(records=(sent("one", TODAY),))
    assert all(due_keys(at(facts, TODAY)) == [] for _ in range(100))


def test_the_forecast_keeps_the_distance_between_its_own_steps() -> None:
    ladder = policy(mail("one", 1, 3), mail("two", 2, 5), mail("three", 3, 20))
    facts = invoice(contact_interval_days=7)
    timeline = at(facts, date(2026, 12, 1), ladder)
    assert the(timeline, "two").day == date(2026, 12, 20)
    assert [day for day, _ in play(facts, ladder, EVERY_DAY, span(date(2026, 12, 1), 40)).out] == [
        date(2026, 12, 13),
        date(2026, 12, 20),
        date(2026, 12, 30),
    ]
