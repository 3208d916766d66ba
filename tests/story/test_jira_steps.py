"""Steps that happen in Jira: a comment, a mention, a notification, a move; at most once, and never after a payment."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from plugin.services.effects.settle import mark_as_sent, try_again
from plugin.services.follow_ups.switches import kill_switch
from plugin.store.tables.audit import Alert
from plugin.store.tables.clients import Project as BilledProject
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from sandbox import Fault
from sandbox.jira.model import Comment, Json, adf_text
from sandbox.stage.house import ACTOR
from tests.support.ladders import ladder, step
from tests.support.stage import Story

FRIENDLY = date(2026, 9, 18)


def acting(story: Story, kind: str, target: str = "") -> None:
    """The ladder is one step in Jira, three days after the due date; Alice owns the project."""
    story.publish(ladder(step("inside", 3, "jira", action={"kind": kind, "target": target})))
    with story.writing() as session:
        project = session.scalars(select(BilledProject).where(BilledProject.id == story.billed)).one()
        project.owner_account_id = story.alice.account_id


def own_comments(story: Story) -> list[Comment]:
    """Those beside the living one; each carries its effect's id."""
    with story.reading() as session:
        ids = set(session.scalars(select(Effect.id).where(Effect.kind == "jira_action")))
    return [each for each in story.jira.comments() if _marker(each) in ids]


def _marker(comment: Comment) -> Json:
    value = comment.properties.get("com.dunlin.jira.effect")
    return value.get("id") if isinstance(value, dict) else None


def the_effect(story: Story) -> Effect:
    with story.reading() as session:
        return session.scalars(select(Effect).where(Effect.kind == "jira_action")).one()


def end_grace(story: Story) -> None:
    """The grace of what is in doubt counts in database time; it is over now."""
    with story.writing() as session:
        session.execute(update(Effect).where(Effect.state == "unknown").values(lease_until=None))
    story.clock.instant += timedelta(minutes=2)
    story.drain()


def hand_over(story: Story, invoice: Invoice) -> None:
    """The step becomes an effect, which nobody carries out yet."""
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "inside").id])


def test_req_F15_a_comment_of_its_own_stands_on_the_home_issue_once(story: Story) -> None:
    acting(story, "comment")
    invoice = story.bill()
    story.drain()
    for hour in (10, 11, 12):
        story.at(FRIENDLY, hour)
    (comment,) = own_comments(story)
    assert comment.issue_id == story.issue.id
    assert "INV-2026-0001 to Brandt" in adf_text(comment.body)
    assert "1,190.00 EUR open" in adf_text(comment.body)
    assert story.steps(invoice) == {"inside": "sent"}
    assert story.events(invoice).count("sent") == 2


def test_req_F15_the_owner_is_mentioned_once(story: Story) -> None:
    acting(story, "mention")
    story.bill()
    story.drain()
    story.at(FRIENDLY)
    story.at(date(2026, 9, 21))
    (comment,) = own_comments(story)
    assert comment.body["content"] == [
        {
            "type": "paragraph",
            "content": [
                {"type": "mention", "attrs": {"id": story.alice.account_id}},
                {"type": "text", "text": " "},
                {"type": "text", "text": adf_text(comment.body).strip()},
            ],
        }
    ]


def test_req_F50_amounts_stay_out_where_the_project_wants_none(story: Story) -> None:
    acting(story, "comment")
    with story.writing() as session:
        session.scalars(select(BilledProject).where(BilledProject.id == story.billed)).one().comment_amounts = False
    story.bill()
    story.drain()
    story.at(FRIENDLY)
    texts = [adf_text(each.body) for each in story.jira.comments()]
    assert len(texts) == 2
    assert not [text for text in texts if "1,190" in text]


def test_the_issue_is_moved_and_an_issue_that_stands_there_is_left_alone(story: Story) -> None:
    acting(story, "transition", "done")
    invoice = story.bill()
    story.drain()
    story.at(FRIENDLY)
    assert story.jira.world.issues[story.issue.id].status == "Done"
    assert story.steps(invoice) == {"inside": "sent"}
    assert len(story.jira.requests("doTransition")) == 1


def test_a_status_that_no_way_leads_to_fails_with_an_alert(story: Story) -> None:
    acting(story, "transition", "Escalated")
    invoice = story.bill()
    story.drain()
    story.at(FRIENDLY)
    assert story.steps(invoice) == {"inside": "failed"}
    assert "Escalated" in story.step(invoice, "inside").reason
    assert "jira_action_failed" in story.alerts()


@pytest.mark.parametrize("kind", ["comment", "transition"])
def test_fault_F28_a_time_out_after_it_happened_is_found_again(story: Story, kind: str) -> None:
    acting(story, kind, "Done" if kind == "transition" else "")
    invoice = story.bill()
    story.drain()
    operation = {"comment": "addComment", "transition": "doTransition"}[kind]
    hand_over(story, invoice)
    story.jira.faults.add(operation, Fault.drop_after_effect(), times=1, issue=str(story.issue.id))
    story.drain()
    assert story.steps(invoice) == {"inside": "unknown"}
    end_grace(story)
    assert story.steps(invoice) == {"inside": "sent"}
    assert len(own_comments(story)) == (1 if kind == "comment" else 0)


def test_nobody_can_say_whether_jira_notified_so_a_person_decides(story: Story) -> None:
    acting(story, "notify")
    invoice = story.bill()
    story.drain()
    story.jira.faults.add("notify", Fault.drop_after_effect(), times=1)
    story.at(FRIENDLY)
    end_grace(story)
    story.at(FRIENDLY, hour=12)
    assert [note.account_ids for note in story.jira.world.notifications] == [(story.alice.account_id,)]
    assert (the_effect(story).state, story.steps(invoice)) == ("parked", {"inside": "parked"})
    assert "jira_action_in_doubt" in story.alerts()
    with story.writing() as session:
        mark_as_sent(session, the_effect(story).id, actor=ACTOR, now=story.now, follow_ups=story.container.follow_ups)
    assert story.steps(invoice) == {"inside": "sent"}
    assert len(story.jira.world.notifications) == 1


def test_a_person_who_knows_that_it_did_not_happen_has_it_done_again(story: Story) -> None:
    acting(story, "notify")
    invoice = story.bill()
    story.drain()
    story.jira.faults.add("notify", Fault.drop(), times=1)
    story.at(FRIENDLY)
    end_grace(story)
    assert story.steps(invoice) == {"inside": "parked"}
    with story.writing() as session:
        try_again(session, the_effect(story).id, actor=ACTOR, now=story.now)
    story.drain()
    assert story.steps(invoice) == {"inside": "sent"}
    assert len(story.jira.world.notifications) == 1


def test_fault_F53_a_payment_between_claim_and_act_calls_it_off(story: Story) -> None:
    acting(story, "comment")
    invoice = story.bill()
    story.drain()
    hand_over(story, invoice)
    assert the_effect(story).state == "planned"
    story.pay(invoice, "1190.00", receipt=False)
    story.drain()
    assert (the_effect(story).state, story.steps(invoice)) == ("cancelled", {"inside": "cancelled"})
    assert own_comments(story) == []


def test_fault_F55_the_kill_switch_holds_it_and_it_goes_once_when_the_site_goes_on(story: Story) -> None:
    acting(story, "comment")
    invoice = story.bill()
    story.drain()
    hand_over(story, invoice)
    with story.writing() as session:
        kill_switch(session, stopped=True, now=story.now, actor=ACTOR)
    story.drain()
    assert (own_comments(story), story.steps(invoice)) == ([], {"inside": "held"})
    with story.writing() as session:
        kill_switch(session, stopped=False, now=story.now, actor=ACTOR)
    story.drain()
    assert len(own_comments(story)) == 1
    assert sorted(story.effects("jira_action")) == ["cancelled", "sent"]


def test_fault_F26_a_limit_of_jira_puts_it_off(story: Story) -> None:
    acting(story, "comment")
    invoice = story.bill()
    story.drain()
    limit = Fault.status(429, headers={"Retry-After": "30", "RateLimit-Reason": "jira-per-issue-on-write"})
    story.jira.faults.add("addComment", limit, times=1)
    story.at(FRIENDLY)
    assert story.steps(invoice) == {"inside": "deferred"}
    story.at(FRIENDLY, hour=11)
    assert (story.steps(invoice), len(own_comments(story))) == ({"inside": "sent"}, 1)


def test_a_project_without_an_owner_fails_visibly_and_can_be_tried_again(story: Story) -> None:
    acting(story, "mention")
    with story.writing() as session:
        session.scalars(select(BilledProject).where(BilledProject.id == story.billed)).one().owner_account_id = ""
    invoice = story.bill()
    story.drain()
    story.at(FRIENDLY)
    assert story.steps(invoice) == {"inside": "failed"}
    with story.reading() as session:
        sentences = list(session.scalars(select(Alert.sentence).where(Alert.kind == "jira_action_failed")))
    assert ["A step in Jira failed: The project has no owner to tell" in each for each in sentences] == [True]
    acting_owner = story.alice.account_id
    with story.writing() as session:
        project = session.scalars(select(BilledProject).where(BilledProject.id == story.billed)).one()
        project.owner_account_id = acting_owner
        try_again(session, the_effect(story).id, actor=ACTOR, now=story.now)
    story.drain()
    assert (story.steps(invoice), len(own_comments(story))) == ({"inside": "sent"}, 1)
