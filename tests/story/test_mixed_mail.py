"""One mail may carry invoices of several stages; what it says is true of each of them."""

from dataclasses import replace
from datetime import date

from plugin.store.tables.invoices import Invoice
from sandbox.stage.house import CLIENT
from sandbox.stage.witness import SeenMail
from tests.support.stage import NewStory, Story

FRIENDLY, SECOND, FINAL = date(2026, 9, 18), date(2026, 9, 29), date(2026, 10, 20)
"""Of an invoice of 1 September with 14 days to pay, due on 15 September."""


def billed(story: Story, hours: float = 10) -> Invoice:
    invoice = story.bill(hours)
    story.drain()
    return invoice


def number(story: Story, invoice: Invoice) -> str:
    return story.invoice(invoice).number or ""


def before_the_first(text: str, heading: str) -> str:
    assert heading in text, text
    return text.split(heading, maxsplit=1)[0]


def two_stages(story: Story) -> tuple[Invoice, Invoice, SeenMail]:
    """On 29 September the second reminder of one invoice meets the notice of another, due on 2 October."""
    late = billed(story)
    story.at(FRIENDLY)
    coming = billed(story, 2)
    story.at(SECOND)
    mail = story.mails()[-1]
    assert mail.step == "second"
    assert len(mail.pdfs) == 2
    assert (story.steps(late)["second"], story.steps(coming)["notice"]) == ("sent", "sent")
    return late, coming, mail


def test_req_F25_an_invoice_that_is_not_due_is_not_demanded_with_one_that_is_late(story: Story) -> None:
    late, coming, mail = two_stages(story)
    assert story.box.mails[-1].subject == f"Second reminder: invoice {number(story, late)} is overdue"
    demanded = before_the_first(mail.text, "Not due yet")
    assert number(story, coming) not in demanded
    assert "Please pay €1,190.00 by" in mail.text
    assert "€1,428.00" not in mail.text
    beside = mail.text.split("Not due yet")[1]
    assert number(story, coming) in beside
    assert "2 October 2026" in beside
    assert "€238.00" in beside


def test_req_F25_the_same_holds_in_german(new_story: NewStory) -> None:
    story = new_story(client=replace(CLIENT, language="de"))
    late, coming, mail = two_stages(story)
    assert story.box.mails[-1].subject == f"Zweite Erinnerung: Rechnung {number(story, late)} ist überfällig"
    assert number(story, coming) not in before_the_first(mail.text, "Noch nicht fällig")
    assert "Bitte bezahlen Sie 1.190,00\xa0€ bis zum" in mail.text


def test_complaint_C24_late_invoices_of_different_stages_are_still_asked_for_together(story: Story) -> None:
    billed(story)
    story.at(date(2026, 9, 12))
    billed(story, 2)
    story.at(SECOND)
    mail = story.mails()[-1]
    assert mail.step == "second"
    assert "Please pay €1,428.00 by" in mail.text
    assert "Not due yet" not in mail.text


def test_a_final_notice_does_not_claim_reminders_that_an_invoice_beside_never_had(story: Story) -> None:
    first = billed(story)
    story.at(FRIENDLY)
    story.at(SECOND)
    # Due on 16 October, so that its friendly reminder would come one day before the other's final notice.
    story.at(date(2026, 10, 2))
    fresh = billed(story, 2)
    story.at(FINAL)
    mail = story.mails()[-1]
    assert mail.step == "final"
    assert {number(story, first), number(story, fresh)} <= set(mail.numbers)
    assert "In spite of our reminders" not in mail.text


def test_a_final_notice_after_reminders_says_so(story: Story) -> None:
    billed(story)
    story.at(FRIENDLY)
    story.at(SECOND)
    story.at(FINAL)
    assert story.mails()[-1].step == "final"
    assert "In spite of our reminders" in story.mails()[-1].text


def test_fault_F52_a_first_reminder_after_an_outage_does_not_speak_of_earlier_ones(story: Story) -> None:
    billed(story)
    story.at(FINAL)
    mail = story.mails()[-1]
    assert mail.step == "final"
    assert "In spite of our reminders" not in mail.text


def test_fault_F52_a_second_reminder_that_is_the_first_is_not_called_the_second(story: Story) -> None:
    invoice = billed(story)
    story.at(SECOND)
    assert story.box.mails[-1].subject == f"Reminder: invoice {number(story, invoice)} is overdue"
