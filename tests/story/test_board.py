"""The board of coming steps: what it shows is what is sent; rows are moved, sent, left out and held, alone or many."""

import itertools
from datetime import date, timedelta

import pytest

from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_json import to_dict
from plugin.domain.reminders.timeline import Verdict
from plugin.services.follow_ups.board import BoardRow, BoardScope, board_of
from plugin.services.follow_ups.bulk import Change, RowRef, RowResult, change_rows
from plugin.services.follow_ups.calm import calm_score
from plugin.services.follow_ups.change_step import approve_step
from plugin.services.follow_ups.try_step import dry_run, try_move
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice
from sandbox.stage.house import ACTOR
from tests.support.stage import NewStory, Story

FRIENDLY = date(2026, 9, 18)


def billed(story: Story, hours: float = 10) -> Invoice:
    invoice = story.bill(hours)
    story.drain()
    return invoice


def rows(story: Story, *, days: int = 90, scope: BoardScope | None = None) -> list[BoardRow]:
    with story.reading() as session:
        return list(board_of(session, scope or BoardScope(), days=days, now=story.now).rows)


def change(
    story: Story, refs: list[RowRef], what: Change, *, reason: str = "", to: date | None = None
) -> list[RowResult]:
    with story.writing() as session:
        return change_rows(session, refs, what, now=story.now, actor=ACTOR, reason=reason, to=to)


def test_req_F14_what_the_board_shows_is_what_is_sent(story: Story) -> None:
    billed(story)
    shown = [(row.ref.key, row.day.isoformat()) for row in rows(story) if row.channel == "email"]
    story.walk(date(2026, 11, 20), lambda _: None)
    assert story.reminders() == shown


def test_req_F14_fourteen_days_and_one_client_or_project_or_invoice(story: Story) -> None:
    first = billed(story)
    _, issue = story.second_project()
    second = story.bill(2, project=story.jira.world.projects[issue.project_id], issue=issue)
    story.drain()
    assert {row.ref.key for row in rows(story, days=14)} == {"notice"}
    both = {row.ref.invoice_id for row in rows(story)}
    assert both == {first.id, second.id}
    of_project = rows(story, scope=BoardScope(project_id=story.billed))
    assert {row.ref.invoice_id for row in of_project} == {first.id}
    assert rows(story, scope=BoardScope(invoice_id=second.id))[0].project == "Project NXT"
    assert {row.ref.invoice_id for row in rows(story, scope=BoardScope(client_id=story.client_id))} == both
    assert {row.together for row in rows(story) if row.ref.key == "friendly"} == {2}, "one mail for both"


def test_req_U06_moving_onto_a_holiday_shows_the_roll_before_it_is_saved(story: Story) -> None:
    invoice = billed(story)
    saturday = date(2026, 10, 3)
    with story.reading() as session:
        tried = try_move(session, invoice.id, "friendly", to=saturday, now=story.now)
    assert (tried.day, tried.goes) == (date(2026, 10, 5), False)
    assert "Tag der Deutschen Einheit" in tried.holiday or "German Unity" in tried.holiday
    assert story.step(invoice, "friendly").moved_to is None, "nothing is stored"
    (result,) = change(story, [RowRef(invoice_id=invoice.id, key="friendly")], Change.MOVE, to=saturday)
    assert result.done
    assert result.sentence == "Moved to 5 October 2026"


def test_complaint_C37_a_dry_run_names_recipients_and_text_before_anything_goes(story: Story) -> None:
    invoice = billed(story)
    with story.reading() as session:
        tried = dry_run(session, invoice.id, "friendly", now=story.now, links=story.container.mail_links)
    assert tried.tried.goes
    assert tried.mail is not None
    assert tried.mail.recipients == ("rechnung@brandt.example",)
    assert "1,190.00" in tried.mail.mail.text
    assert story.reminders() == []
    story.hold(invoice, "paused", reason="They asked for it")
    with story.reading() as session:
        refused = dry_run(session, invoice.id, "friendly", now=story.now, links=story.container.mail_links)
    assert (refused.tried.goes, refused.mail) == (False, None)
    assert "They asked for it" in refused.tried.why


def test_req_UX17_bulk_has_a_result_for_each_row_and_one_refusal_stops_no_other(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    first, second = billed(story), billed(story, 2)
    change(story, [RowRef(invoice_id=second.id, key="friendly")], Change.SKIP, reason="A partner")
    refs = [RowRef(invoice_id=each.id, key="friendly") for each in (first, second)]
    results = {result.number: result for result in change(story, refs, Change.NOW)}
    assert [results[f"INV-2026-000{number}"].done for number in (1, 2)] == [True, False]
    assert "done already" in results["INV-2026-0002"].sentence
    story.drain()
    # Asked for before the due date, it goes in the words of a notice: nothing is called late before its day.
    assert [(mail.step, mail.numbers) for mail in story.mails() if mail.step != "issue"] == [
        ("notice", ("INV-2026-0001",))
    ]
    assert story.step(first, "friendly").state == "sent"


def test_bulk_hold_pauses_each_invoice_once(story: Story) -> None:
    invoice = billed(story)
    refs = [RowRef(invoice_id=invoice.id, key=key) for key in ("friendly", "second")]
    assert len(change(story, refs, Change.HOLD, reason="New contact")) == 1
    story.walk(date(2026, 10, 1))
    assert story.reminders() == []
    assert all(row.verdict is Verdict.HELD for row in rows(story) if row.ref.key == "second")


@pytest.mark.parametrize(
    ("what", "refs", "field"),
    [
        (Change.SKIP, [RowRef(invoice_id="x", key="y")], "reason"),
        (Change.MOVE, [RowRef(invoice_id="x", key="y")], "to"),
        (Change.NOW, [], "rows"),
        (Change.NOW, [RowRef(invoice_id=str(number), key="y") for number in range(101)], "rows"),
    ],
)
def test_a_change_without_what_it_needs_is_refused(story: Story, what: Change, refs: list[RowRef], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        change(story, refs, what)
    assert refused.value.field == field


def test_complaint_C21_with_review_nothing_leaves_without_approval(story: Story) -> None:
    story.publish({**to_dict(default_policy()), "ask_first": True})
    invoice = billed(story)
    story.walk(FRIENDLY)
    assert story.reminders() == []
    (row,) = [row for row in rows(story) if row.waits_for_approval]
    assert row.ref.key == "friendly"
    with story.writing() as session:
        approve_step(session, invoice.id, "friendly", now=story.now, actor=ACTOR)
    story.drain()
    assert story.reminders() == [("friendly", "2026-09-18")]
    with story.writing() as session, pytest.raises(Conflict):
        approve_step(session, invoice.id, "friendly", now=story.now, actor=ACTOR)


def test_req_U20_the_calm_score_counts_the_contacts_of_all_projects(story: Story) -> None:
    billed(story)
    _, issue = story.second_project()
    story.walk(date(2026, 9, 8))
    story.bill(2, project=story.jira.world.projects[issue.project_id], issue=issue)
    story.drain()
    story.mail_settings(interval=3)
    story.walk(date(2026, 9, 26))
    contacts = len({day for _, day in story.reminders()})
    with story.reading() as session:
        score = calm_score(session, session.get_one(Client, (story.tenant, story.client_id)), now=story.now)
    assert (score.contacts, score.cap) == (contacts, 10)
    assert contacts >= 2
    days = sorted({date.fromisoformat(day) for _, day in story.reminders()})
    assert all(later - day >= timedelta(days=3) for day, later in itertools.pairwise(days))
