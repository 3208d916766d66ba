"""Mails as clients, robots and mail servers write them: whole RFC 822 messages, made with the standard library."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

CLIENT = "rechnung@brandt.example"
OURS = "billing@seestern.example"


def letter(
    text: str = "We will look into it.",
    *,
    sender: str = CLIENT,
    to: str = OURS,
    subject: str = "Re: Invoice",
    answers: str = "",
    message_id: str = "",
    html: str = "",
    **headers: str,
) -> bytes:
    """A mail of a person, unless ``headers`` (with ``_`` for ``-``) make it another."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    if message_id:
        mail["Message-ID"] = message_id
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail.as_bytes()


def out_of_office(answers: str, *, message_id: str = "<ooo@brandt.example>") -> bytes:
    """What a mail program sends for somebody who is away (RFC 3834)."""
    return letter(
        "I am away until Monday.",
        subject="Out of office: Invoice",
        answers=answers,
        message_id=message_id,
        Auto_Submitted="auto-replied",
    )


def came_back(
    original: bytes,
    *,
    recipient: str = CLIENT,
    action: str = "failed",
    status: str = "5.1.1",
    message_id: str = "<dsn@mx.brandt.example>",
) -> bytes:
    """A delivery status notification (RFC 3464) that brings the headers of our mail along."""
    report = EmailMessage(policy=SMTP)
    report["From"], report["To"] = "Mail Delivery System <MAILER-DAEMON@mx.brandt.example>", OURS
    report["Subject"], report["Message-ID"] = "Undelivered Mail Returned to Sender", message_id
    report["Auto-Submitted"] = "auto-replied"
    report.set_content("This is the mail system. Your message could not be delivered.")
    report.make_mixed()
    report.set_type("multipart/report")
    report.set_param("report-type", "delivery-status")
    report.attach(_status(recipient, action, status))
    returned = EmailMessage(policy=SMTP)
    returned["Content-Type"] = "message/rfc822"
    head = message_from_bytes(original.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", policy=SMTP)
    returned.set_payload([head])
    report.attach(returned)
    return report.as_bytes()


def complaint(original_id: str) -> bytes:
    """What a mail service sends when its user called a mail unwanted (RFC 5965)."""
    lines = (
        "From: feedback@mailservice.example",
        f"To: {OURS}",
        "Subject: Abuse report",
        "Message-ID: <arf@mailservice.example>",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "This is a spam report.",
        "--b",
        "Content-Type: message/feedback-report",
        "",
        "Feedback-Type: abuse",
        "User-Agent: MailService/1.0",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {original_id}",
        "Subject: Reminder",
        "--b--",
        "",
    )
    return "\r\n".join(lines).encode()


def _status(recipient: str, action: str, status: str) -> EmailMessage:
    part = EmailMessage(policy=SMTP)
    part["Content-Type"] = "message/delivery-status"
    server, told = EmailMessage(policy=SMTP), EmailMessage(policy=SMTP)
    server["Reporting-MTA"] = "dns; mx.brandt.example"
    told["Final-Recipient"], told["Action"], told["Status"] = f"rfc822; {recipient}", action, status
    told["Diagnostic-Code"] = "smtp; 550 5.1.1 no such user"
    part.set_payload([server, told])
    return part
