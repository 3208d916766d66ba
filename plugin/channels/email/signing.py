"""DKIM (RFC 6376): signs the finished message for the domain of its From, so that receivers know whose it is."""

from datetime import datetime
from functools import lru_cache
from typing import Protocol

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from plugin.domain.errors import Permanent
from plugin.services.effects.mail_route import DkimKey

SIGNED = (
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-id",
)
"""Headers that are signed where the mail has them; From once more, so that nobody can add a second one."""
BITS = 2048
KEYS_AT_HAND = 16
BROKEN = "The DKIM key of the sender's domain is broken; make a new one."


class _Hash(Protocol):
    def digest(self) -> bytes: ...


def _sign_hash(hashed: _Hash, key: rsa.RSAPrivateKey) -> bytes:
    """PKCS #1 v1.5 over a SHA-256 that was taken already."""
    return key.sign(hashed.digest(), padding.PKCS1v15(), Prehashed(hashes.SHA256()))


# The library computes RSA in Python, which takes longer than all else that a mail needs; OpenSSL gives the same bytes.
dkim.RSASSA_PKCS1_v1_5_sign = _sign_hash


class _Signature(dkim.DKIM):  # type: ignore[misc] # the library has no types
    """The library takes the time of a signature from the clock, ours is that of the message; the key is OpenSSL's."""

    at: int = 0
    key: rsa.RSAPrivateKey

    def gen_header(
        self,
        fields: list[tuple[bytes, bytes]],
        include_headers: tuple[bytes, ...],
        canon_policy: object,
        header_name: bytes,
        pk: object,  # noqa: ARG002 - the library's
        standardize: bool = False,  # noqa: FBT001, FBT002 - the library's
    ) -> bytes:
        """The header with the time that was given."""
        timed = [(name, str(self.at).encode() if name == b"t" else value) for name, value in fields]
        made: bytes = super().gen_header(timed, include_headers, canon_policy, header_name, self.key, standardize)
        return made


def sign(message: bytes, key: DkimKey, *, at: datetime) -> bytes:
    """The message with its signature in front: the same arguments give the same bytes. Permanent for a broken key."""
    head = message.partition(b"\r\n\r\n")[0].lower()
    names = [name for name in SIGNED if head.startswith(f"{name}:".encode()) or f"\r\n{name}:".encode() in head]
    signer = _Signature(message)
    signer.at = int(at.timestamp())
    signer.key = _private_key(key.private_pem)
    try:
        header: bytes = signer.sign(
            key.selector.encode(),
            key.domain.encode(),
            key.private_pem.encode(),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[*names, "from"],
        )
    except dkim.DKIMException as problem:
        raise Permanent(BROKEN) from problem
    return header + message


@lru_cache(maxsize=KEYS_AT_HAND)
def _private_key(pem: str) -> rsa.RSAPrivateKey:
    """Reading one takes as long as signing twenty times: its numbers are checked."""
    try:
        found = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise Permanent(BROKEN) from problem
    if not isinstance(found, rsa.RSAPrivateKey):
        raise Permanent(BROKEN)
    return found


def new_private_key() -> str:
    """A fresh RSA key in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()
