"""What went wrong elsewhere and cannot here, where no other story shows it; ``docs/complaints.md`` lists them all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, time

from alembic import command
from sqlalchemy import select

from plugin.domain.reminders.policy_json import to_dict
from plugin.domain.reminders.policy_presets import presets
from plugin.services.effects.run import run_effect
from plugin.services.explain import explain_invoice
from plugin.services.follow_ups.switches import kill_switch
from plugin.services.payments.book import book
from plugin.services.settings.control import control_of, save_control
from plugin.store.base import new_id
from plugin.store.migrate import alembic_config, upgrade
from plugin.store.tables.clients import Client
from plugin.store.tables.company import MailSettings
from plugin.store.tables.follow_ups import Message, MessageMember, PlannedStep
from plugin.store.tables.invoices import Invoice, InvoiceEvent
from plugin.store.tables.outbox import Effect
from plugin.store.tables.payments import Payment
from plugin.store.tables.policies import PolicyVersion
from sandbox.stage.house import ACTOR
from tests.support.stage import NewStory, Story

FRIENDLY, SECOND = date(2026, 9, 18), date(2026, 9, 29)


def billed(story: Story) -> Invoice:
    invoice = story.bill()
    story.drain()
    return invoice


def test_complaint_C03_hourly_runs_over_a_due_step_send_one_mail_and_the_kill_switch_stops_the_next(
    new_story_on_both: NewStory,
) -> None:
    story = new_story_on_both()
    billed(story)
    for hour in range(24):
        story.at(FRIENDLY, hour)
    assert [step for step, _ in story.reminders()] == ["friendly"]
    with story.writing() as session:
        kill_switch(session, stopped=True, now=story.now, actor=ACTOR)
    for hour in range(24):
        story.at(SECOND, hour)
    assert [step for step, _ in story.reminders()] == ["friendly"]
    with story.writing() as session:
        kill_switch(session, stopped=False, now=story.now, actor=ACTOR)
    story.at(date(2026, 9, 30))
    assert [step for step, _ in story.reminders()] == ["friendly", "second"]


def test_complaint_C04_nine_workers_race_for_one_step_and_one_mail_leaves(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = billed(story)
    story.clock.instant = story.now.replace(month=9, day=18, hour=10)
    step_id = story.step(invoice, "friendly").id
    with ThreadPoolExecutor(9) as pool:
        for planned in [pool.submit(story.container.run_due_steps, story.tenant, [step_id]) for _ in range(9)]:
            planned.result()
    with story.reading() as session:
        mails = select(Effect.id).join(Message, Message.id == Effect.subject_id).where(Message.kind == "follow_up")
        (effect,) = session.scalars(mails).all()
    with ThreadPoolExecutor(9) as pool:
        for sent in [
            pool.submit(run_effect, story.container, story.tenant, effect, time_left=lambda: 900.0) for _ in range(9)
        ]:
            sent.result()
    assert story.reminders() == [("friendly", "2026-09-18")]


def test_complaint_C05_a_debit_that_fails_brings_one_notice_and_a_person(story: Story) -> None:
    policy_id = story.publish(to_dict(presets()["autopay"]), name="Notice before automatic debit")
    with story.writing() as session:
        client = session.get_one(Client, (story.tenant, story.client_id))
        client.autopay, client.policy_id = True, policy_id
    invoice = billed(story)
    story.walk(date(2026, 9, 15))
    story.pay(invoice, "1190.00", receipt=False)
    story.at(date(2026, 9, 17))
    story.take_back(invoice, "The debit came back")
    story.walk(date(2026, 10, 20))
    subjects = [mail.subject for mail in story.box.mails]
    assert len(subjects) == 2, "the invoice, and the notice before its debit"
    with story.reading() as session:
        notices = session.scalars(select(MessageMember).where(MessageMember.step_key == "notice")).all()
    assert len(notices) == 1
    story.read_jira("control")
    story.drain()
    assert "reversal" in story.events(invoice)


def test_complaint_C07_the_history_says_of_each_mail_who_got_it_which_step_it_was_and_why(story: Story) -> None:
    invoice = billed(story)
    story.walk(date(2026, 10, 1))
    mails = [mail for mail in story.box.mails if mail.recipients]
    assert len(mails) == 4, "the invoice, the notice, the friendly and the second reminder"
    with story.reading() as session:
        for mail in mails:
            message = session.scalars(select(Message).where(Message.message_id == mail.message_id)).one()
            member = session.scalars(select(MessageMember).where(MessageMember.message_row_id == message.id)).one()
            event = session.scalars(
                select(InvoiceEvent).where(InvoiceEvent.dedupe_key == f"sent:{message.id}:{member.invoice_id}")
            ).one()
            assert event.internal_note == f"To {mail.recipients[0]}"
            assert event.step_key == member.step_key
            if member.step_key == "issue":
                continue
            planned = session.scalars(select(PlannedStep).where(PlannedStep.message_row_id == message.id)).one()
            assert session.get_one(PolicyVersion, (story.tenant, planned.policy_version_id)).version >= 1
            assert planned.reason == f"Sent on {planned.done_on}."
        number = story.invoice(invoice).number or ""
        told = explain_invoice(session, number, now=story.now)
    assert told is not None
    said = "\n".join(told.lines)
    assert all(f" {key} " in said for key in ("notice", "friendly", "second"))
    assert "Standard" in said, "whose ladder it is"


def again_at_the_newest_schema(story: Story) -> None:
    """The database goes one schema back and forth under its rows, as when a release is rolled back and comes again."""
    container = story.container
    container.engine.dispose()
    container.planner_engine.dispose()
    settings = container.settings
    command.downgrade(alembic_config(settings.database_owner_url), "-1")
    upgrade(settings.database_owner_url, app_url=settings.database_url, planner_url=settings.database_planner_url)


def test_complaint_C12_an_upgrade_over_live_rows_and_a_changed_send_time_lose_nothing(
    new_story_on_both: NewStory,
) -> None:
    story = new_story_on_both()
    with story.writing() as session:
        settings = session.get_one(MailSettings, story.tenant)
        save_control(session, replace(control_of(settings), undo_minutes=10), now=story.now, actor=ACTOR)
    first, second = billed(story), billed(story)
    story.at(FRIENDLY, 10)
    assert story.reminders() == [], "the mail waits in the outbox"
    again_at_the_newest_schema(story)
    story.mail_settings(start=time(14), end=time(17))
    for hour in (10, 11, 12, 13, 15):
        story.at(FRIENDLY, hour, 30)
    assert [step for step, _ in story.reminders()] == ["friendly"]
    again_at_the_newest_schema(story)
    story.mail_settings(start=time(7), end=time(10))
    for hour in range(4, 20):
        story.at(SECOND, hour)
    assert [step for step, _ in story.reminders()] == ["friendly", "second"]
    for invoice in (first, second):
        sent = {key for key, state in story.steps(invoice).items() if state == "sent"}
        assert sent - {"call"} == {"friendly", "second"}, "each that is called sent has its mail"


def test_complaint_C27_a_credit_note_stands_in_the_reminder_and_lowers_the_sum(story: Story) -> None:
    invoice = billed(story)
    with story.writing() as session:
        row = session.get_one(Invoice, (story.tenant, invoice.id), with_for_update=True)
        credit = Payment(
            id=new_id(),
            invoice_id=row.id,
            kind="credit",
            amount_minor=19_000,
            currency=row.currency,
            received_on=story.today,
            reference="CN-2026-0001",
            recorded_by=ACTOR,
            recorded_at=story.now,
        )
        book(session, row, credit, now=story.now, actor=ACTOR)
    story.at(FRIENDLY)
    mail = story.box.mails[-1]
    assert "Credited: €190.00" in mail.text
    assert "€1,000.00" in mail.text
    assert "1,190.00" not in mail.text
    assert "Paid so far" not in mail.text
    assert "Credited" in mail.html
