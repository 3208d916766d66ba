"""Machine-readable reports in a mail: that a mail of ours was not delivered, or was called unwanted."""

from collections.abc import Iterator
from email.message import Message

from plugin.services.inbound.headers import message_ids_in, raw_header, words_of
from plugin.services.inbound.incoming import DeliveryReport

LONGEST_DIAGNOSTIC = 500


def delivery_report(message: Message) -> DeliveryReport | None:
    """The first failed or delayed recipient of a delivery status notification (RFC 3464); None where it is none."""
    blocks = [block for part in _parts(message, "message/delivery-status") for block in _blocks(part)]
    told = [block for block in blocks if raw_header(block, "Final-Recipient")]
    for block in sorted(told, key=lambda block: _action(block) != "failed"):
        action = _action(block)
        if action in ("failed", "delayed"):
            return DeliveryReport(
                recipient=_address(raw_header(block, "Original-Recipient") or raw_header(block, "Final-Recipient")),
                is_final=action == "failed",
                status=raw_header(block, "Status").split(" ")[0][:16],
                diagnostic=words_of(block, "Diagnostic-Code")[:LONGEST_DIAGNOSTIC],
            )
    return None


def is_complaint(message: Message) -> bool:
    """Whether a mail provider reports that its user called our mail unwanted (RFC 5965)."""
    return next(_parts(message, "message/feedback-report"), None) is not None


def reported_ids(message: Message) -> tuple[str, ...]:
    """The Message-ID of the mail that a report is about: it brings that mail, or its headers, along."""
    found: list[str] = []
    for part in _parts(message, "message/rfc822"):
        for inner in _blocks(part):
            found.extend(message_ids_in(raw_header(inner, "Message-ID")))
    for part in _parts(message, "text/rfc822-headers"):
        payload = part.get_payload(decode=True)
        text = payload[:20_000].decode("utf-8", "replace") if isinstance(payload, bytes) else ""
        found.extend(
            name
            for line in text.splitlines()
            if line.lower().startswith("message-id:")
            for name in message_ids_in(line)
        )
    return tuple(found)


def _parts(message: Message, kind: str) -> Iterator[Message]:
    return (part for part in message.walk() if part.get_content_type() == kind)


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _action(block: Message) -> str:
    return raw_header(block, "Action").strip().lower()


def _address(typed: str) -> str:
    """``rfc822; user@example.com`` without its type."""
    return typed.partition(";")[2].strip().strip("<>").lower()[:320] or typed.strip().lower()[:320]
