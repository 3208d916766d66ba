"""Atlassian's public keys for signed installs, fetched by key id from configured addresses only."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import requests
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from plugin.clock import monotonic
from plugin.domain.errors import Transient
from plugin.hosts.ports import TokenRefused

TIMEOUT_SECONDS = 3.0
KEY_BYTES = 8_192
MINIMUM_BITS = 2_048
KNOWN_KEYS = 32
UNKNOWN_IDS = 256
UNKNOWN_SECONDS = 60.0

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class InstallKeys:
    """Keys by id. A key that was fetched is kept; an id that nobody knows is not asked for again within a minute.

    ``bases`` are asked in turn, each for ``<base>/<key id>``; usually there is one.
    """

    def __init__(
        self,
        bases: Sequence[str],
        *,
        session: requests.Session | None = None,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._bases = tuple(base.rstrip("/") for base in bases)
        self._session = session or requests.Session()
        self._monotonic = monotonic
        self._known: OrderedDict[str, RSAPublicKey] = OrderedDict()
        self._unknown: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def public_key(self, key_id: object) -> RSAPublicKey:
        """The key of this id. Raises TokenRefused where there is none, Transient where no key server answers."""
        if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id):
            raise TokenRefused("kid is malformed")
        with self._lock:
            known = self._known.get(key_id)
            refused_at = self._unknown.get(key_id)
        if known is not None:
            return known
        if refused_at is not None and self._monotonic() - refused_at < UNKNOWN_SECONDS:
            raise TokenRefused("kid is unknown")
        return self._remember(key_id, self._fetch(key_id))

    def _remember(self, key_id: str, key: RSAPublicKey | None) -> RSAPublicKey:
        with self._lock:
            if key is None:
                self._unknown[key_id] = self._monotonic()
                if len(self._unknown) > UNKNOWN_IDS:
                    self._unknown.popitem(last=False)
                raise TokenRefused("kid is unknown")
            self._known[key_id] = key
            if len(self._known) > KNOWN_KEYS:
                self._known.popitem(last=False)
        return key

    def _fetch(self, key_id: str) -> RSAPublicKey | None:
        failure: Transient | None = None
        for base in self._bases:
            try:
                key = self._fetch_from(f"{base}/{key_id}")
            except Transient as error:
                failure = error
                continue
            if key is not None:
                return key
        if failure is not None:
            raise failure
        return None

    def _fetch_from(self, url: str) -> RSAPublicKey | None:
        try:
            with self._session.get(url, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True) as response:
                if response.status_code >= 500 or response.status_code == 429:
                    raise _unavailable(f"answers {response.status_code}")
                if response.status_code != 200:
                    return None
                return _rsa_key(response.raw.read(KEY_BYTES + 1, decode_content=True))
        except requests.RequestException as error:
            raise _unavailable(f"does not answer ({type(error).__name__})") from None


def _rsa_key(pem: bytes) -> RSAPublicKey | None:
    if len(pem) > KEY_BYTES:
        return None
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= MINIMUM_BITS else None


def _unavailable(what: str) -> Transient:
    return Transient(
        f"Atlassian's server for installation keys {what}, so the installation cannot be checked; it is refused until "
        "the server is back. Install again in some minutes.",
        retry_after=60.0,
    )
