"""The finished message: whole, the same each time, and without anything smuggled in."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.channels.email.mime import compose
from plugin.domain.errors import InvalidInput
from plugin.services.effects.mail_channel import Attachment, MailParts

WHEN = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
PARTS = MailParts(
    from_name="Fernwood Würzburg",
    from_address="billing@fernwood.example",
    reply_to="answers@fernwood.example",
    recipient="pay@acme.example",
    subject="Second reminder: invoice INV-7 – 1.190,00 €",
    text="Dear Ann,\n.\nplease pay.\n",
    html="<p>Dear Ann, please <b>pay</b>.</p>",
    attachments=(Attachment(file_name="Rechnung Ä.pdf", media_type="application/pdf", content=b"%PDF \x00\xff"),),
    in_reply_to="<rem-1@dunlin.example>",
)


def changed(name: str, value: str) -> MailParts:
    values = {field.name: getattr(PARTS, field.name) for field in fields(PARTS)}
    return MailParts(**{**values, name: value})


def made(parts: MailParts = PARTS) -> bytes:
    return compose(parts, message_id="<rem-2@dunlin.example>", effect_id="e" * 32, date=WHEN)


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_says_what_it_was_given() -> None:
    mail = parsed(made())
    assert (mail["From"], mail["To"]) == ("Fernwood Würzburg <billing@fernwood.example>", "pay@acme.example")
    assert (mail["Reply-To"], mail["Subject"]) == ("answers@fernwood.example", PARTS.subject)
    assert (mail["Message-ID"], mail["X-Effect-ID"]) == ("<rem-2@dunlin.example>", "e" * 32)
    assert (mail["In-Reply-To"], mail["References"]) == ("<rem-1@dunlin.example>", "<rem-1@dunlin.example>")
    assert (mail["Auto-Submitted"], mail["Date"].datetime) == ("auto-generated", WHEN)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert text.get_content().replace("\r\n", "\n") == PARTS.text
    assert html.get_content().strip() == PARTS.html
    (attachment,) = mail.iter_attachments()
    assert isinstance(attachment, EmailMessage)
    assert (attachment.get_filename(), attachment.get_content()) == ("Rechnung Ä.pdf", b"%PDF \x00\xff")


def test_the_same_mail_gives_the_same_bytes_of_plain_ascii_with_crlf() -> None:
    raw = made()
    assert raw == made()
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_a_mail_without_html_is_plain() -> None:
    mail = parsed(made(replace(PARTS, html="", attachments=(), reply_to="", in_reply_to="")))
    assert mail.get_content_type() == "text/plain"
    assert mail["Reply-To"] is None
    assert mail["References"] is None


@pytest.mark.parametrize("sign", ["\r", "\n", "\r\n", "\x00", "\u2028", "\u2029", "\x85", "\x7f", "\ud800"])
@pytest.mark.parametrize("name", ["from_name", "from_address", "reply_to", "recipient", "subject", "in_reply_to"])
def test_attack_A55_no_header_takes_a_line_break(name: str, sign: str) -> None:
    given_value = getattr(PARTS, name)
    with pytest.raises(InvalidInput):
        made(changed(name, f"{given_value}{sign}Bcc: evil@x.example"))


@pytest.mark.parametrize("sign", ["\r\n", "\x00", "\u2028"])
def test_attack_A55_no_file_name_takes_a_line_break(sign: str) -> None:
    bad = Attachment(file_name=f"a{sign}b.pdf", media_type="application/pdf", content=b"")
    with pytest.raises(InvalidInput):
        made(replace(PARTS, attachments=(bad,)))


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\udfff"])
def test_fault_F61_a_body_holds_no_control_characters(sign: str) -> None:
    with pytest.raises(InvalidInput):
        made(replace(PARTS, text=f"Dear{sign}Ann"))


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=200))
def test_fault_F61_any_writing_survives_the_way(words: str) -> None:
    mail = parsed(made(replace(PARTS, text=words, subject=words.strip() or "-", html="", attachments=())))
    assert str(mail["Subject"]).split() == (words.strip() or "-").split()
    assert mail.get_content().rstrip("\r\n") == words
    assert mail.get_all("Bcc") is None
