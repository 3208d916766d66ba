"""What the services ask of a mail server; ``plugin/channels/email/smtp.py`` is the real one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from plugin.domain.errors import DunlinError, Kind, Permanent, Transient


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file that goes with the mail; ``media_type`` such as ``application/pdf``."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class MailParts:
    """A mail before it is put into MIME. ``html`` may be empty; ``in_reply_to`` is a Message-ID in angle brackets."""

    from_name: str
    from_address: str
    reply_to: str
    recipient: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """One mail to one recipient, as the server gets it; ``body`` is the finished MIME message with CRLF line ends."""

    sender: str
    recipient: str
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What a mail server answered, or code 0 and our own words where it did not."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}" if self.code else self.text


class MailDeferred(Transient):
    """The server does not take the mail now (4xx, no connection, dropped before the final dot). Known not accepted."""

    def __init__(self, sentence: str, *, reply: Reply) -> None:
        super().__init__(sentence)
        self.reply = reply


class MailRefused(Permanent):
    """The server refuses the mail for good (5xx). ``address_failed``: the address is at fault, not the content."""

    def __init__(self, sentence: str, *, reply: Reply, address_failed: bool = False) -> None:
        super().__init__(sentence)
        self.reply = reply
        self.address_failed = address_failed


class MailLoginRefused(Permanent):
    """The server refuses our user name or password (535); a second try would only lock the account."""

    def __init__(self, sentence: str, *, reply: Reply) -> None:
        super().__init__(sentence)
        self.reply = reply


class MailInDoubt(DunlinError):
    """The final dot went out and no answer came that we understand: the mail may have been accepted."""

    kind = Kind.TRANSIENT


class MailChannel(Protocol):
    """A way to a mail server. It keeps a connection between mails, so one instance belongs to one process."""

    def compose(self, parts: MailParts, *, message_id: str, effect_id: str, date: datetime) -> bytes:
        """The finished message: the same arguments give the same bytes. Raises InvalidInput for odd header values."""
        ...

    def send(self, envelope: Envelope, *, gate: Callable[[], bool]) -> Reply | None:
        """Offers the mail, asks ``gate`` once the server has accepted the recipient, and sends the body if it says yes.

        Gives the reply that accepted the mail, or None where the gate refused. Raises the errors above; only
        MailInDoubt leaves open whether the mail was accepted. What ``gate`` raises passes through, nothing sent.
        """
        ...

    def close(self) -> None:
        """Says goodbye to the server, if there is a connection."""
        ...
