"""DKIM: receivers accept the signature, the same mail gets the same bytes, and nothing that matters can be changed."""

import base64
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plugin.channels.email.mime import compose
from plugin.channels.email.signing import new_private_key, sign
from plugin.domain.errors import Permanent
from plugin.services.effects.mail_channel import Attachment, MailParts
from plugin.services.effects.mail_route import DkimKey

AT = datetime(2026, 11, 4, 9, tzinfo=UTC)
PEM = new_private_key()
KEY = DkimKey(domain="fernwood.example", selector="dunlin1", private_pem=PEM)


def mail(reply_to: str = "answers@fernwood.example") -> bytes:
    parts = MailParts(
        from_name="Fernwood Ä",
        from_address="billing@fernwood.example",
        reply_to=reply_to,
        recipient="pay@acme.example",
        subject="Rechnung für März",
        text="Bitte zahlen.\n\n.\nGrüße",
        html="<p>Bitte zahlen.</p>",
        attachments=(Attachment(file_name="INV-1.pdf", media_type="application/pdf", content=b"%PDF" * 5000),),
        in_reply_to="<first@fernwood.example>",
    )
    return compose(parts, message_id="<rem-1@dunlin.example>", effect_id="e1", date=AT)


def published(name: bytes, timeout: int = 5) -> bytes:
    assert name == b"dunlin1._domainkey.fernwood.example."
    private = serialization.load_pem_private_key(PEM.encode(), password=None)
    der = private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)


def test_receivers_accept_the_signature_and_it_is_relaxed() -> None:
    signed = sign(mail(), KEY, at=AT)
    assert signed.startswith(b"DKIM-Signature: ")
    assert signed.endswith(mail())
    assert b"c=relaxed/relaxed; d=fernwood.example" in signed
    assert dkim.verify(signed, dnsfunc=published)


def test_the_same_mail_gets_the_same_bytes_whatever_the_clock_says() -> None:
    assert sign(mail(), KEY, at=AT) == sign(mail(), KEY, at=AT)
    assert f"t={int(AT.timestamp())}".encode() in sign(mail(), KEY, at=AT)


@pytest.mark.parametrize("header", ["From", "To", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To"])
def test_attack_a_changed_header_breaks_it(header: str) -> None:
    signed = sign(mail(), KEY, at=AT)
    line = next(line for line in signed.split(b"\r\n") if line.lower().startswith(f"{header.lower()}:".encode()))
    assert not dkim.verify(signed.replace(line, f"{header}: other@evil.example".encode(), 1), dnsfunc=published)


def test_attack_a_second_from_breaks_it() -> None:
    assert not dkim.verify(b"From: eve@evil.example\r\n" + sign(mail(), KEY, at=AT), dnsfunc=published)


def test_attack_a_changed_body_breaks_it() -> None:
    signed = sign(mail(), KEY, at=AT)
    assert not dkim.verify(signed.replace(b"INV-1.pdf", b"INV-2.pdf"), dnsfunc=published)


def test_a_mail_without_a_reply_to_is_signed_without_it() -> None:
    signed = sign(mail(reply_to=""), KEY, at=AT)
    assert dkim.verify(signed, dnsfunc=published)


def test_a_broken_key_is_told_in_a_sentence() -> None:
    with pytest.raises(Permanent, match="DKIM key"):
        sign(mail(), DkimKey(domain="fernwood.example", selector="s", private_pem="-----BEGIN"), at=AT)


def test_a_key_that_is_no_rsa_key_is_told_in_a_sentence() -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(Permanent, match="DKIM key"):
        sign(mail(), DkimKey(domain="fernwood.example", selector="s", private_pem=pem.decode()), at=AT)
