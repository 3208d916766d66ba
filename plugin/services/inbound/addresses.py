"""Where answers come in: the plus-address that names the mail it belongs to, and the web address for a provider."""

import hashlib
import hmac
import re

from plugin.domain.errors import Unauthenticated
from plugin.keys import KeyRing
from plugin.services.addresses import LONGEST_LOCAL

PAGE = "/inbound/"
TAG = re.compile(r"\+(rem-[0-9a-f]{32})@")
_PURPOSE = "inbound-address"
_MAC = 32
TOLERANCE_SECONDS = 300


def reply_address(reply_to: str, message_id: str) -> str:
    """``answers+@example.com`` with the mail's own tag after the plus; any other address as it is.

    Who ends the name with a plus says that its server knows plus-addresses. The tag is the Message-ID's, which nobody
    can guess.
    """
    local, at, domain = reply_to.rpartition("@")
    tag = message_id.strip("<>").partition("@")[0]
    if not local.endswith("+"):
        return reply_to
    tagged = f"{local}{tag}"
    return f"{tagged if len(tagged) <= LONGEST_LOCAL else local.rstrip('+')}{at}{domain}"


def tags_in(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The tags of plus-addresses among the recipients of a mail."""
    return tuple(found[1] for address in addresses if (found := TAG.search(address)))


def inbound_token(keys: KeyRing, tenant_id: str) -> str:
    """Stands in the web address to which a provider posts a tenant's mail: it names the tenant, and is no secret."""
    return f"{tenant_id}{keys.digest(_PURPOSE, tenant_id)[:_MAC]}"


def tenant_of(keys: KeyRing, token: str) -> str:
    """The tenant that a web address names, under any key of the ring. Unauthenticated for a made-up one."""
    tenant_id, mac = token[:-_MAC], token[-_MAC:]
    known = [hmac.compare_digest(mac.encode(), made[:_MAC].encode()) for made in keys.digests(_PURPOSE, tenant_id)]
    if not any(known):
        raise Unauthenticated("no such address for mail")
    return tenant_id


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over ``timestamp.body`` in hexadecimal digits: what a provider that can sign sends along."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(secret: str, *, timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """Whether a signature fits and is at most five minutes old (``now`` in Unix seconds)."""
    fits = hmac.compare_digest(signature.encode(), signature_of(secret, timestamp, body).encode())
    is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12
    return fits and is_number and abs(now - int(timestamp)) <= TOLERANCE_SECONDS


def is_secret(secret: str, given: str) -> bool:
    """Whether what a provider sends as password or bearer is the secret; compared in constant time."""
    return hmac.compare_digest(secret.encode(), given.encode())
