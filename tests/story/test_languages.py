"""Mails and documents speak the client's language; the texts carry what they must."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from plugin.domain.errors import Conflict, InvalidInput
from plugin.services.follow_ups.preview_step import preview_step
from plugin.services.settings.texts import save_text
from sandbox.stage.house import ACTOR
from tests.samples.pdf import text_of
from tests.support.stage import ENGLISH, NewStory, Story

PAID_ALREADY = {"en": "already paid", "de": "bereits bezahlt", "fr": "déjà réglé", "es": "ya ha realizado el pago"}
DUE = {
    "en": "15 September 2026",
    "de": "15. September 2026",
    "fr": "15 septembre 2026",
    "es": "15 de septiembre de 2026",
}
AMOUNT = {"en": "€1,190.00", "de": "1.190,00\xa0€", "fr": "1\u202f190,00\xa0€", "es": "1.190,00\xa0€"}
HEADING = {"en": "Invoice", "de": "Rechnung", "fr": "Facture", "es": "Factura"}
TITLES = {
    "en": "Second reminder",
    "de": "Zweite Erinnerung",
    "fr": "Deuxième rappel",
    "es": "Segundo recordatorio",
}


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_req_F39_complaint_C35_every_mail_speaks_the_clients_language(new_story: NewStory, language: str) -> None:
    story = new_story(client=replace(ENGLISH, language=language))
    story.bill()
    story.drain()
    for day in (date(2026, 9, 14), date(2026, 9, 18), date(2026, 9, 29), date(2026, 10, 20)):
        story.at(day)
    mails = {mail.step: mail for mail in story.mails()}
    assert list(mails) == ["issue", "notice", "friendly", "second", "final"]
    for step in ("friendly", "second", "final"):
        assert PAID_ALREADY[language] in " ".join(mails[step].text.split()), step
    assert all(DUE[language] in mail.text for mail in mails.values())
    assert all(AMOUNT[language] in mail.text for mail in mails.values())
    assert all(len(mail.pdfs) == 1 for mail in mails.values())
    paper = text_of(story.box.mails[0].attachments[0].content)
    assert HEADING[language] in paper
    assert DUE[language] in paper
    assert AMOUNT[language].replace("\xa0", " ").replace("\u202f", " ") in paper.replace("\xa0", " ").replace(
        "\u202f", " "
    )


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_complaint_C35_the_preview_of_a_step_speaks_the_language_of_the_mail(
    new_story: NewStory, language: str
) -> None:
    story = new_story(client=replace(ENGLISH, language=language))
    invoice = story.bill()
    story.drain()
    story.at(date(2026, 9, 18))
    story.at(date(2026, 9, 28))
    with story.reading() as session:
        shown = preview_step(session, invoice.id, "second", now=story.now, links=story.container.mail_links)
    story.at(date(2026, 9, 29))
    sent = story.box.mails[-1]
    assert shown.mail.subject == sent.subject
    assert sent.subject.startswith(TITLES[language])
    assert f'<html lang="{language}">' in shown.mail.html


def test_html_and_text_say_the_same(story: Story) -> None:
    story.bill()
    story.drain()
    (mail,) = story.box.mails
    for words in ("INV-2026-0001", "€1,190.00", "15 September 2026", "DE89 3704 0044 0532 0130 00"):
        assert words in mail.text
        assert words in mail.html


def test_reminders_answer_the_mail_that_brought_the_invoice(story: Story) -> None:
    story.bill()
    story.drain()
    story.at(date(2026, 9, 18))
    first, reminder = story.box.mails
    assert reminder.header("In-Reply-To").strip() == first.message_id
    assert reminder.header("X-Effect-ID") != first.header("X-Effect-ID")
    assert first.message_id.startswith("<rem-")


def test_req_F05_an_own_text_is_used_and_a_wrong_one_is_refused_with_its_place(story: Story) -> None:
    def save(body: str, *, version: int = 0) -> None:
        with story.writing() as session:
            save_text(
                session,
                template="friendly",
                language="en",
                subject="About {{ number }}",
                body=body,
                row_version=version,
                now=story.now,
                actor=ACTOR,
            )

    with pytest.raises(InvalidInput, match=r"[Ll]ine 2.*invoce") as refused:
        save("Hello,\n{{ invoce.total }}")
    assert refused.value.field == "body"
    save("Dear {{ contact }}, {{ total_due }} are open.")
    with pytest.raises(Conflict):
        save("Somebody else's words")
    story.bill()
    story.drain()
    story.at(date(2026, 9, 18))
    mail = story.box.mails[-1]
    assert mail.subject == "About INV-2026-0001"
    assert "Dear Ines Brandt, €1,190.00 are open." in mail.text


def test_a_receipt_thanks_and_names_the_rest(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    story.clock.advance(timedelta(hours=1))
    story.pay(invoice, "190.00")
    story.drain()
    receipt = story.mails()[-1]
    assert receipt.step == "receipt"
    assert "€190.00" in receipt.text
    assert "€1,000.00" in receipt.text
    assert receipt.pdfs == ()
