"""What a client asks or contests as an issue in Jira: by a click or by itself, once, linked to the home issue (U12)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from plugin.domain.errors import Conflict, InvalidInput, NotFound
from plugin.services.follow_ups.close_task import Outcome, close_task
from plugin.services.query_issues.queue import ask_for_issue
from plugin.services.settings.jira_work import JiraWorkForm, save_jira_work
from plugin.store.tables.clients import Project
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from sandbox import Fault
from sandbox.jira.model import Issue, adf_text
from sandbox.stage.house import ACTOR
from tests.story.client_page import ClientBrowser, links_of
from tests.story.test_inbound import Provider
from tests.support.letters import letter
from tests.support.stage import NewStory, Story

ASKED = "What is the second line about?"
DEFAULTS = JiraWorkForm(
    owner="",
    comment_amounts=True,
    call_issues=False,
    call_issue_type="Task",
    row_version=0,
)


def settings(story: Story, form: JiraWorkForm = DEFAULTS) -> None:
    with story.writing() as session:
        version = session.get_one(Project, (story.tenant, story.billed)).row_version
        mine = replace(form, owner=story.alice.account_id, row_version=version)
        save_jira_work(session, story.billed, mine, now=story.now, actor=ACTOR)


def asks(story: Story) -> Invoice:
    """A client who contests a part of an invoice on the page behind its mail."""
    invoice = story.bill()
    story.drain()
    address = links_of(story.box.mails[-1])[0]
    told = ClientBrowser().answer(address, "query", about="1", amount="190.00", text=ASKED, name="Ines Brandt")
    assert told.status_code == 303
    return invoice


def the_task(story: Story) -> Task:
    with story.reading() as session:
        return session.scalars(select(Task).where(Task.kind == "reply")).one()


def click(story: Story, task_id: str = "") -> None:
    with story.writing() as session:
        ask_for_issue(session, task_id or the_task(story).id, now=story.now, actor=ACTOR)


def made(story: Story) -> list[Issue]:
    return [issue for issue in story.jira.world.issues.values() if "dunlin-call" in issue.properties]


def time_passes(story: Story) -> None:
    """Sixteen minutes, in which leases end and what is in doubt is looked for."""
    for _ in range(8):
        with story.writing() as session:
            session.execute(update(Effect).where(Effect.state == "unknown").values(lease_until=None))
        story.clock.instant += timedelta(minutes=2)
        story.drain()


def test_req_U12_a_click_makes_one_issue_of_a_contested_line_linked_to_the_home_issue(
    new_story_on_both: NewStory,
) -> None:
    story = new_story_on_both()
    settings(story)
    invoice = asks(story)
    story.drain()
    assert made(story) == [], "nobody has asked for it"
    click(story)
    with pytest.raises(Conflict, match="being made already"):
        click(story)
    story.drain()
    (issue,) = made(story)
    task = the_task(story)
    assert (task.issue_id, task.issue_key) == (str(issue.id), issue.key)
    assert issue.summary == f"Brandt & Kollegen GmbH asks about invoice {invoice.number}"
    assert issue.assignee == story.alice.account_id
    text = adf_text(issue.description)
    assert ASKED in text
    assert "line" not in text.replace(ASKED, "")
    assert "190.00 EUR" in text
    assert story.issue.key in str(issue.fields["issuelinks"])
    with pytest.raises(Conflict, match=issue.key):
        click(story)


def test_req_U12_by_itself_in_another_project_once(story: Story) -> None:
    other, _ = story.second_project("SUP")
    settings(story, replace(DEFAULTS, query_issues=True, query_project=str(other.id), query_issue_type="Task"))
    asks(story)
    story.drain()
    story.drain()
    (issue,) = made(story)
    assert issue.key.startswith("SUP-")
    assert story.effects("jira_query") == ["sent"]


def test_req_U12_a_reply_by_mail_becomes_an_issue(story: Story) -> None:
    settings(story, replace(DEFAULTS, query_issues=True))
    story.bill()
    story.drain()
    provider = Provider(story)
    assert provider.hand_over(letter("Which issue is this?", answers=story.box.mails[-1].message_id)) == 204
    story.drain()
    (issue,) = made(story)
    assert "Which issue is this?" in adf_text(issue.description)


def test_req_F50_the_issue_on_a_service_desk_has_no_words_and_no_amounts(story: Story) -> None:
    settings(story, replace(DEFAULTS, query_issues=True))
    with story.writing() as session:
        session.execute(update(Project).values(service_desk=True))
    asks(story)
    story.drain()
    (issue,) = made(story)
    text = adf_text(issue.description)
    assert ASKED not in text
    assert "190.00" not in text
    assert "stands on the invoice's page" in text


@pytest.mark.parametrize("fault", [Fault.drop_after_effect(), Fault.drop()])
def test_fault_F28_a_time_out_leaves_one_issue(story: Story, fault: Fault) -> None:
    settings(story, replace(DEFAULTS, query_issues=True))
    story.jira.faults.add("createIssue", fault, times=1)
    asks(story)
    story.drain()
    time_passes(story)
    assert story.effects("jira_query") == ["sent"]
    assert [issue.key for issue in made(story)] == [the_task(story).issue_key]


def test_fault_F28_jira_that_is_down_is_asked_again(story: Story) -> None:
    settings(story, replace(DEFAULTS, query_issues=True))
    story.jira.faults.add("createIssue", Fault.status(503), times=2)
    asks(story)
    story.drain()
    assert made(story) == []
    time_passes(story)
    assert len(made(story)) == 1


def test_fault_F28_what_jira_refuses_may_be_asked_for_again(story: Story) -> None:
    settings(story, replace(DEFAULTS, query_issues=True, query_issue_type="No such type"))
    asks(story)
    story.drain()
    assert story.effects("jira_query") == ["failed"]
    assert "jira_query_failed" in story.alerts()
    settings(story)
    click(story)
    story.drain()
    assert sorted(story.effects("jira_query")) == ["failed", "sent"]
    assert len(made(story)) == 1


def test_req_U12_answering_the_client_leaves_the_issue_to_those_who_work_on_it(story: Story) -> None:
    settings(story, replace(DEFAULTS, query_issues=True))
    asks(story)
    story.drain()
    with story.writing() as session:
        task = the_task(story)
        close_task(session, task.id, Outcome(outcome="answered"), today=story.today, now=story.now, actor=ACTOR)
    story.drain()
    (issue,) = made(story)
    assert issue.status != "Done"
    assert story.effects("jira_call_done") == []


def test_req_U12_a_question_that_is_answered_before_needs_no_issue(story: Story) -> None:
    settings(story)
    asks(story)
    click(story)
    with story.writing() as session:
        task = the_task(story)
        close_task(session, task.id, Outcome(outcome="not_needed"), today=story.today, now=story.now, actor=ACTOR)
    story.drain()
    assert (made(story), story.effects("jira_query")) == ([], ["skipped"])


def test_req_U12_only_questions_and_known_projects(story: Story) -> None:
    with pytest.raises(NotFound):
        click(story, "no-such-task")
    with pytest.raises(InvalidInput, match="projects offered"):
        settings(story, replace(DEFAULTS, query_project="4711"))
    with pytest.raises(InvalidInput, match="issue type"):
        settings(story, replace(DEFAULTS, query_issue_type=" "))
