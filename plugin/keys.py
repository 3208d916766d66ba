"""Secrets at rest: AES-256-GCM bound to tenant, table and field, and keyed digests for what is only compared.

A ciphertext reads ``v1.<key id>.<base64url of nonce and ciphertext>``; moved to another tenant, table or field it does
not open. The first key of the ring encrypts, all of them decrypt.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from plugin.domain.errors import InvalidInput, Permanent

_VERSION = "v1"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_HEX_KEY = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class SecretKey:
    """One master key of 32 bytes and the name under which ciphertexts remember it."""

    key_id: str
    material: bytes = field(repr=False)


def parse_keys(text: str) -> tuple[SecretKey, ...]:
    """Reads ``id2:key,id1:key``, newest first; a key is 32 bytes in hex or base64. Errors never show a key."""
    keys = tuple(
        _parse_key(part.strip(), number) for number, part in enumerate(text.split(","), start=1) if part.strip()
    )
    if not keys:
        raise InvalidInput("holds no key; write id:key, the key being 32 random bytes in base64 or hex")
    ids = [key.key_id for key in keys]
    if len(set(ids)) < len(ids):
        raise InvalidInput(f"names a key id twice ({', '.join(ids)}); each key needs an id of its own")
    return keys


def _parse_key(part: str, number: int) -> SecretKey:
    key_id, colon, encoded = part.partition(":")
    if not colon or not _KEY_ID.fullmatch(key_id):
        raise InvalidInput(f"has an entry {number} that is not id:key with an id of letters, digits, - and _")
    material = _decode(encoded)
    if material is None or len(material) != _KEY_BYTES:
        raise InvalidInput(f"holds the key '{key_id}', which is not 32 bytes in base64 or hex")
    if len(set(material)) < _KEY_BYTES // 4:
        raise InvalidInput(f"holds the key '{key_id}', which repeats itself; take 32 random bytes")
    return SecretKey(key_id, material)


def _decode(encoded: str) -> bytes | None:
    if _HEX_KEY.fullmatch(encoded):
        return bytes.fromhex(encoded)
    standard = encoded.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


class KeyRing:
    """Encrypts with the newest key, decrypts and compares with every key it knows."""

    def __init__(self, keys: Sequence[SecretKey]) -> None:
        if not keys:
            raise InvalidInput("a key ring needs at least one key")
        self._current = keys[0]
        self._ciphers = {key.key_id: AESGCM(_derive(key, "encryption")) for key in keys}
        self._digest_keys = {key.key_id: _derive(key, "digest") for key in keys}
        self._keys = tuple(keys)

    @property
    def current_id(self) -> str:
        """The id of the key that encrypts."""
        return self._current.key_id

    @property
    def key_ids(self) -> tuple[str, ...]:
        """All ids, newest first."""
        return tuple(key.key_id for key in self._keys)

    def encrypt(self, plaintext: str, *, tenant: str, table: str, field: str) -> str:
        """Ciphertext that opens only for the same tenant, table and field."""
        nonce = os.urandom(_NONCE_BYTES)
        bound = _bound(tenant, table, field, self.current_id)
        sealed = self._ciphers[self.current_id].encrypt(nonce, plaintext.encode(), bound)
        return f"{_VERSION}.{self.current_id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def decrypt(self, ciphertext: str, *, tenant: str, table: str, field: str) -> str:
        """The plaintext. Raises Permanent where the key is unknown, or the text was changed or comes from elsewhere."""
        key_id, sealed = _split(ciphertext)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise Permanent(f"{table}.{field} needs the key '{key_id}', which SECRET_KEYS does not hold; add it again")
        try:
            bound = _bound(tenant, table, field, key_id)
            return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound).decode()
        except InvalidTag:
            raise Permanent(
                f"{table}.{field} does not open: it was changed, or belongs to another tenant or field; restore the row"
            ) from None

    def rotate(self, ciphertext: str, *, tenant: str, table: str, field: str) -> str | None:
        """The same secret under the newest key, or None where it stands there already."""
        if key_id_of(ciphertext) == self.current_id:
            return None
        plaintext = self.decrypt(ciphertext, tenant=tenant, table=table, field=field)
        return self.encrypt(plaintext, tenant=tenant, table=table, field=field)

    def unknown_ids(self, ciphertexts: Iterable[str]) -> set[str]:
        """Key ids that these ciphertexts need and this ring lacks; the service refuses to start unless it is empty."""
        return {key_id_of(ciphertext) for ciphertext in ciphertexts} - self._ciphers.keys()

    def digest(self, purpose: str, *parts: str) -> str:
        """HMAC-SHA256 in hex under the newest key, for Message-IDs and for values that are only compared."""
        return _digest(self._digest_keys[self.current_id], purpose, parts)

    def digests(self, purpose: str, *parts: str) -> tuple[str, ...]:
        """The same digest under every key, newest first: what a look-up has to accept while keys rotate."""
        return tuple(_digest(self._digest_keys[key_id], purpose, parts) for key_id in self.key_ids)

    def verify(self, digest: str, purpose: str, *parts: str) -> bool:
        """Whether any key of the ring made this digest; compared in constant time."""
        matches = [hmac.compare_digest(digest.encode(), known.encode()) for known in self.digests(purpose, *parts)]
        return any(matches)

    def signing_keys(self, purpose: str) -> list[bytes]:
        """Derived keys, oldest first, in the order in which itsdangerous rotates them."""
        return [_derive(key, f"signing {purpose}") for key in reversed(self._keys)]


def key_id_of(ciphertext: str) -> str:
    """The id of the key that made a ciphertext. Raises Permanent where it is none of ours."""
    return _split(ciphertext)[0]


def _split(ciphertext: str) -> tuple[str, bytes]:
    version, _, rest = ciphertext.partition(".")
    key_id, _, body = rest.partition(".")
    sealed = _decode(body) or b""
    # Base64 has several spellings of the same bytes; only ours is taken, so that one secret is one text.
    ours = base64.urlsafe_b64encode(sealed).decode() == body
    if version != _VERSION or not _KEY_ID.fullmatch(key_id) or len(sealed) <= _NONCE_BYTES or not ours:
        raise Permanent("a stored secret is not in our format; restore the row from a backup")
    return key_id, sealed


def _bound(tenant: str, table: str, field: str, key_id: str) -> bytes:
    names = (tenant, table, field, key_id)
    if any("|" in name or not name for name in names):
        raise InvalidInput("tenant, table and field of a secret must be named, without the sign |")
    return "|".join(names).encode()


def _derive(key: SecretKey, purpose: str) -> bytes:
    # Expand alone suffices (RFC 5869 section 3.3): the master key is already 32 uniformly random bytes.
    return HKDFExpand(SHA256(), _KEY_BYTES, f"dunlin {purpose}".encode()).derive(key.material)


def _digest(key: bytes, purpose: str, parts: Sequence[str]) -> str:
    # Lengths stand before the parts, so that ("ab", "c") and ("a", "bc") differ.
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in (purpose, *parts))
    return hmac.new(key, message, hashlib.sha256).hexdigest()
