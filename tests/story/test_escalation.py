"""The last rungs: the deadline of the second reminder, the final notice, and the decision that takes two people."""

from datetime import date

import pytest

from plugin.domain.errors import Conflict, InvalidInput, NotAllowed
from plugin.services.follow_ups.close_task import Outcome
from plugin.services.follow_ups.legal import approve_hand_over, refuse_hand_over
from plugin.services.payments.record_payment import reverse_payment, write_off
from plugin.store.queries.invoice_parts import payments_of
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice
from sandbox.stage.house import ACTOR
from tests.support.stage import Story

SECOND, FINAL, LEGAL = date(2026, 9, 29), date(2026, 10, 20), date(2026, 10, 30)
ANOTHER = "another"


def up_to_the_legal_step(story: Story) -> tuple[Invoice, Task]:
    invoice = story.bill()
    story.drain()
    story.walk(FINAL)
    for task in story.office.tasks():
        outcome = {"call": "no_answer", "plan_offer": "declined"}[task.kind]
        story.office.close(task.id, Outcome(outcome=outcome))
    story.walk(LEGAL)
    (task,) = story.office.tasks()
    assert task.kind == "legal_decision"
    return invoice, task


def approve(story: Story, task: Task, actor: str) -> None:
    with story.writing() as session:
        approve_hand_over(session, task.id, today=story.today, now=story.now, actor=actor)


def test_req_F43_the_second_reminders_deadline_is_stored_told_and_over_before_anything_else_goes(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    story.walk(SECOND)
    second = story.step(invoice, "second")
    # Seven business days after Tuesday, 29 September: 3 October is a holiday on a Saturday.
    assert second.deadline_on == date(2026, 10, 8)
    assert "8 October 2026" in story.mails()[-1].text
    assert story.step(invoice, "final").planned_on > date(2026, 10, 8)


def test_req_F46_handing_over_calls_off_what_people_were_to_do_and_its_end_asks_for_it_again(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    story.walk(LEGAL)
    asked = {task.kind: task for task in story.office.tasks()}
    assert sorted(asked) == ["call", "legal_decision", "plan_offer"]
    story.office.close(asked["legal_decision"].id, Outcome(outcome="hand_over", notes="To Lex & Partner"))
    approve(story, asked["legal_decision"], ANOTHER)
    story.drain()
    assert story.office.tasks() == []
    assert {story.steps(invoice)[key] for key in ("call", "plan_offer")} <= {"held", "superseded"}


def test_req_F46_handing_over_takes_a_second_person(story: Story) -> None:
    invoice, task = up_to_the_legal_step(story)
    with pytest.raises(InvalidInput):
        story.office.close(task.id, Outcome(outcome="hand_over"))
    story.office.close(task.id, Outcome(outcome="hand_over", notes="To Lex & Partner"))
    assert [task.kind for task in story.office.tasks()] == ["legal_decision"], "it waits for approval"
    assert "handed_over" not in story.events(invoice)
    with pytest.raises(Conflict):
        story.office.close(task.id, Outcome(outcome="hand_over", notes="Once more"))
    with pytest.raises(NotAllowed, match="yourself"):
        approve(story, task, ACTOR)
    approve(story, task, ANOTHER)
    assert "handed_over" in story.events(invoice)
    with story.reading() as session:
        row = session.get_one(Task, (story.tenant, task.id))
    assert (row.state, row.outcome, row.done_by, row.approved_by) == ("done", "hand_over", ACTOR, ANOTHER)
    sent = story.reminders()
    story.walk(date(2026, 12, 1))
    assert story.reminders() == sent
    with pytest.raises(Conflict):
        approve(story, task, ANOTHER)


def test_req_F46_a_proposal_may_be_refused_and_the_task_stays(story: Story) -> None:
    invoice, task = up_to_the_legal_step(story)
    story.office.close(task.id, Outcome(outcome="hand_over", notes="To Lex & Partner"))
    with story.writing() as session:
        refuse_hand_over(session, task.id, reason="They are a partner", now=story.now, actor=ANOTHER)
    assert [task.kind for task in story.office.tasks()] == ["legal_decision"]
    story.office.close(task.id, Outcome(outcome="no_action"))
    assert "handed_over" not in story.events(invoice)


def test_req_F46_never_before_the_final_notices_deadline(story: Story) -> None:
    invoice, task = up_to_the_legal_step(story)
    deadline = story.step(invoice, "final").deadline_on
    assert deadline is not None
    assert deadline < story.today
    story.clock.instant = story.clock.instant.replace(day=deadline.day)
    with pytest.raises(Conflict, match="wait until that is over"):
        story.office.close(task.id, Outcome(outcome="hand_over", notes="To Lex & Partner"))


def test_a_payment_calls_the_decision_off(story: Story) -> None:
    invoice, task = up_to_the_legal_step(story)
    story.office.close(task.id, Outcome(outcome="hand_over", notes="To Lex & Partner"))
    story.pay(invoice, "1190.00", receipt=False)
    assert story.office.tasks() == []
    with pytest.raises(Conflict):
        approve(story, task, ANOTHER)


def test_a_write_off_has_a_reason_ends_the_ladder_and_is_taken_back(story: Story) -> None:
    invoice, _ = up_to_the_legal_step(story)
    with story.writing() as session, pytest.raises(InvalidInput):
        write_off(session, invoice.id, today=story.today, now=story.now, actor=ACTOR, reason="")
    with story.writing() as session:
        write_off(session, invoice.id, today=story.today, now=story.now, actor=ACTOR, reason="Insolvent")
    assert story.invoice(invoice).state == "written_off"
    assert story.office.tasks() == []
    with story.writing() as session:
        (entry,) = payments_of(session, invoice.id)
        reverse_payment(session, entry.id, today=story.today, now=story.now, actor=ACTOR, reason="They pay after all")
    assert story.invoice(invoice).state == "issued"
    story.drain()
    assert [task.kind for task in story.office.tasks()] == ["legal_decision"]
