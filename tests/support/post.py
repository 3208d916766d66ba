"""A post that is a list, and a printer that prints nothing: for tests of rules, not of mail and paper."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from plugin.domain.documents.findings import Finding
from plugin.domain.documents.model import InvoiceDocument
from plugin.services.effects.mail_channel import Envelope, MailParts, Reply
from plugin.services.renderer import RenderedDocument


class Post:
    """Accepts every mail, and keeps what it was about."""

    def __init__(self, on_accept: Callable[[str, bytes], None]) -> None:
        self._on_accept = on_accept

    def compose(self, parts: MailParts, *, message_id: str, effect_id: str, date: datetime) -> bytes:
        head = f"From: <{parts.from_address}>\r\nMessage-ID: {message_id}\r\nSubject: {parts.subject}\r\n\r\n"
        return (head + parts.text).encode()

    def send(self, envelope: Envelope, *, gate: Callable[[], bool]) -> Reply | None:
        if not gate():
            return None
        self._on_accept(envelope.recipient, envelope.body)
        return Reply(code=250, text="taken")

    def close(self) -> None:
        """There is no connection."""


class Printer:
    """Makes a document of nothing."""

    def check(self, _document: InvoiceDocument) -> list[Finding]:
        return []

    def render(self, document: InvoiceDocument) -> RenderedDocument:
        content = f"%PDF {document.number}".encode()
        return RenderedDocument(
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            media_type="application/pdf",
            file_name=f"{document.number}.pdf",
        )
