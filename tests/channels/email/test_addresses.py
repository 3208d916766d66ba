"""One plain address, or a clear refusal."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.errors import InvalidInput
from plugin.services.addresses import check_address


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("billing@example.com", "billing@example.com"),
        (" Billing.Team+jira@Example.CO.UK ", "Billing.Team+jira@example.co.uk"),
        ("o'brien@xn--mller-kva.example", "o'brien@xn--mller-kva.example"),
    ],
)
def test_a_plain_address_is_kept(typed: str, kept: str) -> None:
    assert check_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "a@b.example\r\nBcc: evil@x.example",
        "a@b.example\nevil@x.example",
        "a@b.example\r",
        "a\x00@b.example",
        "a@b.example\u2028",
        "a@b.example\u202e",
        "a@b.example\t",
        "=?utf-8?q?a=0D=0A?=@b.example\r\n",
    ],
)
def test_attack_A55_line_breaks_and_invisible_signs_are_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        check_address(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "a@b.example, evil@x.example",
        "a@b.example; evil@x.example",
        "a@b.example evil@x.example",
        "Evil, v@x.example <a@b.example>",
        "Ann <a@b.example>",
        "<a@b.example>",
        "a@b.example> RCPT TO:<evil@x.example",
        "friends: a@b.example, c@d.example;",
        '"a b"@b.example',
        "a@[127.0.0.1]",
        "a@b@c.example",
        "a@localhost",
        "a..b@c.example",
        ".a@c.example",
        "a@-c.example",
        "a@c..example",
        "@b.example",
        "a@",
        "",
        ",".join(f"a{number}@b.example" for number in range(1000)),
        f"{'a' * 65}@b.example",
        f"a@{'.'.join(['b' * 60] * 5)}.example",
    ],
)
def test_attack_A56_anything_but_one_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_address(typed, field="recipient")
    assert refused.value.field == "recipient"


@pytest.mark.parametrize("typed", ["jürgen@example.com", "a@müller.example", "名前@example.com"])
def test_fault_F62_letters_that_servers_may_not_take_are_refused_with_advice(typed: str) -> None:
    with pytest.raises(InvalidInput, match="plain letters"):
        check_address(typed)


@given(st.text(max_size=60) | st.from_regex(r"[^@]{1,20}@[^@]{1,30}", fullmatch=True))
def test_what_is_kept_can_stand_in_an_smtp_command(typed: str) -> None:
    """Whatever passes has one @ and no sign that means something in RCPT TO or in a header."""
    try:
        kept = check_address(typed)
    except InvalidInput:
        return
    allowed = set(string.ascii_letters + string.digits + "@.!#$%&'*+/=?^_`{|}~-")
    assert set(kept) <= allowed
    assert kept.count("@") == 1
    assert kept.lower() == typed.strip(" ").lower()
