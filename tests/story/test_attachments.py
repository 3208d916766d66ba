"""What goes along with a mail is what its step names: the PDF, nothing, or a statement of all that is open."""

import io
from datetime import date
from hashlib import sha256

import pypdfium2
import pytest

from plugin.store.tables.invoices import Document
from sandbox.mailbox.mail import Mail
from tests.support.ladders import ladder, step
from tests.support.stage import Story

FRIENDLY = date(2026, 9, 18)
XML = b"<Invoice/>"


def ask_for(story: Story, *attachments: str) -> None:
    """A policy whose only step names these attachments."""
    story.publish(ladder(step("friendly", 3, "email", template="friendly", attachments=list(attachments))))


def reminder(story: Story) -> Mail:
    """The first reminder of an invoice."""
    story.bill()
    story.drain()
    story.at(FRIENDLY)
    return story.box.mails[-1]


def files(mail: Mail) -> list[str]:
    return [each.name for each in mail.attachments]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ((), []),
        (("pdf",), ["invoice-INV-2026-0001.pdf"]),
        (("pdf", "statement"), ["invoice-INV-2026-0001.pdf", "statement.pdf"]),
    ],
)
def test_a_reminder_brings_what_its_step_names(story: Story, named: tuple[str, ...], expected: list[str]) -> None:
    ask_for(story, *named)
    assert files(reminder(story)) == expected


def test_complaint_C30_the_statement_lists_everything_that_is_open_with_what_is_still_owed(story: Story) -> None:
    ask_for(story, "statement")
    project, issue = story.second_project()
    other = story.bill(2, project=project, issue=issue)
    story.office.pay(other.id, 3_800)
    mail = reminder(story)
    (statement,) = mail.attachments
    pdf = pypdfium2.PdfDocument(io.BytesIO(statement.content))
    text = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert "INV-2026-0001" in text
    assert "200.00" in text, "238.00 less the 38.00 that were paid"
    assert "INV-2026-0002" in text
    assert "1,390.00" in text
    assert "Brandt & Kollegen" in text


def test_an_xml_goes_along_once_there_is_one(story: Story) -> None:
    ask_for(story, "pdf", "xml")
    invoice = story.bill()
    story.drain()
    with story.writing() as session:
        session.add(
            Document(
                id="0" * 32,
                invoice_id=invoice.id,
                kind="xml",
                file_name="INV-2026-0001.xml",
                media_type="application/xml",
                body=XML,
                sha256=sha256(XML).hexdigest(),
                made_at=story.now,
            )
        )
    story.at(FRIENDLY)
    assert files(story.box.mails[-1]) == ["invoice-INV-2026-0001.pdf", "INV-2026-0001.xml"]


def test_a_mail_about_two_invoices_brings_what_each_step_names_and_one_statement(story: Story) -> None:
    ask_for(story, "pdf", "statement")
    project, issue = story.second_project()
    story.bill(2, project=project, issue=issue)
    assert files(reminder(story)) == ["invoice-INV-2026-0001.pdf", "invoice-INV-2026-0002.pdf", "statement.pdf"]
