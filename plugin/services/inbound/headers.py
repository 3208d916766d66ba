"""Headers of a mail from anywhere: decoded, on one line, cut; a header that is meant to hurt is empty."""

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from plugin.domain.documents.text_checks import clean_text

LONGEST_HEADER = 8_000
LONGEST_LIST = 50
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
ADDRESS = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,255}")


def raw_header(message: Message, name: str) -> str:
    """The first header of a name, unfolded; one that is longer than any honest one is empty.

    Read past the parser of structured headers, which can be made to work for minutes.
    """
    wanted = name.lower()
    for found, value in message.raw_items():
        if found.lower() == wanted:
            # Bytes that are no ASCII come as surrogates, which no database takes.
            text = str(value).encode("utf-8", "replace").decode()
            return " ".join(text.split()) if len(text) <= LONGEST_HEADER else ""
    return ""


def words_of(message: Message, name: str) -> str:
    """A header with its encoded words decoded, fit to be shown."""
    raw = raw_header(message, name)
    try:
        decoded = str(make_header(decode_header(raw)))
    except (HeaderParseError, LookupError, ValueError):
        decoded = raw
    return " ".join(clean_text(decoded.encode("utf-8", "replace").decode()).split())


def addresses_of(message: Message, *names: str) -> tuple[str, ...]:
    """The bare addresses in some headers, in small letters; a header that is missing or malformed spoils no other.

    Each header is read alone: Pythons that parse strictly (CVE-2023-27043) give up a whole list for one empty entry.
    """
    headers = [raw for name in names if (raw := raw_header(message, name))]
    found = [address for raw in headers for _, address in getaddresses([raw])]
    return tuple(address.lower() for address in found[:LONGEST_LIST] if ADDRESS.fullmatch(address))


def message_ids_in(text: str) -> tuple[str, ...]:
    """The Message-IDs in a text, with their brackets."""
    return tuple(MESSAGE_ID.findall(text[:LONGEST_HEADER]))[:LONGEST_LIST]
