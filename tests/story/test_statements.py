"""Statements of account: on the chosen day, once a client, currency and month, with all that is open by then."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_json import to_dict
from plugin.domain.reminders.statement import LAST_DAY
from plugin.services.contacts.note import note_contact
from plugin.services.control.freshness import enter_payments_up_to
from plugin.services.follow_ups.outbox import approve_waiting, hold_waiting, skip_waiting, waiting_mails
from plugin.services.follow_ups.switches import kill_switch, opt_out_client, opt_out_invoice
from plugin.services.settings.clients import ContactForm
from plugin.services.settings.control import control_of, save_control
from plugin.services.settings.statements import choose_statement_day
from plugin.services.statements.add import add_statements
from plugin.store.tables.clients import Contact
from plugin.store.tables.company import MailSettings
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.invoices import InvoiceEvent
from plugin.store.tables.outbox import Effect
from sandbox import MailFault
from sandbox.jira.model import adf_text
from sandbox.mailbox.mail import Mail
from sandbox.stage.house import ACTOR
from tests.support.stage import ENGLISH, NewStory, Story

SUBJECT = "Your statement of account with Seestern Software GmbH"
FIFTH = date(2026, 10, 5)
"""A Monday. An invoice of 1 September is 20 days late by then."""


def wants_statements(story: Story, day: int | None = 5) -> None:
    with story.writing() as session:
        choose_statement_day(session, story.client_id, day, today=story.today, now=story.now, actor=ACTOR)


def look_after(story: Story) -> None:
    story.read_jira("control")
    story.drain()


def on(story: Story, day: date, hour: int = 10, minute: int = 0) -> None:
    """Lives up to the day before, so that reminders have left on their own days, and looks after the statements."""
    story.walk(day - timedelta(days=1))
    story.at(day, hour, minute)
    look_after(story)


def statements(story: Story) -> list[Mail]:
    return [mail for mail in story.box.mails if mail.subject == SUBJECT]


def reasons(story: Story) -> list[tuple[str, str]]:
    """(state, reason) of the mails that are statements."""
    with story.reading() as session:
        query = (
            select(Effect.state, Effect.reason)
            .join(Message, (Message.tenant_id == Effect.tenant_id) & (Message.id == Effect.subject_id))
            .where(Message.kind == "statement")
        )
        return [(state, reason) for state, reason in session.execute(query)]


def control(story: Story, *, undo_minutes: int = 0, payments_limit_hours: int | None = None) -> None:
    with story.writing() as session:
        before = control_of(session.get_one(MailSettings, story.tenant))
        form = replace(before, undo_minutes=undo_minutes, payments_limit_hours=payments_limit_hours)
        save_control(session, form, now=story.now, actor=ACTOR)


def test_complaint_C26_a_statement_leaves_on_the_chosen_day_of_each_month_and_never_twice(
    new_story_on_both: NewStory,
) -> None:
    story = new_story_on_both()
    wants_statements(story)
    first, second = story.bill(), None
    story.drain()
    story.pay(first, "400.00", receipt=False)
    second = story.bill(5)
    story.drain()
    on(story, date(2026, 10, 4), hour=10)
    assert statements(story) == []
    on(story, FIFTH, hour=6)
    assert statements(story) == [], "not before nine at the client's place"
    for minute in range(0, 60, 10):
        on(story, FIFTH, hour=8, minute=minute)
    (mail,) = statements(story)
    assert mail.recipients == ("rechnung@brandt.example",)
    assert str(first.number) in mail.text
    assert str(second.number) in mail.text
    assert "€790.00" in mail.text
    assert "€1,385.00" in mail.text, "790.00 and 595.00"
    on(story, date(2026, 10, 20))
    on(story, date(2026, 11, 5))
    assert len(statements(story)) == 2, reasons(story)
    assert [step for step, _ in story.sent()].count("") == 2


def test_complaint_C26_a_missed_run_is_caught_up(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    wants_statements(story)
    story.bill()
    story.drain()
    on(story, date(2026, 10, 8))
    assert len(statements(story)) == 1, "the service was down on the fifth"
    on(story, date(2026, 10, 9))
    assert len(statements(story)) == 1
    story.clock.instant = datetime(2026, 11, 25, 10, tzinfo=UTC)
    look_after(story)
    assert len(statements(story)) == 1, "three weeks late it says nothing that the next one does not"
    on(story, date(2026, 12, 7))
    assert len(statements(story)) == 2, "the fifth is a Saturday"


def test_complaint_C30_a_statement_tells_what_was_open_before_billed_and_received(story: Story) -> None:
    wants_statements(story)
    first = story.bill()
    story.drain()
    on(story, FIFTH)
    assert "Since our last statement" not in statements(story)[0].text
    story.at(date(2026, 10, 12))
    story.pay(first, "190.00", receipt=False)
    story.bill(5)
    story.drain()
    on(story, date(2026, 11, 5))
    said = " ".join(statements(story)[1].text.split())
    told = "when €1,190.00 was open, we have billed €595.00 and received €190.00"
    assert f"Since our last statement of 5 October 2026, {told}" in said
    assert "€1,595.00 in total" in said


def test_complaint_C26_the_last_day_of_a_month_is_its_last_day(story: Story) -> None:
    wants_statements(story, LAST_DAY)
    story.bill()
    story.drain()
    on(story, date(2026, 9, 29))
    assert statements(story) == []
    on(story, date(2026, 9, 30))
    assert len(statements(story)) == 1
    # The last day of October is a Saturday.
    on(story, date(2026, 10, 30))
    assert len(statements(story)) == 1
    on(story, date(2026, 11, 2))
    assert len(statements(story)) == 2
    on(story, date(2026, 11, 30))
    assert len(statements(story)) == 3


def test_req_F10_the_kill_switch_holds_a_statement_that_waits(story: Story) -> None:
    control(story, undo_minutes=10)
    wants_statements(story)
    story.bill()
    story.drain()
    on(story, FIFTH)
    assert statements(story) == []
    with story.writing() as session:
        kill_switch(session, stopped=True, now=story.now, actor=ACTOR)
    on(story, FIFTH, hour=12)
    assert statements(story) == []
    with story.writing() as session:
        kill_switch(session, stopped=False, now=story.now, actor=ACTOR)
    on(story, FIFTH, hour=13)
    assert len(statements(story)) == 1


def test_req_F36_no_statement_in_sandbox_mode(new_story: NewStory) -> None:
    story = new_story(live=False)
    wants_statements(story)
    story.bill()
    on(story, FIFTH)
    assert story.box.mails == []
    assert reasons(story) == []


def test_req_F12_an_opt_out_that_comes_while_it_waits_ends_it(story: Story) -> None:
    control(story, undo_minutes=10)
    wants_statements(story)
    story.bill()
    story.drain()
    on(story, FIFTH)
    with story.writing() as session:
        opt_out_client(
            session,
            story.client_id,
            on=False,
            reason="Barter",
            until=None,
            today=story.today,
            now=story.now,
            actor=ACTOR,
        )
    on(story, FIFTH, minute=30)
    assert statements(story) == []
    ((state, reason),) = reasons(story)
    assert state == "cancelled"
    assert "out of all follow-ups" in reason or "opt" in reason.casefold()
    on(story, FIFTH, hour=12)
    assert len(reasons(story)) == 1, "it is not made anew for the month"


def test_req_U10_a_statement_waits_for_fresh_payment_data(story: Story) -> None:
    control(story, payments_limit_hours=48)
    wants_statements(story)
    story.bill()
    story.drain()
    on(story, FIFTH)
    assert statements(story) == []
    with story.writing() as session:
        enter_payments_up_to(session, story.now, now=story.now, actor=ACTOR)
    on(story, FIFTH, minute=20)
    assert statements(story) == [], "the reminders that waited for it too go first"
    on(story, date(2026, 10, 6))
    assert len(statements(story)) == 1


def test_req_I3_what_is_paid_while_it_waits_is_not_listed_and_new_invoices_are(story: Story) -> None:
    control(story, undo_minutes=60)
    wants_statements(story)
    paid, kept = story.bill(), None
    story.drain()
    kept = story.bill(5)
    story.drain()
    on(story, FIFTH)
    story.pay(paid, "1190.00", receipt=False)
    new = story.bill(2)
    story.drain()
    on(story, FIFTH, hour=11)
    (mail,) = statements(story)
    assert str(paid.number) not in mail.text
    assert str(kept.number) in mail.text
    assert str(new.number) in mail.text
    assert "€833.00" in mail.text, "595.00 and 238.00"


def test_req_I3_a_statement_of_which_all_is_paid_is_called_off(story: Story) -> None:
    control(story, undo_minutes=60)
    wants_statements(story)
    invoice = story.bill()
    story.drain()
    on(story, FIFTH)
    story.pay(invoice, "1190.00", receipt=False)
    on(story, FIFTH, hour=11)
    assert statements(story) == []
    assert [state for state, _ in reasons(story)] == ["cancelled"]


@pytest.mark.parametrize("why", ["invoice off", "paused", "handed over", "disputed"])
def test_req_F12_an_invoice_that_is_put_aside_is_not_listed(story: Story, why: str) -> None:
    wants_statements(story)
    aside, other = story.bill(), None
    story.drain()
    other = story.bill(5)
    story.drain()
    match why:
        case "invoice off":
            with story.writing() as session:
                opt_out_invoice(
                    session, aside.id, on=False, reason="Goodwill", today=story.today, now=story.now, actor=ACTOR
                )
        case "paused":
            story.hold(aside, "paused")
        case "handed over":
            story.hold(aside, "handed_over")
        case _:
            story.hold(aside, "disputed")
    on(story, FIFTH)
    (mail,) = statements(story)
    assert str(aside.number) not in mail.text
    assert str(other.number) in mail.text


def test_req_U12_a_disputed_part_is_not_asked_for_in_a_statement(story: Story) -> None:
    wants_statements(story)
    invoice = story.bill()
    story.drain()
    story.hold(invoice, "disputed", amount_minor=19000)
    on(story, FIFTH)
    assert "€1,000.00" in statements(story)[0].text


def test_req_F50_the_history_of_each_invoice_listed_names_the_statement(story: Story) -> None:
    wants_statements(story)
    invoice = story.bill()
    story.drain()
    on(story, FIFTH)
    assert "Statement of account" in adf_text(story.jira.comments(story.issue)[0].body)
    assert story.events(invoice).count("sent") >= 2


def test_req_F25_of_a_reminder_and_a_statement_of_one_day_the_reminder_goes(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    wants_statements(story, 18)
    story.bill()
    story.drain()
    on(story, date(2026, 9, 18))
    assert story.reminders()[-1] == ("friendly", "2026-09-18")
    assert statements(story) == []
    on(story, date(2026, 9, 21))
    assert len(statements(story)) == 1, "the next business day, with one day between two contacts"
    story.walk(date(2026, 9, 30))
    assert story.reminders()[1:] == [("friendly", "2026-09-18"), ("second", "2026-09-29")]


def test_req_F25_a_statement_that_waits_makes_room_for_a_reminder_that_falls_due(story: Story) -> None:
    control(story, undo_minutes=60)
    wants_statements(story, 18)
    story.bill()
    story.drain()
    story.walk(date(2026, 9, 17))
    story.clock.instant = datetime(2026, 9, 18, 7, 10, tzinfo=UTC)
    story.mail_settings(start=time(9), end=time(17), interval=3)
    look_after(story)
    on(story, date(2026, 9, 18), hour=9)
    assert statements(story) == []
    on(story, date(2026, 9, 18), hour=12)
    assert story.reminders()[-1] == ("friendly", "2026-09-18")
    assert statements(story) == []
    on(story, date(2026, 9, 21), hour=7, minute=30)
    on(story, date(2026, 9, 21), hour=12)
    assert len(statements(story)) == 1


def test_req_F25_a_statement_is_a_contact_and_the_next_reminder_keeps_its_distance(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    story.mail_settings(interval=7)
    wants_statements(story, 16)
    invoice = story.bill()
    story.drain()
    on(story, date(2026, 9, 16))
    assert statements(story) == [], "the notice went two days ago"
    on(story, date(2026, 9, 21))
    assert story.reminders()[-1] == ("friendly", "2026-09-21")
    assert statements(story) == []
    on(story, date(2026, 9, 28))
    assert len(statements(story)) == 1
    story.walk(date(2026, 10, 2))
    assert story.reminders()[-1] == ("friendly", "2026-09-21")
    assert "The client was contacted on 28 September 2026; 7 days" in story.step(invoice, "second").reason
    story.walk(date(2026, 10, 5))
    assert story.reminders()[-1] == ("second", "2026-10-05")


def test_complaint_C06_a_statement_waits_after_a_contact_by_hand(story: Story) -> None:
    wants_statements(story)
    story.bill()
    story.drain()
    story.walk(date(2026, 10, 3))
    with story.writing() as session:
        note_contact(
            session,
            story.client_id,
            way="call",
            made_on=FIFTH - timedelta(days=1),
            spoke_with="",
            note="",
            now=story.now + timedelta(days=1),
            actor=ACTOR,
        )
    on(story, FIFTH)
    assert statements(story) == []
    on(story, date(2026, 10, 6))
    assert len(statements(story)) == 1


def test_complaint_C21_a_statement_waits_for_approval_where_a_ladder_asks_first(new_story_on_both: NewStory) -> None:
    people = (*ENGLISH.contacts, ContactForm(role="billing", name="Kai", email="kai@brandt.example"))
    story = new_story_on_both(client=replace(ENGLISH, contacts=people))
    story.publish({**to_dict(default_policy()), "ask_first": True})
    wants_statements(story)
    invoice = story.bill()
    story.drain()
    for hour in (10, 12, 15):
        on(story, FIFTH, hour=hour)
    assert statements(story) == []
    with story.reading() as session:
        mails = [one for one in waiting_mails(session, [invoice.id]) if one.is_statement]
    assert [one.needs_approval for one in mails] == [True, True], reasons(story)
    on(story, date(2026, 10, 6))
    story.pay(invoice, "190.00", receipt=False)
    with story.writing() as session:
        approve_waiting(session, mails[0].message.id, now=story.now, actor=ACTOR)
    with story.writing() as session, pytest.raises(Conflict):
        approve_waiting(session, mails[1].message.id, now=story.now, actor=ACTOR)
    story.drain()
    assert sorted(mail.recipients[0] for mail in statements(story)) == ["kai@brandt.example", "rechnung@brandt.example"]
    assert all("€1,000.00" in mail.text for mail in statements(story)), "what is open when it leaves"
    with story.reading() as session:
        told = session.scalars(select(InvoiceEvent).where(InvoiceEvent.text == "Statement of account approved")).one()
    assert told.actor == ACTOR


def test_req_I2_a_statement_that_waits_says_for_what_and_whoever_let_it_wait_is_told(story: Story) -> None:
    story.mail_settings(interval=7)
    wants_statements(story, 16)
    invoice = story.bill()
    story.drain()
    on(story, date(2026, 9, 16))
    with story.reading() as session:
        (mail,) = [one for one in waiting_mails(session, [invoice.id]) if one.is_statement]
    assert mail.reason.startswith("The client was contacted on 14 September 2026; 7 days")
    for day in range(17, 31):
        story.walk(date(2026, 9, day))
        with story.writing() as session:
            note_contact(
                session,
                story.client_id,
                way="call",
                made_on=date(2026, 9, day),
                spoke_with="",
                note="",
                now=story.now,
                actor=ACTOR,
            )
    on(story, date(2026, 10, 1))
    assert statements(story) == []
    assert [state for state, _ in reasons(story)] == ["cancelled"]
    assert "statement_left_out" in story.alerts()


def test_complaint_C30_what_is_left_off_is_in_none_of_the_figures(new_story_on_both: NewStory) -> None:
    """Paused: neither open before, nor billed; a part contested: only the rest; paid in full: billed and received."""
    story = new_story_on_both()
    wants_statements(story)
    paused, first = story.bill(), None
    story.drain()
    first = story.bill(5)
    story.drain()
    on(story, FIFTH)
    assert "€1,785.00 in total" in " ".join(statements(story)[0].text.split())
    story.at(date(2026, 10, 12))
    story.hold(paused, "paused")
    story.pay(paused, "100.00", receipt=False)
    story.pay(first, "95.00", receipt=False)
    new = story.bill(2)
    story.drain()
    story.hold(new, "disputed", amount_minor=3800)
    quick = story.bill(1)
    story.drain()
    story.pay(quick, "119.00", receipt=False)
    on(story, date(2026, 11, 5))
    said = " ".join(statements(story)[1].text.split())
    # 595 were open; 200 (238 less what is contested) and 119 billed; 95 and 119 received; 500 and 200 are left.
    assert "when €595.00 was open, we have billed €319.00 and received €214.00" in said
    assert "€700.00 in total" in said
    assert str(paused.number) not in said


def test_req_F11_each_billing_contact_gets_the_statement_once(new_story: NewStory) -> None:
    people = (*ENGLISH.contacts, ContactForm(role="billing", name="Kai", email="kai@brandt.example"))
    story = new_story(client=replace(ENGLISH, contacts=people))
    wants_statements(story)
    story.bill()
    story.drain()
    on(story, FIFTH)
    on(story, FIFTH, hour=12)
    assert sorted(mail.recipients[0] for mail in statements(story)) == ["kai@brandt.example", "rechnung@brandt.example"]


def test_req_F56_a_recipient_who_left_gets_no_statement(story: Story) -> None:
    control(story, undo_minutes=60)
    wants_statements(story)
    story.bill()
    story.drain()
    on(story, FIFTH)
    with story.writing() as session:
        session.scalars(select(Contact)).one().email = "new@brandt.example"
    on(story, FIFTH, hour=12)
    assert statements(story) == []
    assert [state for state, _ in reasons(story)] == ["cancelled"]


def test_req_UX06_a_statement_in_its_undo_window_is_held_or_left_out(story: Story) -> None:
    control(story, undo_minutes=10)
    wants_statements(story)
    invoice = story.bill()
    story.drain()
    on(story, FIFTH)
    with story.writing() as session:
        (mail,) = [one for one in waiting_mails(session, [invoice.id]) if one.message.kind == "statement"]
        skip_waiting(session, mail.message.id, reason="Just spoken with them", now=story.now, actor=ACTOR)
    on(story, FIFTH, hour=12)
    assert statements(story) == []
    on(story, date(2026, 11, 5))
    with story.writing() as session:
        (mail,) = [one for one in waiting_mails(session, [invoice.id]) if one.message.kind == "statement"]
        assert hold_waiting(session, mail.message.id, reason="Wait", now=story.now, actor=ACTOR) == [invoice.number]
    on(story, date(2026, 11, 6))
    assert statements(story) == []


def test_fault_F04_a_statement_that_was_turned_off_while_it_waited_does_not_leave(story: Story) -> None:
    control(story, undo_minutes=10)
    wants_statements(story)
    story.bill()
    story.drain()
    on(story, FIFTH)
    wants_statements(story, None)
    on(story, FIFTH, hour=12)
    assert statements(story) == []
    assert [state for state, _ in reasons(story)] == ["cancelled"]


def test_req_C26_a_day_that_some_month_lacks_is_refused(story: Story) -> None:
    for day in (0, 29, 30, 32):
        with pytest.raises(InvalidInput, match="last day of the month"):
            wants_statements(story, day)
    assert story.client().statement_day is None


def test_req_F27_the_day_is_that_of_the_client(new_story: NewStory) -> None:
    story = new_story(client=replace(ENGLISH, country="NZ", region="AUK", zone="Pacific/Auckland", vat_id=""))
    wants_statements(story, 6)
    story.bill()
    story.drain()
    story.at(date(2026, 9, 30), hour=21)
    # Nine in the morning of Tuesday the 6th in Auckland is eight in the evening of Monday the 5th in UTC.
    on(story, date(2026, 10, 5), hour=19)
    assert statements(story) == []
    on(story, date(2026, 10, 5), hour=20, minute=5)
    (mail,) = statements(story)
    assert mail.received_at - datetime(2026, 10, 5, 20, 5, tzinfo=UTC) < timedelta(minutes=1)


def test_fault_F12_nine_rounds_at_once_make_one_statement(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    wants_statements(story)
    story.bill()
    story.drain()
    story.walk(FIFTH)
    with ThreadPoolExecutor(9) as pool:
        rounds = [
            pool.submit(add_statements, story.writing, now=story.now, message_ids=story.message_id) for _ in range(9)
        ]
        assert sum(one.result() for one in rounds) == 1
    story.drain()
    assert len(statements(story)) == 1


def test_fault_F04_a_server_that_fell_silent_after_the_statement_gets_no_second_one(story: Story) -> None:
    wants_statements(story)
    story.bill()
    story.drain()
    story.walk(FIFTH)
    story.box.add_fault(MailFault.drop_after_dot_kept())
    look_after(story)
    assert [state for state, _ in reasons(story)] == ["unknown"]
    for minute in (10, 20, 30):
        with story.writing() as session:
            session.execute(update(Effect).where(Effect.state == "unknown").values(lease_until=None))
        on(story, FIFTH, minute=minute)
    assert len(statements(story)) == 1
    assert [state for state, _ in reasons(story)] == ["sent"]
