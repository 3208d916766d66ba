"""From logged time to an issued invoice: lines that bill Jira's time once, a number, bytes that never change."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from plugin.domain.documents.snapshot import from_snapshot
from plugin.domain.errors import Conflict, InvalidInput
from plugin.services.billing.delete_draft import delete_draft
from plugin.services.billing.issue_time import issue_time
from plugin.services.billing.lookup import project_of
from plugin.services.settings.clients import save_client
from plugin.services.settings.company import save_company
from plugin.store.tables.company import CompanyProfile, NumberSeries
from plugin.store.tables.invoices import Document, Invoice, InvoiceLine, WorklogClaim
from plugin.store.tables.rates import Rate
from sandbox.stage.house import ACTOR, COMPANY, assign
from tests.samples.pdf import text_of
from tests.support.stage import ENGLISH, NewStory, Story


def document_of(story: Story, invoice: Invoice) -> Document:
    with story.reading() as session:
        return session.scalars(select(Document).where(Document.invoice_id == invoice.id)).one()


def last_number(story: Story) -> int:
    with story.reading() as session:
        return session.scalars(select(NumberSeries.last)).one()


def test_req_F32_a_draft_becomes_an_invoice_whose_bytes_stay(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    draft = story.draft(3.4)
    assert (draft.state, draft.number) == ("draft", None)
    invoice = story.office.issue(draft.id)
    story.drain()
    # 3.4 h at 15 minutes up are 3.50 h at 100.00, with 19 %.
    assert (invoice.number, invoice.net_minor, invoice.gross_minor) == ("INV-2026-0001", 35_000, 41_650)
    document = document_of(story, invoice)
    assert document.sha256 == hashlib.sha256(document.body).hexdigest()
    words = text_of(document.body)
    assert "INV-2026-0001" in words
    assert "416.50" in words
    assert "Login page" in words
    assert story.box.mails[0].attachments[0].content == document.body
    # A year later, with another name, address and rate: the same bytes come out of the frozen content.
    with story.writing() as session:
        session.get_one(CompanyProfile, session.tenant_id).name = "Renamed GmbH"
        renamed = replace(ENGLISH, name="Another name", row_version=story.client().row_version)
        save_client(session, story.client_id, renamed, now=story.now, actor=ACTOR)
    snapshot = story.invoice(invoice).snapshot
    assert snapshot is not None
    assert story.container.renderer.render(from_snapshot(snapshot)).content == document.body


def test_complaint_C51_another_currency_of_the_client_leaves_issued_invoices_untouched(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    before = document_of(story, invoice).body
    with story.writing() as session:
        form = replace(ENGLISH, currency="CHF", row_version=story.client().row_version)
        save_client(session, story.client_id, form, now=story.now, actor=ACTOR)
    story.at(date(2026, 9, 18))
    assert story.invoice(invoice).currency == "EUR"
    assert document_of(story, invoice).body == before
    assert "€1,190.00" in story.mails()[-1].text


def test_a_draft_that_is_deleted_frees_its_time(story: Story) -> None:
    draft = story.draft(2)
    with pytest.raises(InvalidInput, match="no unbilled time"):
        story.office.draft(story.billed, since=None, until=story.today)
    with story.writing() as session:
        delete_draft(session, draft.id, now=story.now, actor=ACTOR)
    again = story.office.draft(story.billed, since=None, until=story.today)
    assert again.gross_minor == draft.gross_minor
    issued = story.office.issue(again.id)
    with story.writing() as session, pytest.raises(Conflict, match="credit note"):
        delete_draft(session, issued.id, now=story.now, actor=ACTOR)


def test_complaint_C49_a_refused_issue_burns_no_number(story: Story) -> None:
    draft = story.draft()
    with pytest.raises(InvalidInput) as refused:
        story.office.issue(draft.id, due=date(2026, 8, 31))
    assert refused.value.field == "due_on"
    with story.writing() as session:
        session.get_one(CompanyProfile, session.tenant_id).address = ""
    with pytest.raises(InvalidInput, match="address"):
        story.office.issue(draft.id)
    assert last_number(story) == 0
    assert story.invoice(draft).number is None
    with story.writing() as session:
        session.get_one(CompanyProfile, session.tenant_id).address = "Speicherstraße 12\n20457 Hamburg"
    assert story.office.issue(draft.id).number == "INV-2026-0001"
    with pytest.raises(Conflict):
        story.office.issue(draft.id)


def test_fault_F57_time_edited_after_the_draft_is_not_issued_unseen(story: Story) -> None:
    log = story.log(2)
    story.read_jira()
    draft = story.office.draft(story.billed, since=None, until=story.today)
    story.jira.edit_worklog(log, seconds=3 * 3600, updated=story.now)
    story.clock.instant = story.now.replace(hour=9)
    story.read_jira()
    with pytest.raises(Conflict, match="changed or deleted"):
        story.office.issue(draft.id)
    assert last_number(story) == 0


def test_fault_F57_time_edited_moved_or_deleted_after_issue_changes_no_invoice_and_is_not_billed_again(
    story: Story,
) -> None:
    other, issue = story.second_project()
    logs = [story.log(hours) for hours in (1, 2, 3)]
    story.read_jira()
    invoice = story.office.issue(story.office.draft(story.billed, since=None, until=story.today).id)
    story.drain()
    before = document_of(story, invoice).body
    story.jira.edit_worklog(logs[0], seconds=7200)
    story.jira.delete_worklog(logs[1])
    story.jira.move_worklog(logs[2], issue)
    story.clock.instant = story.now.replace(hour=9)
    story.read_jira()
    for project in (story.billed, str(other.id)):
        with pytest.raises(InvalidInput, match="no unbilled time"):
            story.office.draft(project, since=None, until=story.today)
    assert document_of(story, invoice).body == before
    assert story.invoice(invoice).gross_minor == 71_400


def test_what_cannot_be_billed_is_listed_with_its_reason_and_never_billed(story: Story) -> None:
    story.jira.add_worklog(story.issue, started=None, seconds=3600, author=story.bob, updated=story.now)
    story.jira.add_worklog(story.issue, started=story.now, seconds=0, author=story.bob, updated=story.now)
    story.jira.add_worklog(story.issue, started=story.now, seconds=1800, author=None, updated=story.now)
    story.jira.add_worklog(story.issue, started=story.now, seconds=900, author=story.alice, updated=story.now)
    long = story.jira.add_worklog(story.issue, started=story.now, seconds=30 * 3600, author=story.bob)
    story.clock.instant = story.now.replace(hour=9)
    story.read_jira()
    preview = story.office.look(story.billed, since=None, until=story.today)
    assert {entry.reason.value for entry in preview.listed} == {
        "no_start",
        "no_time",
        "no_author",
        "no_rate",
        "too_long",
    }
    assert preview.lines == ()
    with pytest.raises(InvalidInput, match="can be billed"):
        story.office.draft(story.billed, since=None, until=story.today)
    assert story.office.confirm([str(long.id)]) == 1
    draft = story.office.draft(story.billed, since=None, until=story.today)
    assert draft.net_minor == 300_000


def test_a_confirmed_long_entry_that_changes_is_asked_about_again(story: Story) -> None:
    long = story.log(30)
    story.read_jira()
    story.office.confirm([str(long.id)])
    story.jira.edit_worklog(long, seconds=40 * 3600, updated=story.now)
    story.clock.instant = story.now.replace(hour=9)
    story.read_jira()
    preview = story.office.look(story.billed, since=None, until=story.today)
    assert [entry.reason.value for entry in preview.listed] == ["too_long"]


def test_a_line_opens_the_worklogs_behind_it(story: Story) -> None:
    story.log(1.1)
    story.log(2.3)
    story.read_jira()
    draft = story.office.draft(story.billed, since=None, until=story.today)
    with story.reading() as session:
        line = session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == draft.id)).one()
        claims = session.scalars(select(WorklogClaim).where(WorklogClaim.line_id == line.id)).all()
    assert line.quantity_hundredths == 375
    assert sum(claim.seconds_billed for claim in claims) == 375 * 36
    assert sorted(claim.seconds_logged for claim in claims) == [3960, 8280]
    assert str(line.trace)


def test_the_zone_of_the_seller_decides_the_day_of_a_worklog(story: Story) -> None:
    # Half past eleven in the evening of 31 August in Berlin is 1 September in Tokyo.
    late = datetime(2026, 8, 31, 21, 30, tzinfo=UTC)
    story.jira.add_worklog(story.issue, started=late, seconds=3600, author=story.bob, updated=story.now)
    story.clock.instant = story.now.replace(hour=9)
    story.read_jira()
    august = (date(2026, 8, 1), date(2026, 8, 31))
    assert story.office.look(story.billed, since=august[0], until=august[1]).seconds_billed == 3600
    with story.writing() as session:
        version = session.get_one(CompanyProfile, session.tenant_id).row_version
        save_company(session, replace(COMPANY, zone="Asia/Tokyo", row_version=version), now=story.now, actor=ACTOR)
    assert story.office.look(story.billed, since=august[0], until=august[1]).seconds_billed == 0
    assert story.office.look(story.billed, since=date(2026, 9, 1), until=date(2026, 9, 1)).seconds_billed == 3600


def test_attack_A38_an_issue_that_moved_to_another_clients_project_is_not_issued_to_the_old_client(
    new_story_on_both: NewStory,
) -> None:
    story = new_story_on_both()
    other, _ = story.second_project("OTH")
    with story.writing() as session:
        second = save_client(session, None, replace(ENGLISH, name="Second GmbH"), now=story.now, actor=ACTOR)
        assign(session, str(other.id), second.id, now=story.now)
    draft = story.draft(5)
    story.jira.edit_issue(story.issue, project=other)
    story.clock.instant = story.now.replace(hour=9)
    story.drain(sync=True)
    moved = story.issue.key
    assert moved.startswith("OTH-")
    with pytest.raises(Conflict, match=f"{moved} moved out of project ACM"):
        story.office.issue(draft.id)
    story.drain()
    assert (story.invoice(draft).state, last_number(story), story.effects("mail")) == ("draft", 0, [])
    with story.writing() as session:
        delete_draft(session, draft.id, now=story.now, actor=ACTOR)
    again = story.office.issue(story.office.draft(str(other.id), since=None, until=story.today).id)
    assert again.client_id == second.id


def test_complaint_C39_time_worth_nothing_is_listed_and_an_old_draft_over_zero_is_not_issued(story: Story) -> None:
    draft = story.draft(0.25)
    with story.writing() as session:
        session.execute(update(Rate).values(minor_per_hour=1))
        session.execute(update(InvoiceLine).values(unit_price_minor=1, amount_minor=0))
        session.execute(update(Invoice).values(net_minor=0, tax_minor=0, gross_minor=0))
    with pytest.raises(InvalidInput, match=r"Line 1 \(ACM-1\) comes to 0.00 EUR"):
        story.office.issue(draft.id)
    assert last_number(story) == 0
    with story.writing() as session:
        delete_draft(session, draft.id, now=story.now, actor=ACTOR)
    with pytest.raises(InvalidInput, match=r"ACM-1 is not billed: at 0.01 EUR an hour"):
        story.office.draft(story.billed, since=None, until=story.today)


def test_fault_F57_a_worklog_that_jira_hides_is_listed_with_its_reason_and_not_billed(story: Story) -> None:
    hidden = story.log(5)
    story.log(1)
    story.read_jira()
    story.jira.restrict(hidden, group="managers")
    story.clock.instant = story.now.replace(hour=9)
    story.read_jira("sweep")
    preview = story.office.look(story.billed, since=None, until=story.today)
    assert preview.seconds_billed == 3600
    assert [(entry.fact.worklog_id, entry.reason.value) for entry in preview.listed] == [(str(hidden.id), "hidden")]
    assert "not shown to Dunlin by Jira any more" in preview.listed[0].sentence
    with story.reading() as session:
        time = issue_time(session, project_of(session, story.billed), str(story.issue.id), today=story.today)
    assert (time.seconds, time.listed) == (3600, (preview.listed[0].sentence,))
