"""What a person asks for: send now, resend. Only the firm gates are asked."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from plugin.domain.billing.states import InvoiceState
from plugin.domain.reminders.facts import (
    FIRST_RESEND,
    ContactMade,
    InvoiceFacts,
    OptOut,
    Pause,
    Promise,
    StepRecord,
    StepState,
    Switches,
)
from plugin.domain.reminders.policy import Repetition, Tone
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.reasons import ReasonCode
from plugin.domain.reminders.timeline import Verdict
from tests.unit.domain.reminders.cases import WEEKDAYS, at, due_keys, eur, invoice, mail, policy, sent, the, verdicts

SUNDAY = date(2026, 12, 13)


def asked_now(**changes: Any) -> InvoiceFacts:
    record = StepRecord(key="two", state=StepState.PLANNED, requested=True)
    return replace(invoice(records=(record,)), **changes)


def test_req_F14_send_now_goes_on_a_sunday_before_its_day_and_despite_a_contact() -> None:
    facts = asked_now(contacts=(ContactMade(SUNDAY),), contact_interval_days=9)
    timeline = at(facts, SUNDAY, calendar=WEEKDAYS)
    assert due_keys(timeline) == ["two"]
    assert the(timeline, "two").reason.code is ReasonCode.REQUESTED


def test_send_now_supersedes_weaker_steps_and_pushes_stronger_ones_off_the_day() -> None:
    ladder = policy(mail("one", 1, 3), mail("two", 2, 10), mail("three", 3, 3, Tone.FIRM))
    timeline = at(asked_now(), SUNDAY, ladder)
    assert verdicts(timeline) == {"one": Verdict.SUPERSEDED, "two": Verdict.DUE, "three": Verdict.HELD}
    assert the(timeline, "three").until == date(2026, 12, 14)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"state": InvoiceState.PAID}, Verdict.CANCELLED),
        ({"balance": eur(0)}, Verdict.CANCELLED),
        ({"pauses": (Pause("x"),)}, Verdict.HELD),
        ({"promise": Promise(SUNDAY)}, Verdict.HELD),
        ({"opt_outs": (OptOut("client", "x"),)}, Verdict.SKIPPED),
        ({"switches": Switches(kill_switch=True)}, Verdict.HELD),
        ({"recipients": ()}, Verdict.HELD),
    ],
)
def test_send_now_does_not_pass_what_protects_the_client(changes: dict[str, Any], verdict: Verdict) -> None:
    assert the(at(asked_now(**changes), SUNDAY), "two").verdict is verdict


def test_a_resend_is_a_new_occurrence_and_leaves_the_first_as_it_was() -> None:
    again = StepRecord(key="one", occurrence=FIRST_RESEND, state=StepState.PLANNED)
    facts = invoice(records=(sent("one", SUNDAY), again))
    timeline = at(facts, date(2026, 12, 14))
    assert [(entry.key, entry.occurrence) for entry in timeline.due] == [("one", FIRST_RESEND)]
    assert the(timeline, "one").verdict is Verdict.SENT
    gone = replace(facts, records=(sent("one", SUNDAY), sent("one", date(2026, 12, 14), occurrence=FIRST_RESEND)))
    assert due_keys(at(gone, date(2026, 12, 14))) == []
    assert due_keys(at(gone, date(2026, 12, 20))) == ["two"]


def test_req_F46_nobody_opens_the_legal_decision_before_the_final_deadline_is_over() -> None:
    asked = StepRecord(key="legal", state=StepState.PLANNED, requested=True)
    final = sent("final", date(2027, 1, 14), deadline=date(2027, 1, 25))
    facts = invoice(records=(final, asked))
    assert the(at(facts, date(2027, 1, 25), default_policy()), "legal").verdict is Verdict.HELD
    assert the(at(facts, date(2027, 1, 26), default_policy()), "legal").verdict is Verdict.DUE


def test_a_resend_takes_no_place_of_the_policys_own_repetitions() -> None:
    ladder = policy(mail("one", 1, 3, repetition=Repetition(every=7, at_most=2)))
    facts = invoice(records=(sent("one", SUNDAY), sent("one", date(2026, 12, 14), occurrence=FIRST_RESEND)))
    timeline = at(facts, date(2026, 12, 20), ladder)
    assert [(entry.occurrence, entry.verdict) for entry in timeline.entries] == [
        (1, Verdict.SENT),
        (2, Verdict.DUE),
        (3, Verdict.PLANNED),
        (FIRST_RESEND, Verdict.SENT),
    ]
