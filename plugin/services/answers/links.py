"""The token in the links of a mail: which mail it belongs to and until when, under a keyed MAC; nothing personal.

Laid out as 1 + 16 + 16 + 4 + 8 bytes (kind, tenant, subject, Unix seconds, what it is bound to) and 32 bytes of
HMAC-SHA256, in base64url. The MAC is checked before any row is read; the binding (recipient and invoices) after.
"""

import base64
import binascii
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from plugin.domain.errors import NotFound
from plugin.keys import KeyRing

LIVES: timedelta = timedelta(days=400)
"""Longer than any ladder; counted from the making of the mail, so that a mail written anew bears the same token."""
_PURPOSE = "client-link"
_LAYOUT = struct.Struct(">B16s16sI8s")
_MAC_BYTES = 32
_LENGTH = 4 * ((_LAYOUT.size + _MAC_BYTES + 2) // 3)
NO_SUCH_LINK = "This link is not one of ours, or a part of it is missing. Open it again from the mail."


class LinkKind(StrEnum):
    """``MAIL``: the mail that a client got. ``COPY``: a preview for staff; it shows the page and counts for nothing."""

    MAIL = "mail"
    COPY = "copy"


_CODES = {LinkKind.MAIL: 1, LinkKind.COPY: 2}
_KINDS = {code: kind for kind, code in _CODES.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientLink:
    """What a token says. ``subject_id`` is the message (``MAIL``) or the invoice (``COPY``); ``until`` is aware UTC."""

    kind: LinkKind
    tenant_id: str
    subject_id: str
    until: datetime
    binding: str


def link_token(keys: KeyRing, link: ClientLink) -> str:
    """The token, about 104 signs that need no quoting in an address. ValueError for ids that are not 32 hex digits."""
    packed = _LAYOUT.pack(
        _CODES[link.kind],
        _digits(link.tenant_id, 16),
        _digits(link.subject_id, 16),
        int(link.until.timestamp()),
        _digits(link.binding, 8),
    )
    mac = bytes.fromhex(keys.digest(_PURPOSE, packed.hex()))
    return base64.urlsafe_b64encode(packed + mac).decode().rstrip("=")


def read_token(keys: KeyRing, token: str) -> ClientLink:
    """What a token of ours says, under any key of the ring. NotFound, always in the same words, for any other text."""
    packed, mac = _split(token)
    # Compared in constant time, and before anything is looked up.
    if not keys.verify(mac.hex(), _PURPOSE, packed.hex()):
        raise NotFound(NO_SUCH_LINK)
    code, tenant, subject, seconds, binding = _LAYOUT.unpack(packed)
    if code not in _KINDS:
        raise NotFound(NO_SUCH_LINK)
    return ClientLink(
        kind=_KINDS[code],
        tenant_id=tenant.hex(),
        subject_id=subject.hex(),
        until=datetime.fromtimestamp(seconds, UTC),
        binding=binding.hex(),
    )


def binding_of(keys: KeyRing, tenant_id: str, recipient: str, invoice_ids: Iterable[str]) -> tuple[str, ...]:
    """What ties a token to a recipient and to invoices, in 16 hex digits: one under each key, the newest first."""
    parts = (tenant_id, recipient.lower(), *sorted(set(invoice_ids)))
    return tuple(digest[:16] for digest in keys.digests(f"{_PURPOSE} binding", *parts))


def _digits(text: str, length: int) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != length:
        raise ValueError(f"{text!r} is not {length} bytes in hexadecimal digits")
    return found


def _split(token: str) -> tuple[bytes, bytes]:
    try:
        body = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        body = b""
    # Base64 has several spellings of the same bytes; only ours is taken, so that one link is one text.
    ours = base64.urlsafe_b64encode(body).decode().rstrip("=") == token
    if len(token) > _LENGTH or not ours or len(body) != _LAYOUT.size + _MAC_BYTES:
        raise NotFound(NO_SUCH_LINK)
    return body[: _LAYOUT.size], body[_LAYOUT.size :]
