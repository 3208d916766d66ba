"""One mail as the sink accepted it, read with the standard library's parser."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """What one accepted DATA brought. ``received_at`` is world time; ``raw`` is byte for byte what was sent."""

    number: int
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    received_at: datetime

    @cached_property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=default)
        if not isinstance(parsed, EmailMessage):
            raise TypeError("the parser's policy makes EmailMessage")
        return parsed

    def header(self, name: str) -> str:
        """The first header of that name, or an empty text."""
        return str(self.message.get(name, ""))

    @property
    def message_id(self) -> str:
        return self.header("Message-ID").strip()

    @property
    def subject(self) -> str:
        return self.header("Subject")

    @property
    def text(self) -> str:
        """The plain part."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML part."""
        return self._body("html")

    @property
    def attachments(self) -> list[Attachment]:
        """In the order of the mail."""
        return [_attachment(part) for part in self.message.iter_attachments()]

    def _body(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if isinstance(part, EmailMessage) else ""


def _attachment(part: EmailMessage) -> Attachment:
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    return Attachment(part.get_filename() or "attachment", part.get_content_type(), data)
