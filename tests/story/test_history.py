"""The history in Jira: one living comment an invoice, and a property by which JQL finds the issues."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from plugin.services.settings.company import save_company
from plugin.store.tables.clients import Project as BilledProject
from plugin.store.tables.company import CompanyProfile
from sandbox import Fault
from sandbox.jira.model import ADMINISTRATORS, APP_ROLE, Json, Visibility
from sandbox.stage.house import ACTOR, COMPANY
from sandbox.stage.witness import seen_rows
from tests.support.stage import Story


def found_by(story: Story, jql: str) -> list[str]:
    page = story.container.jira_of(story.tenant).search(jql, cursor=None, page_size=50)
    return sorted(issue.key for issue in page.issues)


def invoice_in_jira(story: Story) -> dict[str, Json]:
    value = story.jira.property(story.issue, "dunlin")
    assert isinstance(value, dict)
    invoices = value["invoices"]
    assert isinstance(invoices, list)
    (one,) = invoices
    assert isinstance(one, dict)
    return one


def property_writes(story: Story) -> int:
    return len(story.jira.requests("setIssueProperty"))


def test_req_F50_four_reminders_are_one_comment_with_a_row_each(story: Story) -> None:
    story.bill()
    story.drain()
    for day in (date(2026, 9, 14), date(2026, 9, 18), date(2026, 9, 29), date(2026, 10, 20)):
        story.at(day)
    (comment,) = story.jira.comments()
    steps = [row.step for row in seen_rows([comment]) if row.channel == "E-mail"]
    assert steps == ["issue", "notice", "friendly", "second", "final"]
    assert comment.notified <= 1


def test_req_U02_a_deleted_comment_comes_back_once_and_deleted_again_it_stays_away(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    (comment,) = story.jira.comments()
    story.jira.delete_comment(comment, actor=story.bob)
    story.at(date(2026, 9, 2))
    assert story.jira.comments() == []
    story.pay(invoice, "100.00", receipt=False)
    story.drain()
    (again,) = story.jira.comments()
    assert again.id != comment.id
    assert {row.step for row in seen_rows([again])} >= {"issue"}
    story.jira.delete_comment(again, actor=story.bob)
    story.pay(invoice, "100.00", receipt=False)
    story.drain()
    story.at(date(2026, 9, 18))
    assert story.jira.comments() == []
    assert story.reminders() == [("friendly", "2026-09-18")]


def test_req_U01_jql_finds_an_issue_by_the_state_of_its_invoice(story: Story) -> None:
    other = story.jira.add_issue(story.project, "Never billed")
    invoice = story.bill()
    story.drain(sync=True)
    assert invoice_in_jira(story) == {
        "number": "INV-2026-0001",
        "state": "issued",
        "due": "2026-09-15",
        "bucket": "not_due",
    }
    assert found_by(story, "project = ACM AND invoiceState = overdue") == []
    story.clock.instant = story.now.replace(day=16, hour=10)
    story.drain(sync=True)
    assert found_by(story, "project = ACM AND invoiceState = overdue") == [story.issue.key]
    story.pay(invoice, "1190.00", receipt=False)
    story.drain(sync=True)
    assert found_by(story, "invoiceState = paid") == [story.issue.key]
    assert found_by(story, 'invoiceNumber = "INV-2026-0001"') == [story.issue.key]
    assert story.jira.property(other, "dunlin") is None


def test_req_U01_a_day_without_a_change_of_bucket_writes_no_property(story: Story) -> None:
    story.bill()
    story.drain(sync=True)
    for day in (3, 4, 5, 6, 7):
        before = property_writes(story)
        story.clock.instant = story.now.replace(day=day, hour=10)
        story.drain(sync=True)
        assert property_writes(story) == before, day


def test_fault_F28_a_time_out_after_the_comment_was_made_leaves_one_comment(story: Story) -> None:
    story.bill()
    story.jira.faults.add("addComment", Fault.drop_after_effect(), times=1)
    story.drain()
    story.at(date(2026, 9, 1), hour=11)
    story.at(date(2026, 9, 1), hour=12)
    assert len(story.jira.comments()) == 1


def restrict(story: Story, role: str = "", *, service_desk: bool = False) -> None:
    """The project's history is restricted, and this role reads it."""
    with story.writing() as session:
        project = session.scalars(select(BilledProject).where(BilledProject.id == story.billed)).one()
        project.comment_visibility, project.service_desk = "restricted", service_desk
        profile = session.get_one(CompanyProfile, session.tenant_id)
        form = replace(COMPANY, comment_role=role, row_version=profile.row_version)
        save_company(session, form, now=story.now, actor=ACTOR)


def test_req_F50_on_a_service_desk_the_comment_is_internal_and_shows_no_amounts(story: Story) -> None:
    restrict(story, service_desk=True)
    invoice = story.bill()
    story.pay(invoice, "123.45", receipt=False)
    story.drain()
    (comment,) = story.jira.comments()
    assert comment.properties["sd.public.comment"] == {"internal": True}
    assert "123.45" not in str(comment.body)
    assert "1,190" not in str(comment.body)


def test_req_F50_a_restricted_history_is_not_written_before_somebody_is_named_and_whole_afterwards(
    story: Story,
) -> None:
    restrict(story)
    invoice = story.bill()
    story.drain()
    assert story.jira.comments() == []
    assert story.sent() == [("issue", "2026-09-01")]
    restrict(story, APP_ROLE)
    story.pay(invoice, "123.45", receipt=False)
    story.drain()
    story.pay(invoice, "100.00", receipt=False)
    story.drain()
    (comment,) = story.jira.comments()
    assert comment.visibility == Visibility("role", APP_ROLE)
    for words in ("Invoice INV-2026-0001 issued", "123.45", "100.00"):
        assert words in str(comment.body)


def test_fault_F30_a_role_that_the_app_is_not_in_raises_an_alert_and_the_invoice_goes_out(story: Story) -> None:
    restrict(story, ADMINISTRATORS)
    story.bill()
    story.drain()
    assert story.jira.comments() == []
    assert story.alerts() == ["history_undeliverable"]
    assert story.sent() == [("issue", "2026-09-01")]


def test_all_billed_issues_show_the_history_where_the_project_wants_it_at_most_ten(story: Story) -> None:
    with story.writing() as session:
        project = session.scalars(select(BilledProject).where(BilledProject.id == story.billed)).one()
        project.comment_on = "all"
    issues = [story.jira.add_issue(story.project, f"Part {number}") for number in range(12)]
    for issue in issues:
        story.log(1, issue=issue)
    story.bill(5)
    story.drain()
    assert len(story.jira.comments()) == 10
    assert len(story.jira.comments(story.issue)) == 1
    assert all(story.jira.property(issue, "dunlin") for issue in issues)
