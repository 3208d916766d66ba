"""Why a client does not pay: each reason code has its effect and its task, and mending it lets the ladder go on."""

from datetime import date

import pytest

from plugin.domain.errors import InvalidInput
from plugin.services.follow_ups.close_task import Outcome
from plugin.services.follow_ups.problems import Problem, report_problem
from plugin.store.tables.invoices import Invoice
from sandbox.stage.house import ACTOR
from tests.support.stage import Story

FRIENDLY, CALL = date(2026, 9, 18), date(2026, 9, 25)


def report(
    story: Story, invoice: Invoice, problem: Problem, *, until: date | None = None, amount_minor: int | None = None
) -> None:
    with story.writing() as session:
        report_problem(
            session,
            invoice.id,
            problem,
            note="Told by Ines Brandt",
            today=story.today,
            now=story.now,
            actor=ACTOR,
            until=until,
            amount_minor=amount_minor,
        )


def billed(story: Story) -> Invoice:
    invoice = story.bill()
    story.drain()
    return invoice


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Problem.NO_ORDER, "Missing purchase order"),
        (Problem.NOT_RECEIVED, "Invoice not received"),
        (Problem.WRONG_CONTACT, "Wrong contact"),
    ],
)
def test_req_F42_a_problem_of_ours_opens_a_task_and_holds_until_it_is_mended(
    story: Story, problem: Problem, words: str
) -> None:
    invoice = billed(story)
    report(story, invoice, problem)
    story.walk(FRIENDLY)
    assert story.reminders() == []
    assert words in story.step(invoice, "friendly").reason
    (task,) = story.office.tasks()
    assert (task.kind, task.detail["what"] != "") == ("fix", True)
    story.office.close(task.id, Outcome(outcome="mended", notes="PO 4711"))
    story.drain()
    assert story.reminders() == [("friendly", "2026-09-18")]


def test_req_F42_a_client_short_of_money_rests_and_is_offered_a_plan(story: Story) -> None:
    invoice = billed(story)
    with pytest.raises(InvalidInput):
        report(story, invoice, Problem.CASH_FLOW)
    report(story, invoice, Problem.CASH_FLOW, until=date(2026, 9, 22))
    story.walk(date(2026, 9, 22))
    assert story.reminders() == []
    assert [task.kind for task in story.office.tasks()] == ["plan_offer"]
    story.at(date(2026, 9, 23))
    assert story.reminders() == [("friendly", "2026-09-23")]


def test_req_F42_a_disputed_part_is_cleared_up_by_its_task(story: Story) -> None:
    invoice = billed(story)
    report(story, invoice, Problem.DISPUTE, amount_minor=19_000)
    story.at(FRIENDLY)
    assert "€1,000.00" in story.mails()[-1].text
    (task,) = story.office.tasks()
    story.office.close(task.id, Outcome(outcome="mended"))
    assert "dispute_settled" in story.events(invoice)


def test_req_F42_the_same_problem_twice_is_one_task(story: Story) -> None:
    invoice = billed(story)
    report(story, invoice, Problem.NOT_RECEIVED)
    report(story, invoice, Problem.NOT_RECEIVED)
    assert len(story.office.tasks()) == 1


def test_req_F41_a_wrong_contact_on_the_phone_is_mended_first(story: Story) -> None:
    billed(story)
    story.at(CALL)
    (call,) = story.office.tasks()
    story.office.close(call.id, Outcome(outcome="wrong_contact", notes="Left the company"))
    assert [task.kind for task in story.office.tasks()] == ["fix"]
    story.walk(date(2026, 9, 30))
    assert story.reminders() == []


def test_req_F41_a_next_action_with_a_day_becomes_a_task(story: Story) -> None:
    billed(story)
    story.at(CALL)
    (call,) = story.office.tasks()
    with pytest.raises(InvalidInput):
        story.office.close(call.id, Outcome(outcome="voicemail", next_on=date(2026, 9, 28)))
    with pytest.raises(InvalidInput):
        story.office.close(call.id, Outcome(outcome="voicemail", next_action="Call", next_on=date(2026, 9, 24)))
    said = Outcome(outcome="voicemail", next_action="Call the reception", next_on=date(2026, 9, 28))
    story.office.close(call.id, said)
    (task,) = story.office.tasks()
    assert (task.kind, task.due_on, task.detail["what"]) == ("next", date(2026, 9, 28), "Call the reception")
    story.office.close(task.id, Outcome(outcome="done"))
    assert story.office.tasks() == []
