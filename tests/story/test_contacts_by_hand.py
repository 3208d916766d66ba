"""A contact that a person made outside: nothing automatic follows at once, with the reason, until it is taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from plugin.domain.errors import Conflict, InvalidInput, NotFound
from plugin.services.contacts.note import Way, note_contact, notes_of, take_back_note
from plugin.services.effects.mail_channel import Envelope, Reply
from plugin.services.explain import explain_invoice
from plugin.services.follow_ups.calm import calm_score
from plugin.services.settings.control import control_of, save_control
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.by_hand import ContactNote
from plugin.store.tables.clients import Client
from plugin.store.tables.company import MailSettings
from plugin.store.tables.invoices import Invoice, InvoiceEvent
from sandbox.jira.model import adf_text
from sandbox.stage.house import ACTOR
from tests.support.stage import ENGLISH, NewStory, Story

FRIENDLY = date(2026, 9, 18)
MONDAY = date(2026, 9, 21)
WHY = "A person was in touch with the client on 17 September 2026; nothing automatic for 2 days."


def billed(story: Story) -> Invoice:
    invoice = story.bill()
    story.drain()
    return invoice


def note(story: Story, invoice: Invoice | None = None, *, on: date | None = None, way: str = "call") -> str:
    with story.writing() as session:
        return note_contact(
            session,
            story.client_id,
            invoice_id=invoice.id if invoice else None,
            way=way,
            made_on=on or story.now.date(),
            spoke_with="Ada Quint",
            note="She pays next week",
            now=story.now,
            actor=ACTOR,
        ).id


def take_back(story: Story, note_id: str, reason: str = "It was another client") -> None:
    with story.writing() as session:
        take_back_note(session, story.client_id, note_id, reason=reason, now=story.now, actor=ACTOR)


def quiet_days(story: Story, days: int, *, undo_minutes: int = 0) -> None:
    with story.writing() as session:
        form = control_of(session.get_one(MailSettings, story.tenant))
        form = replace(form, manual_quiet_days=days, undo_minutes=undo_minutes)
        save_control(session, form, now=story.now, actor=ACTOR)


@pytest.mark.parametrize("way", list(Way))
def test_complaint_C06_a_contact_by_hand_holds_the_next_reminder_for_the_quiet_days(story: Story, way: str) -> None:
    invoice = billed(story)
    story.at(date(2026, 9, 17))
    note(story, invoice, way=way)
    story.at(FRIENDLY)
    assert story.reminders() == []
    assert story.step(invoice, "friendly").reason == WHY
    story.walk(date(2026, 9, 22))
    assert story.reminders() == [("friendly", "2026-09-21")], "two days later is a Saturday"


def test_req_F25_it_counts_as_a_contact_over_all_projects_for_the_days_between_two(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    quiet_days(story, 0)
    story.mail_settings(interval=7)
    invoice = billed(story)
    _, issue = story.second_project()
    other = story.bill(2, project=story.jira.world.projects[issue.project_id], issue=issue)
    story.drain()
    story.at(date(2026, 9, 16))
    note(story, invoice)
    story.at(FRIENDLY)
    assert story.reminders() == []
    assert story.step(other, "friendly").reason.startswith("The client was contacted on 16 September 2026; 7 days")
    story.walk(date(2026, 9, 24))
    assert story.reminders() == [("friendly", "2026-09-23")]


def test_complaint_C06_a_note_about_the_client_alone_holds_all_its_invoices(story: Story) -> None:
    first, second = billed(story), billed(story)
    story.at(date(2026, 9, 17))
    note(story)
    story.at(FRIENDLY)
    assert story.reminders() == []
    assert {story.step(first, "friendly").reason, story.step(second, "friendly").reason} == {WHY}
    with story.reading() as session:
        lines = select(InvoiceEvent.invoice_id).where(InvoiceEvent.text.startswith("Phone call on"))
        assert set(session.scalars(lines)) == {first.id, second.id}


def test_complaint_C06_a_mail_that_waits_does_not_leave_after_the_note(story: Story) -> None:
    quiet_days(story, 2, undo_minutes=10)
    invoice = billed(story)
    story.at(FRIENDLY)
    assert story.reminders() == []
    note(story, invoice)
    story.at(FRIENDLY, minute=10)
    assert story.reminders() == []
    story.at(MONDAY)
    story.at(MONDAY, minute=10)
    assert story.reminders() == [("friendly", "2026-09-21")]


def test_fault_F53_a_note_that_comes_while_the_server_is_asked_is_seen_by_the_gate(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = billed(story)
    channel = story.container.mail_channel
    send, notes = channel.send, [invoice]

    def note_meanwhile(envelope: Envelope, *, gate: Callable[[], bool]) -> Reply | None:
        while notes:
            note(story, notes.pop())
        return send(envelope, gate=gate)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(channel, "send", note_meanwhile)
        story.at(FRIENDLY)
    assert notes == []
    assert story.reminders() == []
    story.walk(MONDAY)
    assert story.reminders() == [("friendly", "2026-09-21")]


def test_req_I9_a_note_is_taken_back_and_stays_on_record(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = billed(story)
    story.at(date(2026, 9, 17))
    note_id = note(story, invoice)
    story.at(FRIENDLY)
    assert story.reminders() == []
    with pytest.raises(InvalidInput, match="Say why"):
        take_back(story, note_id, " ")
    take_back(story, note_id)
    story.drain()
    assert story.reminders() == [("friendly", "2026-09-18")]
    with pytest.raises(Conflict, match="already"):
        take_back(story, note_id)
    with story.reading() as session:
        (row,) = notes_of(session, story.client_id)
        actions = list(session.scalars(select(AuditRow.action).where(AuditRow.action.startswith("contact"))))
        told = session.scalars(select(InvoiceEvent).where(InvoiceEvent.dedupe_key.startswith("contact:"))).all()
    assert (row.voided_by, row.void_reason) == (ACTOR, "It was another client")
    assert sorted(actions) == ["contact.noted", "contact.voided"]
    assert {(line.text, line.internal_note, line.actor) for line in told} == {
        ("Phone call on 17 September 2026 noted", "Ada Quint: She pays next week", ACTOR),
        ("Phone call on 17 September 2026 taken back", "It was another client", ACTOR),
    }


def test_req_F50_what_was_said_stays_in_the_house(story: Story) -> None:
    invoice = billed(story)
    note(story, invoice, on=date(2026, 9, 1))
    story.drain()
    comment = adf_text(story.jira.comments(story.issue)[0].body)
    assert "Phone call on 1 September 2026 noted" in comment
    assert "Ada" not in comment
    assert "next week" not in comment


def test_req_U20_it_counts_in_the_calm_score_and_in_why_not(story: Story) -> None:
    invoice = billed(story)
    story.at(date(2026, 9, 17))
    note(story, invoice)
    with story.reading() as session:
        score = calm_score(session, session.get_one(Client, (story.tenant, story.client_id)), now=story.now)
        said = explain_invoice(session, invoice.number or "", day=FRIENDLY, now=story.now)
    assert score.contacts == 1 + len(story.reminders())
    assert said is not None
    assert any(WHY in line for line in said.lines)


def test_req_F27_the_day_is_that_of_the_client_and_lies_within_a_year(new_story: NewStory) -> None:
    story = new_story(client=replace(ENGLISH, country="NZ", region="AUK", zone="Pacific/Auckland", vat_id=""))
    billed(story)
    story.clock.instant = datetime(2026, 9, 17, 20, tzinfo=UTC)
    note(story, on=FRIENDLY)
    for day in (FRIENDLY + timedelta(days=1), FRIENDLY - timedelta(days=367)):
        with pytest.raises(InvalidInput, match="Enter a day from") as refused:
            note(story, on=day)
        assert refused.value.field == "made_on"
    with pytest.raises(InvalidInput, match="how you were in touch"):
        note(story, way="telepathy")
    with story.writing() as session, pytest.raises(NotFound):
        take_back_note(session, story.client_id, "none", reason="x", now=story.now, actor=ACTOR)
    with story.reading() as session:
        assert len(session.scalars(select(ContactNote)).all()) == 1
