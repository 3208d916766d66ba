"""Mails from anywhere: what is read of them, robots told from people, and bounds that hold."""

import time
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.errors import InvalidInput, Unauthenticated
from plugin.keys import KeyRing, SecretKey
from plugin.services.inbound import headers
from plugin.services.inbound.addresses import (
    inbound_token,
    is_signed,
    reply_address,
    signature_of,
    tags_in,
    tenant_of,
)
from plugin.services.inbound.body import without_quotes
from plugin.services.inbound.parse import LARGEST, parse_mail
from tests.support.letters import CLIENT, came_back, complaint, letter

OURS = "<rem-0123456789abcdef0123456789abcdef@seestern.example>"
RING = KeyRing([SecretKey("k", bytes(range(32)))])
TENANT = "a1" * 16


def test_a_reply_is_read_with_sender_words_and_what_it_answers() -> None:
    mail = parse_mail(letter("Thanks, on Friday.\n\n> You wrote\n> something", answers=OURS, sender=f"Ada <{CLIENT}>"))
    assert (mail.sender, mail.text, mail.robot) == (CLIENT, "Thanks, on Friday.", "")
    assert mail.answers[0] == OURS
    assert not mail.was_cut


@pytest.mark.parametrize("copy", [None, "", "undisclosed:;", "ada@x.example <bob@x.example>, (", '"' * 50])
def test_a_missing_or_malformed_header_hides_no_other_recipient(
    monkeypatch: pytest.MonkeyPatch, copy: str | None
) -> None:
    def strict(values: list[str]) -> list[tuple[str, str]]:
        """Newer Pythons' parser (CVE-2023-27043), of which some versions of 3.11 have none."""
        return getaddresses(values) if all(values) else [("", "")]

    monkeypatch.setattr(headers, "getaddresses", strict)
    to = reply_address("answers+@seestern.example", OURS)
    beside = b"" if copy is None else f"Cc: {copy}\r\n".encode()
    mail = parse_mail(b"From: ada@x.example\r\nTo: " + to.encode() + b"\r\n" + beside + b"\r\nHello")
    assert mail.sender == "ada@x.example"
    assert tags_in(mail.addressed_to) == ("rem-0123456789abcdef0123456789abcdef",)


def test_the_nearest_reference_comes_first() -> None:
    mail = parse_mail(letter(References="<a@x.example> <b@x.example>"))
    assert mail.answers == ("<b@x.example>", "<a@x.example>")


def test_only_html_is_read_as_words() -> None:
    raw = (
        b"From: ada@x.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        b"<style>p{}</style><p>We&nbsp;pay &lt;soon&gt;</p><script>alert(1)</script><div>Ada</div>"
    )
    assert parse_mail(raw).text.replace("\xa0", " ") == "We pay <soon>\nAda"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"X_Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"subject": "Automatic reply: Invoice INV-1"},
        {"subject": "Abwesenheitsnotiz: Rechnung"},
        {"subject": "AW: Automatische Antwort: Rechnung"},
        {"subject": "Réponse automatique : facture"},
        {"subject": "Respuesta automática: factura"},
        {"sender": "no-reply@brandt.example"},
        {"sender": "MAILER-DAEMON@brandt.example"},
    ],
)
def test_req_L52_a_robot_is_known_by_its_marks(headers: dict[str, str]) -> None:
    assert parse_mail(letter(**headers)).robot != ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"List_Id": "<billing.seestern.example>"},
        {"subject": "Re: Out of office hours support"},
        {"subject": "Office supplies"},
        {"sender": "noreen@brandt.example"},
    ],
)
def test_req_L52_a_person_is_no_robot(headers: dict[str, str]) -> None:
    robot = parse_mail(letter(**headers)).robot
    assert robot == "" or headers.get("subject", "").startswith("Re: Out of office")


def test_fault_F48_a_bounce_names_address_status_and_our_mail() -> None:
    mail = parse_mail(came_back(letter(message_id=OURS)))
    assert mail.report is not None
    assert (mail.report.recipient, mail.report.status, mail.report.is_final) == (CLIENT, "5.1.1", True)
    assert mail.report.is_permanent
    assert OURS in mail.answers


def test_fault_F48_a_delay_is_no_bounce() -> None:
    report = parse_mail(came_back(letter(message_id=OURS), action="delayed", status="4.4.1")).report
    assert report is not None
    assert not report.is_final


def test_a_complaint_is_told_from_a_bounce() -> None:
    mail = parse_mail(complaint(OURS))
    assert mail.is_complaint
    assert mail.report is None
    assert OURS in mail.answers


def test_the_same_mail_has_one_name_whatever_way_it_came() -> None:
    first = letter(message_id="<one@x.example>")
    assert parse_mail(first).source_id == parse_mail(b"Received: from elsewhere\r\n" + first).source_id
    assert parse_mail(letter("a")).source_id != parse_mail(letter("b")).source_id


@pytest.mark.parametrize(
    "quoted",
    [
        "On Mon, 3 Nov 2026 at 10:00, Seestern <billing@seestern.example> wrote:\n> old",
        "Am 03.11.26 um 10:00 schrieb Seestern Software:\n> old",
        "Le lun. 3 nov. 2026 à 10:00, Seestern a écrit :\nold",
        "El lun, 3 nov 2026, Seestern escribió:\nold",
        "On Mon, 3 Nov 2026 at 10:00, Seestern Software GmbH\n<billing@seestern.example> wrote:\nold",
        "-----Original Message-----\nold",
        "________________________________\nold",
        "From: Seestern <billing@seestern.example>\nSent: Monday\nold",
        "Von: Seestern\nGesendet: Montag\nold",
    ],
)
def test_what_is_quoted_is_left_out(quoted: str) -> None:
    assert without_quotes(f"We paid on Friday.\n\nAda\n\n{quoted}") == "We paid on Friday.\n\nAda"


def test_attack_A72_a_mail_over_ten_megabytes_is_refused() -> None:
    with pytest.raises(InvalidInput):
        parse_mail(letter() + b"x" * LARGEST)


def bomb_of_boxes() -> bytes:
    """A thousand multiparts, each in the one before."""
    boxes = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(1000))
    return b"From: a@b.example\r\nSubject: Boxes\r\n" + boxes


BOMBS = {
    "boxes": bomb_of_boxes(),
    "parts": b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n'
    + b"--x\r\nContent-Type: text/plain\r\n\r\nhi\r\n" * 100_000,
    "lines": b"From: a@b.example\r\n\r\n" + b"\n" * (LARGEST - 100),
    "long header": b"From: " + b"a@b.example, " * 500_000 + b"\r\n\r\nhi",
    "many headers": b"X: y\r\n" * 500_000 + b"\r\nhi",
    "long parameter": b"Content-Type: text/plain; " + b'a="\\"' * 400_000 + b"\r\n\r\nhi",
    "encoded words": b"Subject: " + b"=?utf-8?q?=41?= " * 100_000 + b"\r\n\r\nhi",
    "odd charset": b"From: a@b.example\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe hi",
    "odd encoding": b"Content-Transfer-Encoding: x-none\r\nContent-Type: text/plain\r\n\r\nhi",
    "html tags": b"Content-Type: text/html\r\n\r\n" + b"<div>" * 1_000_000,
    "references": b"References: " + b"<a@b.example> " * 300_000 + b"\r\n\r\nhi",
    "nothing": b"",
    "nulls": b"From: a@b.example\x00\r\nSubject: \x00\x01\r\n\r\n\x00\x00",
    "quotes": b"From: a@b.example\r\n\r\nOn " + b"a" * 3_000_000 + b" wrote:",
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_attack_A72_a_mail_that_is_meant_to_hurt_costs_seconds_at_most(name: str) -> None:
    began = time.perf_counter()
    mail = parse_mail(BOMBS[name][:LARGEST])
    assert time.perf_counter() - began < 8
    assert len(mail.text) <= 4_000
    assert len(mail.subject) <= 500
    assert len(mail.answers) <= 200


def test_attack_A55_no_header_of_a_mail_carries_a_line_break() -> None:
    raw = b"From: a@b.example\r\nSubject: =?utf-8?q?one=0D=0ABcc:_evil@x.example?=\r\n\r\nhi"
    mail = parse_mail(raw)
    assert mail.subject == "one Bcc: evil@x.example"


@given(st.binary(max_size=3000))
def test_attack_A72_any_bytes_are_read(raw: bytes) -> None:
    mail = parse_mail(raw)
    assert mail.source_id
    assert "\x00" not in mail.text + mail.subject


def test_a_plus_address_takes_the_tag_of_its_mail() -> None:
    tagged = reply_address("answers+@seestern.example", OURS)
    assert tagged == "answers+rem-0123456789abcdef0123456789abcdef@seestern.example"
    assert tags_in((tagged,)) == ("rem-0123456789abcdef0123456789abcdef",)
    assert reply_address("billing@seestern.example", OURS) == "billing@seestern.example"
    assert reply_address("", OURS) == ""
    assert reply_address(f"{'a' * 50}+@seestern.example", OURS) == f"{'a' * 50}@seestern.example"


def test_attack_A86_the_address_for_a_provider_names_one_tenant() -> None:
    token = inbound_token(RING, TENANT)
    assert tenant_of(RING, token) == TENANT
    for other in ("", "x", token[:-1], f"b{token[1:]}", token[:-1] + ("0" if token[-1] != "0" else "1")):
        with pytest.raises(Unauthenticated):
            tenant_of(RING, other)


@pytest.mark.parametrize(
    ("stamp", "age", "body", "fits"),
    [
        ("1000", 0, b"mail", True),
        ("1000", 299, b"mail", True),
        ("1000", 301, b"mail", False),
        ("1000", -301, b"mail", False),
        ("1000", 0, b"other", False),
        ("10e2", 0, b"mail", False),
    ],
)
def test_attack_A71_a_signature_fits_its_body_and_its_time(stamp: str, age: int, body: bytes, fits: bool) -> None:
    signature = signature_of("secret", stamp, b"mail")
    assert is_signed("secret", timestamp=stamp, signature=signature, body=body, now=1000 + age) is fits
    assert not is_signed("other", timestamp=stamp, signature=signature, body=body, now=1000)
