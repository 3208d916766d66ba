"""What comes back to a mail: an answer of its reader, the note that somebody is away, or the mail itself."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid, parseaddr

from sandbox.mailbox.mail import Mail

KINDS = ("reply", "away", "bounce")
AWAY = "Thank you for your mail. I am out of the office and will read it when I am back."


def answer(mail: Mail, kind: str, text: str) -> bytes:
    """The mail that comes back. ValueError for a kind that there is not."""
    if kind == "reply":
        return _letter(mail, f"Re: {mail.subject}", text or "Thank you, we will look into it.", quoted=True).as_bytes()
    if kind == "away":
        note = _letter(mail, f"Out of office: {mail.subject}", AWAY)
        note["Auto-Submitted"] = "auto-replied"
        return note.as_bytes()
    if kind == "bounce":
        return _bounce(mail).as_bytes()
    raise ValueError(f"no such answer: {kind}")


def _letter(mail: Mail, subject: str, text: str, *, quoted: bool = False) -> EmailMessage:
    """From the mail's reader to whoever it asks for answers."""
    reader = mail.recipients[0] if mail.recipients else "client@client.example"
    letter = EmailMessage(policy=SMTP)
    letter["From"] = reader
    letter["To"] = parseaddr(mail.header("Reply-To") or mail.header("From"))[1]
    letter["Subject"] = " ".join(subject.split())
    letter["Message-ID"] = make_msgid(domain=reader.rpartition("@")[2] or "client.example")
    letter["In-Reply-To"] = letter["References"] = mail.message_id
    quote = "\n".join(f"> {line}" for line in mail.text.splitlines()) if quoted else ""
    letter.set_content(
        f"{text}\n\nOn {mail.received_at:%a, %d %b %Y}, {letter['To']} wrote:\n{quote}\n" if quote else text
    )
    return letter


def _bounce(mail: Mail) -> EmailMessage:
    """A delivery status notification (RFC 3464) with the headers of the mail."""
    reader = mail.recipients[0] if mail.recipients else "client@client.example"
    report = EmailMessage(policy=SMTP)
    report["From"] = "MAILER-DAEMON@mailbox.pretend"
    report["To"] = mail.sender
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-ID"] = make_msgid(domain="mailbox.pretend")
    report["Auto-Submitted"] = "auto-replied"
    report.set_content("This is the mail system. Your message could not be delivered: there is no such user.")
    report.make_mixed()
    report.set_type("multipart/report")
    report.set_param("report-type", "delivery-status")
    report.attach(_status(reader))
    headers = EmailMessage(policy=SMTP)
    headers.set_content(f"Message-ID: {mail.message_id}\n")
    headers.set_type("text/rfc822-headers")
    report.attach(headers)
    return report


def _status(reader: str) -> EmailMessage:
    server, told, part = EmailMessage(policy=SMTP), EmailMessage(policy=SMTP), EmailMessage(policy=SMTP)
    server["Reporting-MTA"] = "dns; mailbox.pretend"
    told["Final-Recipient"], told["Action"], told["Status"] = f"rfc822; {reader}", "failed", "5.1.1"
    told["Diagnostic-Code"] = "smtp; 550 5.1.1 No such user here"
    part["Content-Type"] = "message/delivery-status"
    part.set_payload([server, told])
    return part
