"""A phone call as an issue in the caller's queue: created once, closed with its task, steering the ladder (U13)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from plugin.services.follow_ups.close_task import Outcome, close_task
from plugin.services.settings.jira_work import JiraWorkForm, save_jira_work
from plugin.store.tables.clients import Client, Contact
from plugin.store.tables.clients import Project as BilledProject
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from sandbox import Fault
from sandbox.jira.model import Issue, adf_text
from sandbox.stage.house import ACTOR
from tests.support.ladders import ladder, step
from tests.support.stage import Story

CALL = date(2026, 9, 25)
STATUSES = ("To Do", "In Progress", "Promise", "No answer", "Done")


def with_calls(story: Story, *, type_name: str = "Task", amounts: bool = True) -> Invoice:
    """An invoice whose ladder is a call ten days after the due date; its project wants issues for calls."""
    story.publish(ladder(step("ring", 10, "call", ask={"kind": "call"}), step("later", 14, "email", template="second")))
    story.jira.world.workflows[story.project.id] = STATUSES
    with story.writing() as session:
        project = session.scalars(select(BilledProject).where(BilledProject.id == story.billed)).one()
        form = JiraWorkForm(
            owner=story.alice.account_id,
            comment_amounts=amounts,
            call_issues=True,
            call_issue_type=type_name,
            row_version=project.row_version,
        )
        save_jira_work(session, story.billed, form, now=story.now, actor=ACTOR)
        session.execute(update(Contact).values(phone="+49 30 1234"))
        session.execute(update(Client).values(phone="+49 30 9999"))
    invoice = story.bill()
    story.drain()
    return invoice


def the_task(story: Story) -> Task:
    with story.reading() as session:
        return session.scalars(select(Task).where(Task.kind == "call")).one()


def call_issues(story: Story) -> list[Issue]:
    return [issue for issue in story.jira.world.issues.values() if "dunlin-call" in issue.properties]


def read_issues(story: Story) -> None:
    """What the webhook does: a hint, and a read."""
    story.jira.deliver_webhooks()
    story.drain(sync=True)


def end_grace(story: Story, *, minutes: int = 2) -> None:
    with story.writing() as session:
        session.execute(update(Effect).where(Effect.state == "unknown").values(lease_until=None))
    story.clock.instant += timedelta(minutes=minutes)
    story.drain()


def log(story: Story, outcome: str = "answered") -> None:
    with story.writing() as session:
        close_task(session, the_task(story).id, Outcome(outcome=outcome), today=story.today, now=story.now, actor=ACTOR)
    story.drain()


def test_req_U13_a_call_is_an_issue_in_the_owners_queue(story: Story) -> None:
    invoice = with_calls(story)
    for hour in (10, 11):
        story.at(CALL, hour)
    (issue,) = call_issues(story)
    task = the_task(story)
    assert (task.issue_id, task.issue_key) == (str(issue.id), issue.key)
    assert (issue.assignee, issue.type_name) == (story.alice.account_id, "Task")
    assert issue.fields["duedate"] == task.due_on.isoformat()
    text = adf_text(issue.description)
    for part in ("+49 30 1234", "+49 30 9999", "1,190.00 EUR", str(story.invoice(invoice).number), "set the due date"):
        assert part in text, part
    links = issue.fields["issuelinks"]
    assert isinstance(links, list)
    assert story.issue.key in str(links)


def test_req_U13_a_sub_task_stands_below_the_home_issue_and_amounts_stay_out(story: Story) -> None:
    with_calls(story, type_name="Sub-task", amounts=False)
    story.at(CALL)
    (issue,) = call_issues(story)
    assert (issue.type_name, issue.epic) == ("Sub-task", story.issue.id)
    assert "1,190" not in adf_text(issue.description)
    assert "issuelinks" not in issue.fields


def test_fault_F28_a_time_out_after_the_issue_was_created_leaves_one_issue(story: Story) -> None:
    with_calls(story)
    story.jira.faults.add("createIssue", Fault.drop_after_effect(), times=1)
    story.at(CALL)
    assert story.effects("jira_call") == ["unknown"]
    end_grace(story)
    assert story.effects("jira_call") == ["sent"]
    assert [issue.key for issue in call_issues(story)] == [the_task(story).issue_key]


def test_fault_F28_the_index_lags_so_absent_counts_only_later(story: Story) -> None:
    with_calls(story)
    story.jira.search_lag = timedelta(minutes=5)
    story.jira.faults.add("createIssue", Fault.drop_after_effect(), times=1)
    story.at(CALL)
    end_grace(story)
    assert story.effects("jira_call") == ["unknown"]
    end_grace(story, minutes=5)
    assert (story.effects("jira_call"), len(call_issues(story))) == (["sent"], 1)


def test_fault_F28_an_issue_that_was_never_created_is_created_once(story: Story) -> None:
    with_calls(story)
    story.jira.faults.add("createIssue", Fault.drop(), times=1)
    story.at(CALL)
    for _ in range(8):
        end_grace(story)
    assert (story.effects("jira_call"), len(call_issues(story))) == (["sent"], 1)


def test_req_F41_logging_the_call_closes_the_issue_with_how_it_ended(story: Story) -> None:
    with_calls(story)
    story.at(CALL)
    log(story, "no_answer")
    (issue,) = call_issues(story)
    assert issue.status == "Done"
    (comment,) = story.jira.comments(issue)
    assert adf_text(comment.body).strip() == "Nobody answered"
    story.at(CALL, hour=12)
    assert len(story.jira.comments(issue)) == 1


def test_fault_F28_closing_it_in_doubt_writes_one_comment(story: Story) -> None:
    with_calls(story)
    story.at(CALL)
    story.jira.faults.add("addComment", Fault.drop_after_effect(), times=1, issue=the_task(story).issue_id)
    log(story)
    end_grace(story)
    (issue,) = call_issues(story)
    assert (issue.status, len(story.jira.comments(issue))) == ("Done", 1)


def test_a_payment_calls_the_issue_off_too(story: Story) -> None:
    invoice = with_calls(story)
    story.at(CALL)
    story.pay(invoice, "1190.00", receipt=False)
    story.drain()
    (issue,) = call_issues(story)
    assert issue.status == "Done"
    assert "not needed any more" in adf_text(story.jira.comments(issue)[0].body)


def test_req_U13_moving_it_to_promise_with_a_date_pauses_until_that_date(story: Story) -> None:
    invoice = with_calls(story)
    story.at(CALL)
    (issue,) = call_issues(story)
    fields = {**issue.fields, "duedate": "2026-10-05"}
    story.jira.edit_issue(issue, story.alice, status="Promise", fields=fields)
    read_issues(story)
    task = the_task(story)
    assert (task.state, task.outcome, task.promised_on, task.done_by) == ("done", "promise", date(2026, 10, 5), "jira")
    story.walk(date(2026, 10, 5))
    assert story.steps(invoice)["later"] != "sent"
    story.walk(date(2026, 10, 6))
    assert story.steps(invoice)["later"] == "sent"


def test_req_U13_a_promise_without_a_date_asks_for_it(story: Story) -> None:
    with_calls(story)
    story.at(CALL)
    (issue,) = call_issues(story)
    story.jira.edit_issue(issue, story.alice, status="Promise")
    read_issues(story)
    assert (the_task(story).state, the_task(story).detail["jira"]) == ("open", "needs_day")


def test_req_U13_no_answer_as_a_status_logs_the_call(story: Story) -> None:
    invoice = with_calls(story)
    story.at(CALL)
    (issue,) = call_issues(story)
    story.jira.edit_issue(issue, story.alice, status="No answer")
    read_issues(story)
    assert (the_task(story).outcome, "call" in story.events(invoice)) == ("no_answer", True)


@pytest.mark.parametrize(("what", "said"), [("done", "done"), ("deleted", "gone")])
def test_req_U13_done_or_deleted_asks_how_the_call_went(story: Story, what: str, said: str) -> None:
    with_calls(story)
    story.at(CALL)
    (issue,) = call_issues(story)
    if what == "done":
        story.jira.edit_issue(issue, story.alice, status="Done")
    else:
        story.jira.delete_issue(issue, actor=story.alice)
    read_issues(story)
    assert (the_task(story).state, the_task(story).detail["jira"]) == ("open", said)
    log(story)
    assert the_task(story).state == "done"


def test_fault_F60_a_lost_webhook_is_made_good_by_the_next_read_of_issues(story: Story) -> None:
    with_calls(story)
    story.at(CALL)
    (issue,) = call_issues(story)
    story.jira.edit_issue(issue, story.alice, status="No answer")
    story.read_jira("issues")
    assert the_task(story).outcome == "no_answer"


def test_without_the_setting_a_call_stays_a_task(story: Story) -> None:
    with_calls(story)
    with story.writing() as session:
        session.execute(update(BilledProject).values(call_issues=False))
    story.at(CALL)
    assert (call_issues(story), the_task(story).issue_key) == ([], "")


def test_req_F15_an_overdue_invoice_mentions_the_owner_once(story: Story) -> None:
    with_calls(story)
    for day in (15, 16, 17, 18):
        story.clock.instant = story.now.replace(day=day, hour=12)
        story.drain(sync=True)
    mentions = [each for each in story.jira.comments(story.issue) if "mention" in str(each.body)]
    assert len(mentions) == 1
    assert story.alice.account_id in str(mentions[0].body)
    assert "is overdue since 15 September 2026" in adf_text(mentions[0].body)


def test_req_F15_naming_an_owner_tells_nobody_of_old_invoices(story: Story) -> None:
    with_calls(story)
    with story.writing() as session:
        session.execute(update(BilledProject).values(owner_account_id=""))
    story.clock.instant = story.now.replace(day=16, hour=12)
    story.drain(sync=True)
    with story.writing() as session:
        session.execute(update(BilledProject).values(owner_account_id=story.alice.account_id))
    story.clock.instant = story.now.replace(day=29, hour=12)
    story.drain(sync=True)
    assert story.effects("jira_mention") == []
