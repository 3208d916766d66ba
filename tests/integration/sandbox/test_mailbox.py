"""The mailbox over real SMTP: what it keeps, what goes wrong on demand, what it tells."""

import gc
import smtplib
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from functools import cache

import pytest
import requests

from sandbox import FrozenWorldClock, Mailbox, MailFault, PretendJira
from sandbox.jira.keys import KeyRing
from tests.integration.sandbox.conftest import NOW

MESSAGE_ID = "<rem-1@app.example>"
PDF = b"%PDF-1.4 not really"


@pytest.fixture
def box(clock: FrozenWorldClock) -> Iterator[Mailbox]:
    with Mailbox(clock=clock) as box:
        yield box


@cache
def mail(message_id: str = MESSAGE_ID) -> bytes:
    message = EmailMessage()
    message["From"] = "Heron <billing@heron.example>"
    message["To"] = "client@client.example"
    message["Subject"] = "Zahlungserinnerung für Mai"
    message["Message-ID"] = message_id
    message["X-Effect-ID"] = "effect-7"
    message.set_content("Guten Tag\n.ein Punkt am Anfang\n")
    message.add_alternative("<p>Guten Tag</p>", subtype="html")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="Rechnung 7.pdf")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def test_a_client_that_does_not_listen_leaves_no_connection_open(clock: FrozenWorldClock) -> None:
    with socket.socket() as client, Mailbox(clock=clock) as box:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(1)
        client.connect(("127.0.0.1", box.port))
        with suppress(TimeoutError):
            while True:
                client.sendall(b"HELP\r\n" * 1000)
    gc.collect()


def test_a_client_that_has_just_come_leaves_no_connection_open(clock: FrozenWorldClock) -> None:
    for _ in range(20):
        with socket.socket() as client, Mailbox(clock=clock) as box:
            client.connect(("127.0.0.1", box.port))
    gc.collect()


def send(
    box: Mailbox, *, recipient: str = "client@client.example", raw: bytes | None = None, patience: float = 10
) -> tuple[int, bytes]:
    """The reply to the last command that was tried."""
    smtp = smtplib.SMTP("127.0.0.1", box.port, timeout=patience)
    try:
        smtp.ehlo()
        smtp.mail("billing@heron.example")
        code, text = smtp.rcpt(recipient)
        return (code, text) if code >= 400 else smtp.data(raw or mail())
    finally:
        smtp.close()


def test_a_mail_is_kept_byte_for_byte_at_world_time(box: Mailbox, clock: FrozenWorldClock) -> None:
    clock.advance(timedelta(days=40))
    assert send(box)[0] == 250
    kept = box.mails[0]
    assert kept.raw == mail()
    assert (kept.sender, kept.recipients) == ("billing@heron.example", ("client@client.example",))
    assert kept.received_at == NOW + timedelta(days=40)
    assert (kept.message_id, kept.subject) == (MESSAGE_ID, "Zahlungserinnerung für Mai")
    assert (kept.text.splitlines()[1], kept.html.strip()) == (".ein Punkt am Anfang", "<p>Guten Tag</p>")
    assert [(each.name, each.content) for each in kept.attachments] == [("Rechnung 7.pdf", PDF)]


def test_a_mail_is_found_by_its_message_id(box: Mailbox) -> None:
    send(box)
    send(box, raw=mail("<rem-2@app.example>"))
    assert len(box.find(MESSAGE_ID)) == len(box.find("rem-1@app.example")) == 1
    assert box.find("<rem-3@app.example>") == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [(MailFault.rcpt(450), 450), (MailFault.rcpt(550), 550), (MailFault.data(552), 552), (MailFault.data(451), 451)],
)
def test_a_refusal_keeps_nothing_and_strikes_once(box: Mailbox, fault: MailFault, code: int) -> None:
    box.add_fault(fault)
    assert send(box)[0] == code
    assert box.mails == []
    assert send(box)[0] == 250


def test_one_address_of_several_can_be_refused(box: Mailbox) -> None:
    box.add_fault(MailFault.rcpt(550, address="gone@client.example"), times=None)
    assert send(box, recipient="gone@client.example")[0] == 550
    assert send(box, recipient="here@client.example")[0] == 250
    assert send(box, recipient="gone@client.example")[0] == 550


def test_a_refused_greeting(box: Mailbox) -> None:
    box.add_fault(MailFault.greeting(421))
    with pytest.raises(smtplib.SMTPConnectError) as refused:
        send(box)
    assert refused.value.smtp_code == 421
    assert send(box)[0] == 250


def test_a_closed_port_refuses_and_opens_again_on_the_same_number(box: Mailbox) -> None:
    port = box.port
    box.add_fault(MailFault.refuse())
    with pytest.raises(ConnectionRefusedError):
        send(box)
    box.clear_faults()
    assert box.port == port
    assert send(box)[0] == 250


def test_a_drop_after_354_keeps_nothing(box: Mailbox) -> None:
    box.add_fault(MailFault.drop_after_354())
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(box)
    assert box.mails == []


@pytest.mark.parametrize(
    ("fault", "kept"),
    [(MailFault.drop_after_dot_kept(), 1), (MailFault.drop_after_dot_lost(), 0)],
    ids=["kept", "lost"],
)
def test_fault_F44_a_drop_after_the_dot(box: Mailbox, fault: MailFault, kept: int) -> None:
    box.add_fault(fault)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(box)
    assert len(box.mails) == kept


def test_a_late_250_comes_after_the_mail_is_kept(box: Mailbox) -> None:
    box.add_fault(MailFault.delay(30))
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(box, patience=0.5)
    assert len(box.mails) == 1


def test_a_tarpit_greets_byte_by_byte(box: Mailbox) -> None:
    box.add_fault(MailFault.tarpit(0.01))
    assert send(box)[0] == 250


def test_noise_after_and_instead_of_the_reply(box: Mailbox) -> None:
    box.add_fault(MailFault.noise_after_250())
    assert send(box)[0] == 250
    box.add_fault(MailFault.noise_instead())
    assert send(box)[0] == -1
    assert len(box.mails) == 2


def login(box: Mailbox, password: str) -> int:
    smtp = smtplib.SMTP("127.0.0.1", box.port, timeout=10)
    try:
        return smtp.login("dunlin", password)[0]
    except smtplib.SMTPAuthenticationError as refused:
        return refused.smtp_code
    finally:
        smtp.close()


def test_a_login_is_checked(clock: FrozenWorldClock) -> None:
    with Mailbox(clock=clock, login=("dunlin", "right")) as box:
        assert box.smtp_url == f"smtp://dunlin:right@127.0.0.1:{box.port}"
        assert login(box, "wrong") == 535
        box.add_fault(MailFault.auth(535), times=3)
        assert login(box, "right") == 535
        box.clear_faults()
        assert login(box, "right") == 235


def test_a_mail_over_the_limit_is_refused_and_the_limit_is_told(clock: FrozenWorldClock) -> None:
    with Mailbox(clock=clock, size_limit=500) as box:
        with smtplib.SMTP("127.0.0.1", box.port, timeout=10) as smtp:
            smtp.ehlo()
            assert smtp.esmtp_features["size"] == "500"
        assert send(box)[0] == 552
        assert box.mails == []


@pytest.fixture
def jira(clock: FrozenWorldClock, keys: KeyRing, box: Mailbox) -> Iterator[PretendJira]:
    with PretendJira(clock=clock, keys=keys, mailbox=box) as jira:
        jira.add_person("Alice", admin=True)
        yield jira


def test_the_evidence_over_http(jira: PretendJira, box: Mailbox) -> None:
    send(box)
    address = f"{jira.base_url}/mailbox/api/messages"
    found = requests.get(address, params={"message_id": MESSAGE_ID}, timeout=10).json()
    assert found["count"] == 1
    assert found["messages"][0]["effect_id"] == "effect-7"
    assert found["messages"][0]["attachments"] == [
        {"name": "Rechnung 7.pdf", "type": "application/pdf", "size": len(PDF)}
    ]
    assert requests.get(address, params={"message_id": "other"}, timeout=10).json() == {"count": 0, "messages": []}
    assert requests.get(address, params={"recipient": "client@client.example"}, timeout=10).json()["count"] == 1
    box.evidence = False
    assert requests.get(address, timeout=10).status_code == 503


def test_the_parts_of_a_mail_over_http(jira: PretendJira, box: Mailbox) -> None:
    send(box)
    base = f"{jira.base_url}/mailbox/1"
    assert requests.get(f"{base}/raw", timeout=10).content == mail()
    html = requests.get(f"{base}/html", timeout=10)
    assert "sandbox" in html.headers["Content-Security-Policy"]
    attachment = requests.get(f"{base}/attachments/0", timeout=10)
    assert (attachment.content, attachment.headers["Content-Type"]) == (PDF, "application/pdf")
    assert requests.get(f"{base}/attachments/1", timeout=10).status_code == 404
    assert requests.delete(f"{jira.base_url}/mailbox/api/messages", timeout=10).status_code == 204
    assert requests.get(f"{base}/raw", timeout=10).status_code == 404


def test_the_preview_is_a_picture_of_the_page(jira: PretendJira, box: Mailbox) -> None:
    message = EmailMessage()
    message.set_content("See the file")
    message.add_attachment(one_page_pdf(), maintype="application", subtype="pdf", filename="one.pdf")
    message.add_attachment(b"x", maintype="text", subtype="csv", filename="two.csv")
    send(box, raw=message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
    base = f"{jira.base_url}/mailbox/1/attachments"
    picture = requests.get(f"{base}/0/preview.png?page=1", timeout=10)
    assert picture.content.startswith(b"\x89PNG")
    assert requests.get(f"{base}/1/preview.png", timeout=10).status_code == 404


def one_page_pdf() -> bytes:
    from io import BytesIO

    import pikepdf

    written = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(written)
    return written.getvalue()
