"""The token of a mail's links: opens for what it was made for, under any key of the ring, and for nothing else."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.errors import NotFound
from plugin.keys import KeyRing, SecretKey
from plugin.services.answers.links import ClientLink, LinkKind, binding_of, link_token, read_token

OLD = SecretKey("old", bytes(range(32)))
NEW = SecretKey("new", bytes(range(100, 132)))
RING = KeyRing([NEW, OLD])
UNTIL = datetime(2027, 10, 1, 8, tzinfo=UTC)
LINK = ClientLink(
    kind=LinkKind.MAIL,
    tenant_id="a1" * 16,
    subject_id="b2" * 16,
    until=UNTIL,
    binding=binding_of(RING, "t", "r", "i")[0],
)
TOKEN = link_token(RING, LINK)
hex_ids = st.binary(min_size=16, max_size=16).map(bytes.hex)


@given(st.sampled_from(LinkKind), hex_ids, hex_ids, st.integers(0, 2**32 - 1))
def test_a_token_says_what_it_was_made_of(kind: LinkKind, tenant: str, subject: str, seconds: int) -> None:
    link = ClientLink(
        kind=kind,
        tenant_id=tenant,
        subject_id=subject,
        until=datetime.fromtimestamp(seconds, UTC),
        binding="00ff00ff00ff00ff",
    )
    token = link_token(RING, link)
    assert read_token(RING, token) == link
    assert re.fullmatch(r"[A-Za-z0-9_-]{50,120}", token)


def test_attack_A86_one_changed_sign_opens_nothing() -> None:
    for place, sign in enumerate(TOKEN):
        changed = TOKEN[:place] + ("A" if sign != "A" else "B") + TOKEN[place + 1 :]
        with pytest.raises(NotFound):
            read_token(RING, changed)


@given(st.text(max_size=300))
def test_attack_A86_any_other_text_is_answered_in_one_way(text: str) -> None:
    with pytest.raises(NotFound) as refused:
        read_token(RING, text)
    assert "not one of ours" in refused.value.sentence


def test_attack_A86_another_tenant_written_into_the_token_opens_nothing() -> None:
    other = link_token(RING, replace(LINK, tenant_id="c3" * 16))
    packed = base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))
    foreign = base64.urlsafe_b64decode(other + "=" * (-len(other) % 4))
    swapped = base64.urlsafe_b64encode(packed[:1] + foreign[1:17] + packed[17:]).decode().rstrip("=")
    with pytest.raises(NotFound):
        read_token(RING, swapped)


@pytest.mark.parametrize(
    "spelling", [f"{TOKEN}=", f" {TOKEN}", TOKEN.replace("_", "/").replace("-", "+") + "/", TOKEN + "A"]
)
def test_one_link_has_one_spelling(spelling: str) -> None:
    with pytest.raises(NotFound):
        read_token(RING, spelling)


def test_keys_rotate_and_old_links_still_open() -> None:
    before = link_token(KeyRing([OLD]), LINK)
    assert read_token(RING, before) == LINK
    with pytest.raises(NotFound):
        read_token(KeyRing([NEW]), before)


def test_nothing_personal_stands_in_it() -> None:
    bound = binding_of(RING, "a1" * 16, "ada@northwind.example", ["i1", "i2"])
    token = link_token(RING, replace(LINK, binding=bound[0]))
    body = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert b"ada" not in body
    assert b"northwind" not in body


def test_a_binding_knows_recipient_and_invoices_in_any_order() -> None:
    first = binding_of(RING, "t", "Ada@northwind.example", ["i1", "i2"])
    assert first == binding_of(RING, "t", "ada@northwind.example", ["i2", "i1", "i1"])
    others = [
        binding_of(RING, "u", "ada@northwind.example", ["i1", "i2"]),
        binding_of(RING, "t", "eve@northwind.example", ["i1", "i2"]),
        binding_of(RING, "t", "ada@northwind.example", ["i1"]),
    ]
    assert not any(set(first) & set(other) for other in others)


def test_ids_that_are_no_hexadecimal_digits_make_no_token() -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        link_token(RING, replace(LINK, tenant_id="a1"))
