"""Puts a mail into MIME: the same mail gives the same bytes, so a second attempt sends what the first one froze."""

import hashlib
import unicodedata
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from plugin.domain.errors import InvalidInput
from plugin.services.addresses import check_address
from plugin.services.effects.mail_channel import MailParts

_INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BODY_MAY_HOLD = frozenset("\n\r\t\f")


def compose(parts: MailParts, *, message_id: str, effect_id: str, date: datetime) -> bytes:
    """The message with CRLF line ends. Raises InvalidInput where a header or a body holds what no mail may hold."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _named(parts.from_name, parts.from_address, "from_address")
    message["To"] = Address(addr_spec=check_address(parts.recipient, field="recipient"))
    if parts.reply_to:
        message["Reply-To"] = Address(addr_spec=check_address(parts.reply_to, field="reply_to"))
    message["Subject"] = _line(parts.subject, "subject")
    message["Date"] = format_datetime(date)
    message["Message-ID"] = _line(message_id, "message_id")
    if parts.in_reply_to:
        message["In-Reply-To"] = message["References"] = _line(parts.in_reply_to, "in_reply_to")
    # Other robots do not answer this one, and out-of-office replies stay away (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Effect-ID"] = _line(effect_id, "effect_id")
    message.set_content(_body(parts.text, "text"))
    if parts.html:
        message.add_alternative(_body(parts.html, "html"), subtype="html")
    for attachment in parts.attachments:
        main, _, sub = attachment.media_type.partition("/")
        name = _line(attachment.file_name, "file_name")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=name)
    _fix_boundaries(message, message_id)
    return message.as_bytes()


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    """Random boundaries would make each flattening differ; ``=_`` occurs in no encoded part."""
    digest = hashlib.sha256(message_id.encode()).hexdigest()[:40]
    for place, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{place}_{digest}")


def _named(name: str, address: str, field: str) -> Address:
    return Address(display_name=_line(name, "from_name"), addr_spec=check_address(address, field=field))


def _line(value: str, field: str) -> str:
    if any(unicodedata.category(sign) in _INVISIBLE for sign in set(value)):
        raise InvalidInput(f"The mail's {field} holds a line break or another control character.", field=field)
    return value


def _body(value: str, field: str) -> str:
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in set(value) - _BODY_MAY_HOLD):
        raise InvalidInput(f"The mail's {field} holds a control character.", field=field)
    return value
