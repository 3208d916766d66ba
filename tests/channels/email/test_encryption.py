"""STARTTLS and TLS against a real server: a certificate that nobody vouches for gets no mail."""

import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from plugin.channels.email.smtp import SmtpChannel, SmtpTimeouts
from plugin.clock import machine_now, monotonic
from plugin.embedded import free_port
from plugin.environment import SmtpSecurity, SmtpServer
from plugin.services.effects.mail_channel import Envelope, MailDeferred, MailLoginRefused

MAIL = Envelope(sender="a@fernwood.example", recipient="b@acme.example", body=b"Subject: Hi\r\n\r\nHi\r\n")


class Box(Message):
    """Keeps how each mail came."""

    def __init__(self) -> None:
        super().__init__()
        self.subjects: list[str] = []

    def handle_message(self, message: object) -> None:
        self.subjects.append(str(message["Subject"]))  # type: ignore[index]


class EncryptedController(Controller):
    """Its own probe would need to trust the certificate."""

    def _trigger_server(self) -> None:
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection(("127.0.0.1", self.port)) as plain,
            trusting.wrap_socket(plain) as encrypted,
        ):
            encrypted.recv(1024)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = machine_now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(params=[SmtpSecurity.STARTTLS, SmtpSecurity.TLS])
def served(request: pytest.FixtureRequest, certificate: Path) -> Iterator[tuple[SmtpServer, Box]]:
    """A server with that certificate, spoken to in either way."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    box, port = Box(), free_port()
    if request.param is SmtpSecurity.TLS:
        controller: Controller = EncryptedController(box, hostname="127.0.0.1", port=port, ssl_context=context)
    else:
        controller = Controller(box, hostname="127.0.0.1", port=port, tls_context=context)
    controller.start()
    yield SmtpServer(host="127.0.0.1", port=port, security=request.param), box
    controller.stop()


def test_mail_leaves_encrypted_where_the_certificate_is_vouched_for(
    served: tuple[SmtpServer, Box], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, box = served
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    way = SmtpChannel(server, SmtpTimeouts(), monotonic=monotonic)
    reply = way.send(MAIL, gate=lambda: True)
    way.close()
    assert reply is not None
    assert (reply.code, box.subjects) == (250, ["Hi"])


def test_attack_a_stranger_with_a_certificate_of_their_own_gets_nothing(served: tuple[SmtpServer, Box]) -> None:
    server, box = served
    way = SmtpChannel(server, SmtpTimeouts(), monotonic=monotonic)
    with pytest.raises(MailDeferred, match="SSLCertVerificationError"):
        way.send(MAIL, gate=lambda: True)
    way.close()
    assert box.subjects == []


def test_attack_a_server_that_stops_offering_encryption_gets_nothing() -> None:
    box, port = Box(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    way = SmtpChannel(
        SmtpServer(host="127.0.0.1", port=port, security=SmtpSecurity.STARTTLS), SmtpTimeouts(), monotonic=monotonic
    )
    with pytest.raises(MailLoginRefused, match="no encryption"):
        way.send(MAIL, gate=lambda: True)
    way.close()
    controller.stop()
    assert box.subjects == []
