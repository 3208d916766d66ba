"""Secrets at rest: bound to their place, readable over a rotation, and refused when anything was moved or changed."""

import hashlib
import hmac
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from plugin.domain.errors import InvalidInput, Permanent
from plugin.keys import KeyRing, SecretKey, key_id_of, parse_keys

OLD = SecretKey("old", bytes(range(32)))
NEW = SecretKey("new", bytes(range(100, 132)))
RING = KeyRing([NEW, OLD])
PLACE = {"tenant": "1", "table": "installation", "field": "shared_secret"}

names = st.text(st.characters(blacklist_characters="|", blacklist_categories=["Cs"]), min_size=1, max_size=20)


@given(st.text(st.characters(blacklist_categories=["Cs"])), names, names, names)
def test_what_is_encrypted_comes_back(plaintext: str, tenant: str, table: str, field: str) -> None:
    sealed = RING.encrypt(plaintext, tenant=tenant, table=table, field=field)
    assert RING.decrypt(sealed, tenant=tenant, table=table, field=field) == plaintext


def test_the_same_secret_never_looks_the_same() -> None:
    assert RING.encrypt("secret", **PLACE) != RING.encrypt("secret", **PLACE)


@pytest.mark.parametrize(("name", "elsewhere"), [("tenant", "2"), ("table", "policy"), ("field", "previous_secret")])
def test_attack_A82_a_ciphertext_moved_elsewhere_does_not_open(name: str, elsewhere: str) -> None:
    sealed = RING.encrypt("secret", **PLACE)
    with pytest.raises(Permanent, match="does not open"):
        RING.decrypt(sealed, **(PLACE | {name: elsewhere}))


def test_attack_A82_ciphertexts_swapped_between_tenants_do_not_open() -> None:
    mine, theirs = RING.encrypt("mine", **PLACE), RING.encrypt("theirs", **(PLACE | {"tenant": "2"}))
    with pytest.raises(Permanent):
        RING.decrypt(theirs, **PLACE)
    with pytest.raises(Permanent):
        RING.decrypt(mine, **(PLACE | {"tenant": "2"}))


def test_attack_A82_a_relabelled_key_id_does_not_open() -> None:
    sealed = RING.encrypt("secret", **PLACE)
    with pytest.raises(Permanent, match="does not open"):
        RING.decrypt(sealed.replace("v1.new.", "v1.old."), **PLACE)


@given(st.data())
def test_attack_A82_a_changed_ciphertext_never_opens(data: st.DataObject) -> None:
    sealed = RING.encrypt("secret", **PLACE)
    at = data.draw(st.integers(0, len(sealed) - 1))
    sign = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_.=+/|é "))
    changed = sealed[:at] + sign + sealed[at + 1 :]
    if changed == sealed:
        return
    with pytest.raises(Permanent):
        RING.decrypt(changed, **PLACE)


def test_separators_cannot_shift_the_bound_names() -> None:
    with pytest.raises(InvalidInput):
        RING.encrypt("secret", tenant="1|installation", table="x", field="y")
    with pytest.raises(InvalidInput):
        RING.encrypt("secret", tenant="", table="x", field="y")


def test_rotation_keeps_every_secret_and_then_lets_the_old_key_go() -> None:
    before = KeyRing([OLD])
    sealed = {
        str(tenant): before.encrypt(f"secret {tenant}", **(PLACE | {"tenant": str(tenant)})) for tenant in range(5)
    }
    during = KeyRing([NEW, OLD])
    for tenant, ciphertext in sealed.items():
        rotated = during.rotate(ciphertext, **(PLACE | {"tenant": tenant}))
        assert rotated is not None
        assert during.rotate(rotated, **(PLACE | {"tenant": tenant})) is None
        sealed[tenant] = rotated
    after = KeyRing([NEW])
    for tenant, ciphertext in sealed.items():
        assert after.decrypt(ciphertext, **(PLACE | {"tenant": tenant})) == f"secret {tenant}"


def test_rotation_refuses_a_ciphertext_that_was_moved() -> None:
    sealed = KeyRing([OLD]).encrypt("secret", **PLACE)
    with pytest.raises(Permanent):
        RING.rotate(sealed, **(PLACE | {"tenant": "2"}))


def test_an_unknown_key_is_named() -> None:
    sealed = KeyRing([OLD]).encrypt("secret", **PLACE)
    assert key_id_of(sealed) == "old"
    assert KeyRing([NEW]).unknown_ids([sealed, RING.encrypt("x", **PLACE)]) == {"old"}
    assert RING.unknown_ids([sealed]) == set()
    with pytest.raises(Permanent, match=r"'old'.*SECRET_KEYS"):
        KeyRing([NEW]).decrypt(sealed, **PLACE)


@pytest.mark.parametrize("text", ["", "v1", "v1.new", "v1.new.", "v2.new.AAAA", "v1.new.%%%", "plain secret"])
def test_what_is_no_ciphertext_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Permanent, match="not in our format"):
        RING.decrypt(text, **PLACE)


def test_keys_are_read_from_hex_and_base64_newest_first() -> None:
    hexadecimal = NEW.material.hex()
    assert parse_keys(f"new:{hexadecimal}, old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=") == (NEW, OLD)
    assert parse_keys("k:-_-_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0")[0].material[:3] == b"\xfb\xff\xbf"


@pytest.mark.parametrize(
    "text", ["", ",", "id", ":zzz", "a b:" + "ab" * 32, "id:zz", "id:" + "ab" * 31, "id:" + "00" * 32]
)
def test_odd_keys_are_refused_without_showing_them(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_keys(text)
    secret = text.partition(":")[2]
    assert not secret or secret not in caught.value.sentence


def test_a_key_never_shows_in_a_repr() -> None:
    assert NEW.material.hex() not in repr(NEW)
    assert repr(NEW.material) not in repr(NEW)


def test_digests_depend_on_purpose_parts_and_their_borders() -> None:
    digest = RING.digest("message-id", "1", "23")
    assert digest == RING.digest("message-id", "1", "23")
    others = [
        RING.digest("message-id", "12", "3"),
        RING.digest("link", "1", "23"),
        RING.digest("message-id", "1", "2", "3"),
    ]
    assert len({digest, *others}) == 4
    assert len(digest) == 64


def test_a_digest_is_hmac_sha256_under_a_derived_key() -> None:
    block = hmac.new(NEW.material, b"dunlin digest\x01", hashlib.sha256).digest()
    message = b"\0\0\0\x04link" + b"\0\0\0\x011"
    assert RING.digest("link", "1") == hmac.new(block, message, hashlib.sha256).hexdigest()


def test_digests_stay_valid_over_a_rotation_and_no_longer() -> None:
    old_digest = KeyRing([OLD]).digest("link", "1")
    assert RING.verify(old_digest, "link", "1")
    assert RING.digests("link", "1")[1] == old_digest
    assert not KeyRing([NEW]).verify(old_digest, "link", "1")
    assert not RING.verify(old_digest, "link", "2")
    assert not RING.verify("é", "link", "1")


def test_signed_tokens_stay_valid_over_a_rotation() -> None:
    token = URLSafeSerializer(KeyRing([OLD]).signing_keys("pay link")).dumps({"invoice": 1})
    assert URLSafeSerializer(RING.signing_keys("pay link")).loads(token) == {"invoice": 1}
    newest = URLSafeSerializer(RING.signing_keys("pay link")).dumps({"invoice": 1})
    assert URLSafeSerializer(KeyRing([NEW]).signing_keys("pay link")).loads(newest) == {"invoice": 1}


def test_an_empty_ring_is_refused() -> None:
    with pytest.raises(InvalidInput):
        KeyRing([])
