"""The install keys of the pretend Atlassian: RSA pairs made at start, their public halves served as PEM by ``kid``."""

import secrets
import threading

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class KeyRing:
    """Signs install calls. One ring may serve several sites, as Atlassian's key server does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[str, rsa.RSAPrivateKey] = {}
        self.current = ""
        self.rotate()

    def rotate(self) -> str:
        """A new pair signs from now on; the public halves of the older ones stay. Returns the new ``kid``."""
        kid = secrets.token_hex(16)
        with self._lock:
            self._keys[kid] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            self.current = kid
        return kid

    def private(self, kid: str | None = None) -> rsa.RSAPrivateKey:
        """The pair that signs, or the one named. KeyError for a ``kid`` never made here."""
        return self._keys[kid or self.current]

    def public_pem(self, kid: str) -> str | None:
        """What the key server answers for a ``kid``; None where it knows none."""
        key = self._keys.get(kid)
        if key is None:
            return None
        pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return pem.decode("ascii")
