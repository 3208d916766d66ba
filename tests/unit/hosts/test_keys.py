"""The key server: two bases, what is remembered, and for how long."""

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from plugin.domain.errors import Transient
from plugin.hosts.connect.keys import KNOWN_KEYS, UNKNOWN_IDS, InstallKeys
from plugin.hosts.ports import TokenRefused
from tests.unit.hosts.world import KeyServer, public_pem

FIRST, SECOND = "https://first.test/keys", "https://second.test"


class Seconds:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.value = 0.0

    def __call__(self) -> float:
        return self.value


def keys_on(server: KeyServer, *bases: str, seconds: Seconds | None = None) -> InstallKeys:
    session = requests.Session()
    session.mount("https://", server)
    return InstallKeys(bases or (FIRST, SECOND), session=session, monotonic=seconds or Seconds())


def test_the_second_base_is_asked_for_the_same_key() -> None:
    server = KeyServer({f"{SECOND}/abc": (200, public_pem("atlassian"))})
    assert keys_on(server, f"{FIRST}/", SECOND).public_key("abc").key_size == 2048
    assert server.asked == [f"{FIRST}/abc", f"{SECOND}/abc"]


def test_one_silent_base_is_no_reason_to_call_a_key_unknown() -> None:
    server = KeyServer({f"{FIRST}/abc": (503, b"")})
    keys = keys_on(server)
    for _ in range(2):
        with pytest.raises(Transient):
            keys.public_key("abc")
    assert len(server.asked) == 4


def test_an_unknown_id_is_asked_for_again_after_a_minute() -> None:
    seconds, server = Seconds(), KeyServer({})
    keys = keys_on(server, FIRST, seconds=seconds)
    for moment, calls in ((0.0, 1), (59.9, 1), (60.0, 2)):
        seconds.value = moment
        with pytest.raises(TokenRefused):
            keys.public_key("abc")
        assert len(server.asked) == calls
    server.answers[f"{FIRST}/abc"] = (200, public_pem("atlassian"))
    seconds.value = 121.0
    assert keys.public_key("abc").key_size == 2048


def test_what_is_remembered_has_bounds() -> None:
    server = KeyServer({f"{FIRST}/k{one}": (200, public_pem("atlassian")) for one in range(KNOWN_KEYS + 1)})
    keys = keys_on(server, FIRST)
    for one in range(KNOWN_KEYS + 1):
        keys.public_key(f"k{one}")
    server.asked.clear()
    keys.public_key("k1")
    keys.public_key("k0")
    assert server.asked == [f"{FIRST}/k0"]
    for one in range(UNKNOWN_IDS + 1):
        with pytest.raises(TokenRefused):
            keys.public_key(f"u{one}")
    server.asked.clear()
    for name in ("u1", "u0"):
        with pytest.raises(TokenRefused):
            keys.public_key(name)
    assert server.asked == [f"{FIRST}/u0"]


def test_short_rsa_keys_and_other_kinds_are_refused() -> None:
    short = generate_private_key(public_exponent=65537, key_size=1024).public_key()
    curve = generate_ec_key(SECP256R1()).public_key()
    pem = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    server = KeyServer({f"{FIRST}/s": (200, short.public_bytes(*pem)), f"{FIRST}/c": (200, curve.public_bytes(*pem))})
    for key_id in ("s", "c"):
        with pytest.raises(TokenRefused):
            keys_on(server, FIRST).public_key(key_id)
