"""Reads a mail from anywhere within bounds: bytes, lines and parts are counted before the parser sees them."""

import hashlib
import re
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser

from plugin.domain.errors import InvalidInput
from plugin.services.inbound.body import text_of
from plugin.services.inbound.headers import addresses_of, message_ids_in, raw_header, words_of
from plugin.services.inbound.incoming import IncomingMail
from plugin.services.inbound.reports import delivery_report, is_complaint, reported_ids
from plugin.services.inbound.robots import robot_of

LARGEST = 10 * 1024 * 1024
MOST_LINES = 250_000
MOST_PARTS = 60
MOST_CONTAINERS = 16
MOST_HEADER_BYTES = 256 * 1024
LONGEST_OF_PART = 4_000
PARTS = re.compile(rb"^content-type\s*:", re.IGNORECASE | re.MULTILINE)
OF_PARTS = re.compile(rb"^content-[a-z-]+[ \t]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
CONTAINERS = re.compile(rb"multipart/|message/rfc822", re.IGNORECASE)
NO_SUBJECT = "(no subject)"


def parse_mail(raw: bytes) -> IncomingMail:
    """The mail as values. InvalidInput for one over 10 MB; one that is made to hurt is known by its headers only."""
    if len(raw) > LARGEST:
        raise InvalidInput(f"This mail is larger than {LARGEST // 1024 // 1024} MB, which is all that is read here.")
    message, was_cut = _message(raw)
    sender = next(iter(addresses_of(message, "From")), "")
    subject = words_of(message, "Subject")[:500] or NO_SUBJECT
    report = None if was_cut else delivery_report(message)
    is_report = report is not None or (not was_cut and is_complaint(message))
    return IncomingMail(
        source_id=_source_id(message, raw),
        sender=sender[:320],
        addressed_to=addresses_of(message, "To", "Cc", "Delivered-To", "X-Original-To"),
        subject=subject,
        text="" if was_cut else text_of(message),
        answers=(*(reported_ids(message) if is_report else ()), *_answers(message)),
        robot=robot_of(message, sender, subject),
        report=report,
        is_complaint=is_report and report is None,
        is_ours=bool(raw_header(message, "X-Effect-ID")),
        was_cut=was_cut,
    )


def _message(raw: bytes) -> tuple[Message, bool]:
    """Parsed by the older policy: the newer one reads parameters of a header in quadratic time and worse."""
    head = raw[:MOST_HEADER_BYTES]
    if _is_bomb(raw):
        return BytesHeaderParser(policy=policy.compat32).parsebytes(head), True
    try:
        return BytesParser(policy=policy.compat32).parsebytes(raw), False
    except (RecursionError, ValueError, LookupError):
        return BytesHeaderParser(policy=policy.compat32).parsebytes(head), True


def _is_bomb(raw: bytes) -> bool:
    """More lines, parts or boxes in boxes than any mail of a person has; the parser's time grows with their product."""
    if raw.count(b"\n") + raw.count(b"\r") > 2 * MOST_LINES:
        return True
    if any(len(found.group()) > LONGEST_OF_PART for found in OF_PARTS.finditer(raw)):
        return True
    return len(PARTS.findall(raw)) > MOST_PARTS or len(CONTAINERS.findall(raw)) > MOST_CONTAINERS


def _answers(message: Message) -> tuple[str, ...]:
    """The nearest first: In-Reply-To, then References from the newest to the oldest."""
    direct = message_ids_in(raw_header(message, "In-Reply-To"))
    return (*direct, *reversed(message_ids_in(raw_header(message, "References"))))


def _source_id(message: Message, raw: bytes) -> str:
    """The same for the same mail by whatever way it comes: by its own Message-ID where it has one."""
    own = message_ids_in(raw_header(message, "Message-ID"))
    basis = own[0].encode("utf-8", "replace") if own else raw
    return hashlib.sha256(basis).hexdigest()
