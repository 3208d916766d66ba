"""One mail a client, each recipient exactly once, and what happens where an address is missing or refused."""

from dataclasses import replace
from datetime import date

from plugin.services.follow_ups.switches import go_live
from plugin.services.settings.clients import ContactForm, save_client
from sandbox import MailFault
from sandbox.stage.house import ACTOR
from tests.support.stage import ENGLISH, NewStory, Story

FRIENDLY = date(2026, 9, 18)
INES = ContactForm(role="billing", name="Ines Brandt", email="rechnung@brandt.example")
OTTO = ContactForm(role="billing", name="Otto Brandt", email="otto@brandt.example")
TWO = replace(ENGLISH, contacts=(INES, OTTO))


def give_contacts(story: Story, *contacts: ContactForm) -> None:
    with story.writing() as session:
        form = replace(ENGLISH, contacts=contacts, row_version=story.client().row_version)
        save_client(session, story.client_id, form, now=story.now, actor=ACTOR)


def to_whom(story: Story, step: str) -> list[str]:
    return sorted(recipient for mail in story.mails() if mail.step == step for recipient in mail.recipients)


def test_req_F25_complaint_C24_five_overdue_invoices_of_two_projects_are_one_mail(story: Story) -> None:
    invoices = [story.bill(hours) for hours in (1, 2, 3)]
    other, issue = story.second_project()
    invoices += [story.bill(hours, project=other, issue=issue) for hours in (4, 5)]
    story.drain()
    sent = len(story.box.mails)
    story.at(FRIENDLY)
    (mail,) = story.mails()[sent:]
    assert set(mail.numbers) == {story.invoice(each).number for each in invoices}
    # (1 + 2 + 3 + 4 + 5) hours at 100.00 with 19 %.
    assert "€1,785.00" in mail.text
    assert len(mail.pdfs) == 5
    assert {story.steps(each)["friendly"] for each in invoices} == {"sent"}


def test_complaint_C13_an_invoice_that_is_paid_leaves_the_mail_and_the_others_stay(story: Story) -> None:
    paid, open_one = story.bill(1), story.bill(2)
    story.drain()
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(paid, "friendly").id])
    story.pay(paid, "119.00", receipt=False)
    story.drain()
    mail = story.mails()[-1]
    assert mail.step == "friendly"
    assert mail.numbers == (story.invoice(open_one).number,)
    assert "€238.00" in mail.text
    assert story.steps(paid)["friendly"] == "cancelled"


def test_complaint_C25_a_consolidated_mail_is_not_repeated_on_its_day(story: Story) -> None:
    story.bill(1)
    story.bill(2)
    story.drain()
    for hour in (8, 9, 10, 11, 12):
        story.at(FRIENDLY, hour)
    assert story.reminders() == [("friendly", "2026-09-18")]


def test_req_F25_between_two_mails_to_a_client_lie_the_days_of_the_interval(story: Story) -> None:
    story.mail_settings(interval=5)
    first = story.bill(1)
    story.drain()
    story.at(date(2026, 9, 3))
    later = story.bill(2)
    story.drain()
    story.walk(date(2026, 9, 23))
    # The first invoice is due on the 15th, the second on the 17th: their steps would come three days apart.
    assert story.reminders() == [("notice", "2026-09-14"), ("friendly", "2026-09-21")]
    assert set(story.mails()[-1].numbers) == {story.invoice(first).number, story.invoice(later).number}


def test_two_contacts_get_each_mail_exactly_once(new_story: NewStory) -> None:
    story = new_story(client=TWO)
    invoice = story.bill()
    story.drain()
    story.walk(date(2026, 10, 1))
    for step in ("issue", "notice", "friendly", "second"):
        assert to_whom(story, step) == ["otto@brandt.example", "rechnung@brandt.example"], step
    assert story.steps(invoice)["second"] == "sent"


def test_fault_F46_one_refused_recipient_does_not_cost_the_other_the_mail(new_story: NewStory) -> None:
    story = new_story(client=TWO)
    invoice = story.bill()
    story.drain()
    story.box.add_fault(MailFault.rcpt(550, address="otto@brandt.example"), times=None)
    story.at(FRIENDLY)
    assert to_whom(story, "friendly") == ["rechnung@brandt.example"]
    assert story.steps(invoice)["friendly"] == "sent"
    assert "mail_failed" in story.alerts()
    story.walk(date(2026, 9, 29))
    # The refused address is left out from then on, and nobody gets anything twice.
    assert to_whom(story, "second") == ["rechnung@brandt.example"]


def test_a_payment_between_the_mails_to_two_contacts_and_its_reversal_repeat_nothing(new_story: NewStory) -> None:
    story = new_story(client=TWO)
    invoice = story.bill()
    story.drain()
    story.box.add_fault(MailFault.rcpt(450, address="rechnung@brandt.example"))
    story.at(FRIENDLY)
    assert to_whom(story, "friendly") == ["otto@brandt.example"]
    story.pay(invoice, "1190.00", receipt=False)
    story.at(FRIENDLY, hour=11)
    story.take_back(invoice)
    story.at(FRIENDLY, hour=12)
    story.at(date(2026, 9, 21))
    assert to_whom(story, "friendly") == ["otto@brandt.example"]
    assert story.steps(invoice)["friendly"] == "sent"


def test_fault_F38_a_greylisted_contact_gets_the_mail_later_and_the_other_no_second_one(new_story: NewStory) -> None:
    story = new_story(client=TWO)
    story.bill()
    story.drain()
    story.box.add_fault(MailFault.rcpt(450, address="rechnung@brandt.example"))
    story.at(FRIENDLY)
    story.at(FRIENDLY, hour=10, minute=6)
    assert to_whom(story, "friendly") == ["otto@brandt.example", "rechnung@brandt.example"]


def test_complaint_C38_without_an_address_the_mail_is_held_and_a_person_is_told(new_story: NewStory) -> None:
    story = new_story(client=replace(ENGLISH, contacts=()))
    invoice = story.bill()
    story.drain()
    story.at(FRIENDLY)
    assert story.box.mails == []
    assert "no_address" in story.alerts()
    assert story.step(invoice, "friendly").state == "held"
    assert "address" in story.step(invoice, "friendly").reason
    give_contacts(story, INES)
    story.drain()
    assert story.reminders() == [("friendly", "2026-09-18")]


def test_fault_F39_an_unknown_user_is_marked_and_not_tried_again(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    story.box.add_fault(MailFault.rcpt(550), times=None)
    story.at(FRIENDLY)
    story.at(FRIENDLY, hour=11)
    assert story.steps(invoice)["friendly"] == "failed"
    assert "mail_failed" in story.alerts()
    story.box.clear_faults()
    story.at(date(2026, 9, 29))
    assert story.reminders() == []
    assert story.step(invoice, "second").state == "held"
    # Another address: the ladder goes on with the strongest step, and the failed one stays on record.
    give_contacts(story, OTTO)
    story.drain()
    assert story.reminders() == [("second", "2026-09-29")]
    assert story.steps(invoice)["friendly"] == "failed"


def test_fault_F56_an_address_changed_after_the_mail_was_composed_is_the_one_that_is_used(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "friendly").id])
    give_contacts(story, OTTO)
    story.drain()
    assert to_whom(story, "friendly") == ["otto@brandt.example"]


def test_fault_F56_an_invoice_that_waits_goes_to_the_address_of_the_day_it_leaves(new_story: NewStory) -> None:
    story = new_story(live=False)
    story.bill()
    story.drain()
    give_contacts(story, OTTO)
    with story.writing() as session:
        go_live(session, live=True, now=story.now, actor=ACTOR)
    story.at(date(2026, 9, 1), hour=12)
    assert to_whom(story, "issue") == ["otto@brandt.example"]


def test_fault_F37_a_closed_port_defers_and_keeps_the_schedule(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    story.box.add_fault(MailFault.refuse())
    story.at(FRIENDLY)
    assert story.step(invoice, "friendly").state == "deferred"
    assert "Next try" in story.step(invoice, "friendly").reason
    story.box.clear_faults()
    story.at(FRIENDLY, hour=10, minute=30)
    assert story.reminders() == [("friendly", "2026-09-18")]
