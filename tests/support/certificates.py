"""An authority of a test's own, and the certificates it gives; nobody else trusts it."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from plugin.clock import machine_now

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """``file`` is its certificate in PEM, for ``SSL_CERT_FILE`` of those who trust it."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    name: x509.Name

    @classmethod
    def in_folder(cls, folder: Path, name: str = "Authority of a test") -> "Authority":
        """A new one, which signs itself."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = cls(folder, ec.generate_private_key(ec.SECP256R1()), subject)
        builder = made._certificate(subject, made.key.public_key(), ends_in=DAY)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_signs_certificates(), critical=True)
        made.file.write_bytes(_pem(builder.sign(made.key, hashes.SHA256())))
        return made

    @property
    def file(self) -> Path:
        return self.folder / "authority.pem"

    def server(self, address: str = "127.0.0.1", *, ends_in: timedelta = DAY) -> Path:
        """A key and a certificate for an address, in one file."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
        issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        named = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        builder = self._certificate(subject, key.public_key(), ends_in=ends_in).add_extension(named, critical=False)
        builder = builder.add_extension(issued_by, critical=False)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = self.folder / f"{address}-{ends_in.total_seconds():.0f}.pem"
        path.write_bytes(private + _pem(builder.sign(self.key, hashes.SHA256())))
        return path

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, ends_in: timedelta
    ) -> x509.CertificateBuilder:
        now = machine_now()
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * DAY)
            .not_valid_after(now + ends_in)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _signs_certificates() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
