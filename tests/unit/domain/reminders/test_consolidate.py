"""One mail per client, currency, day and recipient, speaking at the highest level."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.money import Money
from plugin.domain.reminders.consolidate import propose
from plugin.domain.reminders.facts import Instalment, InvoiceFacts, PlanHold, Recipient
from plugin.domain.reminders.policy import Anchor, Ask, AskKind, Channel, Policy, Role, Tone
from plugin.domain.reminders.timeline import Entry
from plugin.domain.reminders.wording import Stage
from tests.unit.domain.reminders.cases import BILLING, USD, at, eur, invoice, mail, policy, task, the

TODAY = date(2027, 1, 4)
BOSS = Recipient("boss@acme.example", Role.SPONSOR)
LADDER = policy(
    mail("friendly", 1, 3),
    mail("second", 2, 14, Tone.FIRM, ask=Ask(AskKind.DEADLINE, 7)),
    mail("final", 3, 35, Tone.FINAL, recipients=(Role.BILLING, Role.SPONSOR)),
)


def due_item(number: str, late: int, ladder: Policy = LADDER, **changes: Any) -> tuple[InvoiceFacts, Entry]:
    """An invoice ``late`` days overdue with the step that is due for it."""
    facts = replace(
        invoice(recipients=(BILLING, BOSS)),
        invoice_id=f"id-{number}",
        number=number,
        issue_date=TODAY - timedelta(days=late + 30),
        due_date=TODAY - timedelta(days=late),
        **changes,
    )
    return facts, at(facts, TODAY, ladder).due[0]


def test_req_F25_complaint_C24_five_overdue_invoices_give_one_mail_at_the_highest_level() -> None:
    items = [due_item(f"INV-{late}", late) for late in (3, 4, 5, 20, 21)]
    (message,) = propose(items, TODAY).messages
    assert [member.number for member in message.members] == ["INV-21", "INV-20", "INV-5", "INV-4", "INV-3"]
    assert (message.tone, message.template, message.lead.number) == (Tone.FIRM, "second", "INV-21")
    assert message.total == eur(500_000)
    assert message.deadline == date(2027, 1, 11)


def test_req_F25_what_is_not_due_yet_neither_leads_a_mail_nor_counts_in_its_total() -> None:
    # Another policy's notice speaks in a stricter tone than the reminder of what is late.
    notices = policy(mail("notice", 1, -3, Tone.FIRM))
    (message,) = propose([due_item("late", 3), due_item("ahead", -3, notices)], TODAY).messages
    assert (message.template, message.lead.number) == ("friendly", "late")
    assert [member.number for member in message.members] == ["late", "ahead"]
    assert message.total == eur(100_000)


def test_an_invoice_that_left_too_late_is_ahead_of_its_due_day_until_its_terms_are_over() -> None:
    # Due ten days ago, but it left only five days ago: its forty days to pay run from then.
    left_late = due_item("left late", 10, policy(mail("soon", 1, -28)), left_on=TODAY - timedelta(days=5))
    (message,) = propose([due_item("late", 3), left_late], TODAY).messages
    assert message.lead.number == "late"
    assert message.total == eur(100_000)


def test_two_currencies_of_one_client_are_two_mails() -> None:
    dollars: dict[str, Any] = {"gross": Money(5_000, USD), "balance": Money(5_000, USD)}
    messages = propose([due_item("A", 3), due_item("B", 3, **dollars)], TODAY).messages
    assert [(found.currency, str(found.total)) for found in messages] == [
        ("EUR", "1000.00 EUR"),
        ("USD", "50.00 USD"),
    ]


def test_each_recipient_gets_the_invoices_whose_step_names_it() -> None:
    messages = propose([due_item("late", 36), due_item("soon", 3)], TODAY).messages
    assert {message.recipient.address: [member.number for member in message.members] for message in messages} == {
        "ap@acme.example": ["late", "soon"],
        "boss@acme.example": ["late"],
    }


def test_complaint_C13_taking_one_invoice_out_leaves_the_others() -> None:
    items = [due_item("A", 3), due_item("B", 4)]
    facts, _ = items[0]
    paid = replace(facts, balance=eur(0))
    (message,) = propose([(paid, the(at(paid, TODAY, LADDER), "friendly")), items[1]], TODAY).messages
    assert [member.number for member in message.members] == ["B"]


def test_two_clients_never_share_a_mail_even_with_one_address() -> None:
    items = [due_item("A", 3), due_item("B", 3, client_id="other")]
    assert [message.client_id for message in propose(items, TODAY).messages] == ["acme", "other"]


def test_req_F40_a_call_is_a_task_that_knows_the_other_open_items() -> None:
    calls = policy(task("call", 1, 10))
    proposals = propose([due_item("A", 10, calls), due_item("B", 3)], TODAY)
    (found,) = proposals.tasks
    assert (found.channel, found.member.number, [other.number for other in found.open_items]) == (
        Channel.CALL,
        "A",
        ["B"],
    )
    assert [member.number for message in proposals.messages for member in message.members] == ["B"]


@given(
    lates=st.lists(st.sampled_from([3, 9, 14, 20, 35, 50]), min_size=1, max_size=8),
    clients=st.lists(st.sampled_from(["a", "b"]), min_size=8, max_size=8),
    order=st.randoms(use_true_random=False),
)
def test_every_due_recipient_is_in_exactly_one_message_whatever_the_order(
    lates: list[int], clients: list[str], order: Random
) -> None:
    items = [due_item(f"N{n}", late, client_id=clients[n]) for n, late in enumerate(lates)]
    proposals = propose(items, TODAY)
    placed = [(member.ref, message.recipient.address) for message in proposals.messages for member in message.members]
    wanted = [(entry.ref, person.address) for _, entry in items for person in entry.recipients]
    assert sorted(placed) == sorted(wanted)
    assert len({(m.client_id, m.currency, m.recipient.address) for m in proposals.messages}) == len(proposals.messages)
    order.shuffle(items)
    assert propose(items, TODAY) == proposals
    for message in proposals.messages:
        assert message.tone.rank == max(member.entry.tone.rank for member in message.members)
        assert message.total.minor == sum(member.amount.minor for member in message.members)


def test_req_F45_a_notice_of_an_instalment_to_come_is_not_demanded_with_what_is_late() -> None:
    plan = {"plan": PlanHold(), "instalments": (Instalment(1, TODAY + timedelta(days=3), eur(50_000)),)}
    of_plan = policy(mail("part", 1, -3, Tone.FINAL, anchor=Anchor.INSTALMENT, template="instalment"))
    (message,) = propose([due_item("late", 20), due_item("in plan", 40, of_plan, **plan)], TODAY).messages
    assert (message.template, message.lead.number) == ("second", "late")
    assert message.total == eur(100_000)
    assert {member.number: member.stage for member in message.members} == {
        "late": Stage.LATE,
        "in plan": Stage.AHEAD,
    }


@pytest.mark.parametrize(
    ("lead", "other", "tone", "spoken"),
    [
        ("promise_broken", "friendly", Tone.FIRM, "second"),
        ("promise_broken", "promise_broken", Tone.FIRM, "promise_broken"),
        ("plan_broken", "plan_broken", Tone.NEUTRAL, "reminder"),
        ("plan_broken", "friendly", Tone.FINAL, "final"),
        ("second", "promise_broken", Tone.FIRM, "second"),
    ],
)
def test_a_mail_says_of_no_invoice_what_is_true_of_another(lead: str, other: str, tone: Tone, spoken: str) -> None:
    strongest = policy(mail("one", 5, 3, tone, template=lead))
    beside = policy(mail("two", 1, 3, Tone.FRIENDLY, template=other))
    (message,) = propose([due_item("A", 5, strongest), due_item("B", 3, beside)], TODAY).messages
    assert (message.lead.number, message.template) == ("A", spoken)
    (alone,) = propose([due_item("A", 5, strongest)], TODAY).messages
    assert alone.template == lead


def test_two_debits_to_come_are_announced_together_and_a_debit_with_a_payment_is_not() -> None:
    debit = policy(mail("soon", 1, -3, template="debit_notice"))
    notice = policy(mail("soon", 1, -3, Tone.FRIENDLY, template="notice"))
    (both,) = propose([due_item("A", -3, debit), due_item("B", -3, debit)], TODAY).messages
    (mixed,) = propose([due_item("A", -3, debit), due_item("B", -3, notice)], TODAY).messages
    assert (both.template, mixed.template) == ("debit_notice", "notice")


def test_an_invoice_is_not_called_late_before_its_day_whatever_its_step_counts_from() -> None:
    early = policy(mail("early", 1, 5, Tone.FIRM, anchor=Anchor.ISSUE_DATE, template="second"))
    (ahead,) = propose([due_item("A", -10, early)], TODAY).messages
    (late,) = propose([due_item("A", 1, early)], TODAY).messages
    assert (ahead.template, late.template) == ("notice", "second")
