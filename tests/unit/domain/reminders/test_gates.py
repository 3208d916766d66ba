"""Each gate has a case that names it (U09); the table, its order and its weights."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from plugin.domain.billing.states import InvoiceState
from plugin.domain.calendar import BusinessCalendar, SendWindow
from plugin.domain.money import Currency, Money
from plugin.domain.reminders.facts import (
    CallRecord,
    ContactMade,
    Dispute,
    Mode,
    Obstacle,
    OptOut,
    PaidOnTime,
    Pause,
    PlanHold,
    Promise,
    QuietPeriod,
    Recipient,
    StepRecord,
    StepState,
    Switches,
    TenantStatus,
)
from plugin.domain.reminders.gates import GATES
from plugin.domain.reminders.policy import (
    Anchor,
    CallOutcome,
    Channel,
    Guard,
    GuardKind,
    Policy,
    Role,
    Tone,
)
from plugin.domain.reminders.reasons import GateName, Outcome, ReasonCode
from plugin.domain.reminders.timeline import Verdict
from tests.unit.domain.reminders.cases import (
    DUE,
    EVERY_DAY,
    THREE,
    WEEKDAYS,
    at,
    due_keys,
    eur,
    invoice,
    mail,
    policy,
    sent,
    task,
    the,
    verdicts,
)

NEUTRAL = policy(mail("one", 1, 3, Tone.NEUTRAL))
FRIENDLY = policy(mail("one", 1, 3))
TODAY = date(2026, 12, 13)
NOON = datetime(2026, 12, 13, 12, tzinfo=UTC)
DUE_NEXT = DUE + timedelta(days=31)
OFFICE = SendWindow(time(9), time(11), "Europe/Berlin")


def guarded(*guards: Guard) -> Policy:
    return policy(mail("one", 1, 3, guards=guards))


@dataclass(frozen=True)
class Case:
    """Facts under which the mail due on 2026-12-13 does not go, and who says so."""

    gate: GateName
    code: ReasonCode
    verdict: Verdict
    facts: Mapping[str, Any]
    ladder: Policy = FRIENDLY
    calendar: BusinessCalendar = EVERY_DAY
    until: date | None = None
    words: str = ""


G, C, V = GateName, ReasonCode, Verdict
CASES = [
    Case(G.TENANT, C.TENANT_UNINSTALLED, V.CANCELLED, {"switches": Switches(tenant=TenantStatus.UNINSTALLED)}),
    Case(G.TENANT, C.TENANT_DISABLED, V.HELD, {"switches": Switches(tenant=TenantStatus.DISABLED)}),
    Case(
        G.TENANT,
        C.TENANT_BROKEN,
        V.HELD,
        {"switches": Switches(tenant=TenantStatus.BROKEN)},
        words="Jira refuses Dunlin's signature",
    ),
    Case(G.TENANT, C.TENANT_UNLICENSED, V.HELD, {"switches": Switches(tenant=TenantStatus.UNLICENSED)}),
    Case(G.KILL_SWITCH, C.KILL_SWITCH, V.HELD, {"switches": Switches(kill_switch=True)}),
    Case(G.SANDBOX, C.SANDBOX, V.HELD, {"switches": Switches(mode=Mode.SANDBOX)}),
    Case(G.SWITCHES, C.OFF_AT_SITE, V.HELD, {"switches": Switches(site_on=False)}),
    Case(G.SWITCHES, C.OFF_AT_PROJECT, V.HELD, {"switches": Switches(project_on=False)}),
    Case(G.SWITCHES, C.OFF_AT_CLIENT, V.HELD, {"switches": Switches(client_on=False)}),
    Case(G.SWITCHES, C.OFF_AT_INVOICE, V.HELD, {"switches": Switches(invoice_on=False)}),
    Case(
        G.OPT_OUT,
        C.CLIENT_OPT_OUT,
        V.SKIPPED,
        {"opt_outs": (OptOut("client", "key account", "alice", until=date(2027, 1, 31)),)},
        words="The client is opted out through 31 January 2027: key account.",
    ),
    Case(G.OPT_OUT, C.INVOICE_OPT_OUT, V.SKIPPED, {"opt_outs": (OptOut("invoice", "barter"),)}, words="barter"),
    Case(G.STATE, C.NOT_ISSUED, V.HELD, {"state": InvoiceState.DRAFT}),
    Case(G.STATE, C.NOT_ISSUED, V.HELD, {"state": InvoiceState.SUBMITTED}),
    Case(G.STATE, C.NOT_ISSUED, V.HELD, {"state": InvoiceState.APPROVED}),
    Case(G.STATE, C.PAID, V.CANCELLED, {"state": InvoiceState.PAID}),
    Case(G.STATE, C.CREDITED, V.CANCELLED, {"state": InvoiceState.CREDITED}),
    Case(G.STATE, C.WRITTEN_OFF, V.CANCELLED, {"state": InvoiceState.WRITTEN_OFF}),
    Case(G.BALANCE, C.SETTLED, V.CANCELLED, {"balance": eur(0)}, words="The balance of 0.00 EUR is settled"),
    Case(G.BALANCE, C.SETTLED, V.CANCELLED, {"balance": eur(99), "tolerance_minor": 99}),
    Case(G.BALANCE, C.SETTLED, V.CANCELLED, {"balance": eur(-500)}),
    Case(G.HANDED_OVER, C.HANDED_OVER, V.HELD, {"handed_over_on": date(2026, 12, 1)}),
    Case(G.PAUSE, C.PAUSED, V.HELD, {"pauses": (Pause("holiday", TODAY),)}, until=date(2026, 12, 14)),
    Case(G.PAUSE, C.PAUSED, V.HELD, {"pauses": (Pause("a", TODAY), Pause("merger"))}, words="Paused: merger."),
    Case(
        G.QUIET,
        C.QUIET,
        V.HELD,
        {"quiet": (QuietPeriod("Christmas", TODAY, date(2026, 12, 27)), QuietPeriod("a day", TODAY, TODAY))},
        until=date(2026, 12, 28),
        words="Nobody is reminded from 13 December 2026 to 27 December 2026 (Christmas).",
    ),
    Case(
        G.QUIET,
        C.QUIET,
        V.HELD,
        {"quiet": (QuietPeriod("one", TODAY, date(2026, 12, 20)), QuietPeriod("two", date(2026, 12, 21), DUE_NEXT))},
        until=date(2027, 1, 11),
        words="(one)",
    ),
    Case(G.GUARDS, C.NOT_VIEWED, V.SKIPPED, {}, guarded(Guard(GuardKind.VIEWED))),
    Case(
        G.GUARDS,
        C.OTHER_SEGMENT,
        V.SKIPPED,
        {"segment": "Public"},
        guarded(Guard(GuardKind.SEGMENT, names=("Key account", "Agency"))),
        words="The client belongs to 'Public'; this step is for Key account, Agency.",
    ),
    Case(
        G.GUARDS,
        C.OTHER_SEGMENT,
        V.SKIPPED,
        {},
        guarded(Guard(GuardKind.SEGMENT, names=("Agency",))),
        words="belongs to no segment",
    ),
    Case(
        G.GUARDS,
        C.PAYS_LATE,
        V.SKIPPED,
        {"paid_on_time": PaidOnTime(2, 3)},
        guarded(Guard(GuardKind.RELIABILITY, at_least=67)),
        words="The client pays late (2 of the last 3 invoices); this step is for at least 67 % paid on time.",
    ),
    Case(
        G.GUARDS,
        C.PAYS_ON_TIME,
        V.SKIPPED,
        {"paid_on_time": PaidOnTime(2, 3)},
        guarded(Guard(GuardKind.RELIABILITY, at_most=66)),
        words="at most 66 %",
    ),
    Case(
        G.GUARDS,
        C.PAYS_ON_TIME,
        V.SKIPPED,
        {},
        guarded(Guard(GuardKind.RELIABILITY, at_most=99)),
        words="(too few invoices to tell)",
    ),
    Case(
        G.GUARDS,
        C.TOO_FEW_OPEN,
        V.SKIPPED,
        {"open_invoices": 2},
        guarded(Guard(GuardKind.OPEN_INVOICES, at_least=3)),
        words="The client has 2 open",
    ),
    Case(
        G.GUARDS,
        C.NOT_YET_OVERDUE,
        V.HELD,
        {},
        guarded(Guard(GuardKind.OVERDUE_AT_LEAST, days=5)),
        until=date(2026, 12, 15),
        words="It waits until the invoice is 5 days overdue, on 15 December 2026.",
    ),
    Case(
        G.PROMISE,
        C.PROMISED,
        V.HELD,
        {"promise": Promise(date(2026, 12, 20))},
        until=date(2026, 12, 21),
        words="promised to pay by 20 December 2026",
    ),
    Case(
        G.DISPUTE,
        C.DISPUTED,
        V.HELD,
        {"disputes": (Dispute("hours of May"),)},
        words="The client disputes 1,000.00 EUR: hours of May.",
    ),
    Case(G.DISPUTE, C.DISPUTED, V.HELD, {"disputes": (Dispute("a", eur(60_000)), Dispute("b", eur(40_000)))}),
    Case(G.PLAN, C.IN_PLAN, V.HELD, {"plan": PlanHold("3 x 400")}),
    Case(G.PLAN, C.IN_PLAN, V.HELD, {"plan": PlanHold("x", date(2026, 12, 15))}, until=date(2026, 12, 15)),
    Case(G.OBSTACLE, C.OBSTACLE, V.HELD, {"obstacles": (Obstacle("missing purchase order"),)}, words="purchase order"),
    Case(G.APPLICABLE, C.BEFORE_ISSUE, V.SKIPPED, {"issue_date": date(2026, 12, 14)}),
    Case(G.APPLICABLE, C.NOTICE_TOO_LATE, V.SKIPPED, {}, policy(mail("one", 1, -3))),
    Case(G.AUTOPAY, C.AUTOPAY, V.SKIPPED, {"autopay": True}),
    Case(G.CONSUMER, C.CONSUMER, V.SKIPPED, {"is_consumer": True}, NEUTRAL),
    Case(
        G.GUARDS,
        C.BELOW_AMOUNT,
        V.SKIPPED,
        {"balance": eur(4_999)},
        guarded(Guard(GuardKind.UNPAID_AT_LEAST, amount_minor=5_000)),
        words="Only 49.99 EUR is asked for; this step needs at least 50.00 EUR.",
    ),
    Case(G.GUARDS, C.VIEWED, V.SKIPPED, {"viewed_on": DUE}, guarded(Guard(GuardKind.NOT_VIEWED))),
    Case(G.GUARDS, C.REPLIED, V.HELD, {"reply_on": DUE}, guarded(Guard(GuardKind.NO_REPLY))),
    Case(
        G.GUARDS,
        C.CALL_OUTCOME,
        V.SKIPPED,
        {"calls": (CallRecord(DUE, CallOutcome.REFUSED), CallRecord(date(2026, 12, 11), CallOutcome.NO_ANSWER))},
        guarded(Guard(GuardKind.CALL_OUTCOME, outcomes=(CallOutcome.REFUSED,))),
    ),
    Case(
        G.GUARDS,
        C.STEP_NOT_SENT,
        V.HELD,
        {},
        guarded(Guard(GuardKind.DEADLINE_PASSED, step="final")),
        words="It waits for 'Final notice'",
    ),
    Case(
        G.DEADLINE,
        C.DEADLINE_RUNNING,
        V.HELD,
        {"records": (sent("one", DUE, deadline=date(2026, 12, 22)),)},
        policy(mail("one", 1, 0), mail("two", 2, 3)),
        until=date(2026, 12, 23),
        words="until 22 December 2026",
    ),
    Case(G.FRESHNESS, C.NO_PAYMENTS, V.HELD, {"payments_limit_hours": 48}),
    Case(
        G.FRESHNESS,
        C.STALE_PAYMENTS,
        V.HELD,
        {"payments_limit_hours": 48, "payments_as_of": datetime(2026, 12, 11, 11, tzinfo=UTC)},
        words="The payment data are 49 hours old, 48 are allowed",
    ),
    Case(
        G.IN_DOUBT,
        C.IN_DOUBT,
        V.HELD,
        {"records": (StepRecord(key="zero", state=StepState.UNKNOWN, day=date(2026, 12, 1)),)},
        policy(mail("zero", 1, 0), mail("one", 2, 3)),
    ),
    Case(
        G.INTERVAL,
        C.RECENT_CONTACT,
        V.HELD,
        {"contacts": (ContactMade(date(2026, 12, 11)),), "contact_interval_days": 5},
        until=date(2026, 12, 16),
        words="The client was contacted on 11 December 2026; 5 days",
    ),
    Case(G.MANUAL_MAIL, C.MANUAL_MAIL, V.HELD, {"manual_mails": (date(2026, 12, 12),)}, until=date(2026, 12, 14)),
    Case(G.ADDRESS, C.NO_ADDRESS, V.HELD, {"recipients": ()}, words="no e-mail address for billing"),
    Case(
        G.ADDRESS,
        C.ADDRESS_FAILED,
        V.HELD,
        {"recipients": (Recipient("old@acme.example", failed_reason="550 no such user"),)},
        words="old@acme.example does not work (550 no such user)",
    ),
    Case(
        G.BUSINESS_DAY,
        C.NO_BUSINESS_DAY,
        V.HELD,
        {},
        policy(mail("one", 1, 0)),
        WEEKDAYS,
        until=date(2026, 12, 14),
        words="13 December 2026 is no business day (Sunday)",
    ),
    Case(G.WINDOW, C.OUTSIDE_WINDOW, V.HELD, {"window": OFFICE}, until=date(2026, 12, 14), words="09:00 to 11:00"),
    Case(G.REVIEW, C.NOT_APPROVED, V.HELD, {}, policy(mail("one", 1, 3), ask_first=True)),
    Case(G.LATENESS, C.TOO_LATE, V.HELD, {}, policy(mail("one", 1, 0), ask_when_late_days=2), words="3 days late, 2"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.gate}-{case.code}")
def test_idea_U09_each_gate_names_itself(case: Case) -> None:
    facts = invoice(read_at=NOON, **case.facts)
    entry = at(facts, TODAY, case.ladder, case.calendar).entries[-1]
    assert (entry.verdict, entry.reason.code, entry.until) == (case.verdict, case.code, case.until)
    assert [line.name for line in entry.gates if line.decided] == [case.gate]
    assert case.words in entry.sentence


def test_idea_U09_every_gate_has_a_case() -> None:
    assert {case.gate for case in CASES} == set(GateName)


def test_idea_U09_without_an_objection_every_gate_passes_and_none_decided() -> None:
    entry = the(at(invoice(read_at=NOON, contact_interval_days=3, window=replace(OFFICE, end=time(17))), TODAY), "one")
    assert entry.verdict is Verdict.DUE
    assert {line.outcome for line in entry.gates} == {Outcome.PASSES}
    assert not any(line.decided for line in entry.gates)


def test_the_table_holds_every_gate_once_in_the_order_people_read() -> None:
    assert [gate.name for gate in GATES] == list(GateName)


def test_what_ends_a_step_outranks_what_delays_it() -> None:
    paid = invoice(
        state=InvoiceState.PAID,
        balance=eur(0),
        pauses=(Pause("x"),),
        switches=Switches(kill_switch=True),
        opt_outs=(OptOut("client", "y"),),
    )
    entry = the(at(paid, TODAY), "one")
    assert (entry.verdict, entry.reason.code) == (Verdict.CANCELLED, ReasonCode.PAID)
    assert [line.name for line in entry.gates if line.outcome is not Outcome.PASSES] == [
        GateName.KILL_SWITCH,
        GateName.OPT_OUT,
        GateName.STATE,
        GateName.BALANCE,
        GateName.PAUSE,
    ]


def test_several_delays_free_the_step_after_the_last() -> None:
    facts = invoice(pauses=(Pause("x", date(2026, 12, 15)),), promise=Promise(date(2026, 12, 17)))
    entry = the(at(facts, TODAY, FRIENDLY), "one")
    assert (entry.reason.code, entry.until, entry.day) == (
        ReasonCode.PAUSED,
        date(2026, 12, 18),
        date(2026, 12, 18),
    )


def test_sandbox_holds_mail_but_not_the_tasks_of_our_own_people() -> None:
    facts = invoice(switches=Switches(mode=Mode.SANDBOX))
    assert due_keys(at(facts, TODAY, policy(task("call", 1, 3)))) == ["call"]


def test_complaint_C09_autopay_gets_the_notice_before_the_debit_and_nothing_else() -> None:
    ladder = policy(mail("notice", 1, -3), mail("one", 2, 3), mail("two", 3, 10))
    assert verdicts(at(invoice(autopay=True), date(2026, 12, 7), ladder)) == {
        "notice": Verdict.DUE,
        "one": Verdict.SKIPPED,
        "two": Verdict.SKIPPED,
    }


def test_law_L01_a_consumer_gets_friendly_mail_and_the_firm_one_only_if_the_seller_opted_in() -> None:
    ladder = policy(mail("one", 1, 3), mail("firm", 2, 10, Tone.FIRM))
    today = date(2026, 12, 20)
    consumer = invoice(is_consumer=True)
    assert due_keys(at(consumer, today, ladder)) == ["one"]
    assert the(at(consumer, today, ladder), "firm").verdict is Verdict.SKIPPED
    assert due_keys(at(replace(consumer, firm_to_consumers=True), today, ladder)) == ["firm"]


def test_idea_U10_a_feed_within_the_limit_holds_nothing_and_a_forecast_does_not_ask() -> None:
    fresh = invoice(read_at=NOON, payments_limit_hours=48, payments_as_of=datetime(2026, 12, 11, 12, tzinfo=UTC))
    assert due_keys(at(fresh, TODAY, FRIENDLY)) == ["one"]
    stale = replace(fresh, payments_as_of=datetime(2026, 1, 1, tzinfo=UTC))
    assert the(at(stale, date(2026, 12, 1), FRIENDLY), "one").verdict is Verdict.PLANNED


def test_idea_U12_only_the_disputed_part_is_held() -> None:
    entry = the(at(invoice(disputes=(Dispute("line 2", eur(20_000)),)), TODAY), "one")
    assert (entry.verdict, entry.amount) == (Verdict.DUE, eur(80_000))


def test_req_F08_the_amount_asked_for_is_the_balance_and_never_the_gross() -> None:
    entry = the(at(invoice(state=InvoiceState.PART_PAID, balance=eur(60_000)), TODAY), "one")
    assert (entry.verdict, entry.amount) == (Verdict.DUE, eur(60_000))


def test_req_F11_recipients_follow_the_roles_of_the_step_and_fall_back_to_billing() -> None:
    ladder = policy(mail("one", 1, 3, recipients=(Role.BILLING, Role.SPONSOR, Role.ESCALATION)))
    people = (
        Recipient("ap@acme.example"),
        Recipient("AP@acme.example"),
        Recipient("boss@acme.example", Role.SPONSOR),
        Recipient("gone@acme.example", Role.SPONSOR, failed_reason="bounced"),
    )
    entry = the(at(invoice(recipients=people), TODAY, ladder), "one")
    assert [person.address for person in entry.recipients] == ["ap@acme.example", "boss@acme.example"]


def test_req_F12_a_step_whose_day_fell_into_an_opt_out_stays_skipped_after_its_end() -> None:
    facts = invoice(opt_outs=(OptOut("client", "merger", since=date(2026, 12, 1), until=date(2026, 12, 15)),))
    assert verdicts(at(facts, date(2026, 12, 17))) == {
        "one": Verdict.SKIPPED,
        "two": Verdict.PLANNED,
        "three": Verdict.PLANNED,
    }


def test_complaint_C20_an_opt_out_without_end_skips_the_forecast_too() -> None:
    facts = invoice(opt_outs=(OptOut("client", "Mahnstopp", "bob"),))
    assert set(verdicts(at(facts, date(2026, 12, 1))).values()) == {Verdict.SKIPPED}


def test_req_F44_a_reply_holds_the_next_automatic_step_for_a_person() -> None:
    ladder = policy(mail("one", 1, 3, guards=(Guard(GuardKind.NO_REPLY),)))
    assert the(at(invoice(reply_on=DUE), date(2026, 12, 20), ladder), "one").verdict is Verdict.HELD


def test_complaint_C21_an_approved_step_goes() -> None:
    ladder = policy(mail("one", 1, 3), ask_first=True)
    facts = invoice(records=(StepRecord(key="one", state=StepState.HELD, approved=True),))
    assert due_keys(at(facts, TODAY, ladder)) == ["one"]


def test_steps_about_a_promise_may_go_while_it_runs() -> None:
    ladder = policy(mail("one", 1, 3), mail("tomorrow", 2, -1, anchor=Anchor.PROMISE))
    facts = invoice(promise=Promise(date(2026, 12, 15)))
    assert due_keys(at(facts, date(2026, 12, 14), ladder)) == ["tomorrow"]


def test_the_window_names_the_hour_at_which_it_opens() -> None:
    early = invoice(read_at=datetime(2026, 12, 13, 5, tzinfo=UTC), window=OFFICE)
    entry = the(at(early, TODAY, FRIENDLY), "one")
    assert (entry.verdict, entry.until, entry.until_at) == (
        Verdict.HELD,
        TODAY,
        datetime(2026, 12, 13, 8, tzinfo=UTC),
    )


def test_other_invoices_mail_in_doubt_does_not_stop_this_one() -> None:
    claimed = StepRecord(key="one", state=StepState.CLAIMED)
    assert due_keys(at(invoice(records=(claimed,)), TODAY, THREE)) == ["one"]


def test_of_two_calls_on_one_day_the_last_counts() -> None:
    calls = (CallRecord(DUE, CallOutcome.NO_ANSWER), CallRecord(DUE, CallOutcome.REFUSED))
    ladder = guarded(Guard(GuardKind.CALL_OUTCOME, outcomes=(CallOutcome.REFUSED,)))
    day = DUE + timedelta(days=3)
    assert due_keys(at(invoice(calls=calls), day, ladder)) == ["one"]
    assert due_keys(at(invoice(calls=calls[::-1]), day, ladder)) == []


def test_a_guard_that_holds_lets_the_step_go() -> None:
    ladder = guarded(
        Guard(GuardKind.VIEWED),
        Guard(GuardKind.SEGMENT, names=("Agency", "Public")),
        Guard(GuardKind.RELIABILITY, at_least=66, at_most=67),
        Guard(GuardKind.OPEN_INVOICES, at_least=2),
        Guard(GuardKind.OVERDUE_AT_LEAST, days=3),
    )
    facts = invoice(viewed_on=DUE, segment="Public", paid_on_time=PaidOnTime(2, 3), open_invoices=2)
    assert due_keys(at(facts, TODAY, ladder)) == ["one"]


def test_a_client_too_new_to_judge_counts_as_reliable_so_two_steps_share_all_clients() -> None:
    ladder = policy(
        mail("gentle", 1, 3, guards=(Guard(GuardKind.RELIABILITY, at_least=70),)),
        mail("plain", 2, 3, guards=(Guard(GuardKind.RELIABILITY, at_most=69),)),
    )
    shares = [None, *(PaidOnTime(on_time, of) for of in range(3, 13) for on_time in range(of + 1))]
    for share in shares:
        gone = due_keys(at(invoice(paid_on_time=share), TODAY, ladder))
        is_reliable = share is None or share.on_time / share.of >= 0.7
        assert gone == (["gentle"] if is_reliable else ["plain"])


def test_a_step_that_waits_to_be_overdue_lets_weaker_ones_go_meanwhile() -> None:
    ladder = policy(mail("one", 1, 3), mail("two", 2, 3, guards=(Guard(GuardKind.OVERDUE_AT_LEAST, days=9),)))
    seen = at(invoice(), TODAY, ladder)
    assert due_keys(seen) == ["one"]
    assert the(seen, "two").until == DUE + timedelta(days=9)


def test_a_person_may_send_in_a_quiet_period_and_a_legal_decision_needs_no_quiet() -> None:
    quiet = (QuietPeriod("Christmas", TODAY, date(2026, 12, 27)),)
    ladder = policy(task("legal", 1, 3, Channel.LEGAL_DECISION, Tone.FINAL))
    assert due_keys(at(invoice(quiet=quiet), TODAY, ladder)) == ["legal"]
    asked = StepRecord(key="one", state=StepState.PLANNED, requested=True)
    assert due_keys(at(invoice(quiet=quiet, records=(asked,)), TODAY)) == ["one"]


def test_what_a_quiet_period_held_on_purpose_is_not_late() -> None:
    quiet = (QuietPeriod("Christmas", TODAY, date(2026, 12, 27)),)
    ladder = policy(mail("one", 1, 3), ask_when_late_days=2)
    assert due_keys(at(invoice(quiet=quiet), date(2026, 12, 28), ladder)) == ["one"]
    assert due_keys(at(invoice(), date(2026, 12, 28), ladder)) == []


def test_what_is_for_the_account_manager_never_goes_to_the_client_instead() -> None:
    ladder = policy(mail("one", 1, 3, recipients=(Role.ACCOUNT_MANAGER,)))
    alone = the(at(invoice(), TODAY, ladder), "one")
    assert (alone.verdict, alone.reason.code) == (Verdict.HELD, ReasonCode.NO_ADDRESS)
    manager = Recipient("pm@seller.example", Role.ACCOUNT_MANAGER)
    facts = invoice(recipients=(*invoice().recipients, manager))
    assert the(at(facts, TODAY, ladder), "one").recipients == (manager,)


SMS = mail("one", 1, 3, Tone.NEUTRAL, channel=Channel.WEBHOOK)
LETTER = mail("one", 1, 3, Tone.NEUTRAL, channel=Channel.LETTER)
JIRA = mail("one", 1, 3, Tone.NEUTRAL, channel=Channel.JIRA)


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        ({"switches": Switches(mode=Mode.SANDBOX)}, {"webhook", "letter"}),
        ({"window": OFFICE, "read_at": NOON}, {"webhook"}),
        ({"is_consumer": True}, {"webhook", "letter"}),
        ({"autopay": True}, {"webhook", "letter"}),
        ({"quiet": (QuietPeriod("x", TODAY, TODAY),)}, {"webhook", "letter"}),
        ({"contacts": (ContactMade(TODAY),)}, {"webhook", "letter"}),
        ({"manual_mails": (TODAY,)}, {"webhook", "letter"}),
        ({"recipients": ()}, set()),
        ({"pauses": (Pause("x"),)}, {"webhook", "letter", "jira"}),
        ({"records": (sent("zero", DUE, level=0, deadline=TODAY),)}, {"webhook", "letter"}),
    ],
)
def test_what_goes_to_the_client_by_another_way_is_asked_as_a_mail_is_and_jira_only_of_what_rests(
    facts: dict[str, Any], held: set[str]
) -> None:
    found = {
        step.channel.value for step in (SMS, LETTER, JIRA) if not due_keys(at(invoice(**facts), TODAY, policy(step)))
    }
    assert found == held


def test_complaint_C21_a_policy_that_asks_first_asks_for_what_a_client_reads() -> None:
    shown = [due_keys(at(invoice(), TODAY, policy(step, ask_first=True))) for step in (SMS, LETTER, JIRA)]
    assert shown == [[], [], ["one"]]


@pytest.mark.parametrize(
    ("guard", "currency", "least"),
    [
        (Guard(GuardKind.UNPAID_AT_LEAST, amount_minor=5_000), Currency("EUR", 2), 5_000),
        (Guard(GuardKind.UNPAID_AT_LEAST, amount_minor=5_000), Currency("JPY", 0), 50),
        (Guard(GuardKind.UNPAID_AT_LEAST, amount_minor=5_000, decimals=0), Currency("JPY", 0), 5_000),
        (Guard(GuardKind.UNPAID_AT_LEAST, amount_minor=5_000), Currency("KWD", 3), 50_000),
        (Guard(GuardKind.UNPAID_AT_LEAST, amount_minor=50_125, decimals=3), Currency("EUR", 2), 5_013),
    ],
)
def test_an_amount_that_has_to_be_owed_counts_whole_units_of_each_currency(
    guard: Guard, currency: Currency, least: int
) -> None:
    for minor, verdict in ((least, Verdict.DUE), (least - 1, Verdict.SKIPPED)):
        amount = Money(minor, currency)
        entry = the(at(invoice(balance=amount, gross=Money(10**6, currency)), TODAY, guarded(guard)), "one")
        assert entry.verdict is verdict
