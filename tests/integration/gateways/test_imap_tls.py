"""The mailbox over TLS, against a real socket: who cannot show a certificate for its name hears no password."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import pytest

from plugin.domain.errors import Permanent
from plugin.gateways.imap.folder import ImapFolder
from tests.support.certificates import Authority
from tests.support.imap import PretendImap

DAY = date(2026, 9, 18)
MAIL = b"From: ann@acme.example\r\nSubject: Re: INV-1\r\n\r\nWe pay on Friday.\r\n"
Serve = Callable[[Path | None], PretendImap]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.in_folder(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> "Serve":
    """Starts mailboxes; this process trusts the authority and nobody else."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    monkeypatch.setenv("SSL_CERT_DIR", str(authority.folder / "none"))

    def start(certificate: Path | None) -> PretendImap:
        return PretendImap(user="billing", password="hunter2", certificate=certificate)

    return start


def folder_of(box: PretendImap, *, scheme: str = "imaps") -> ImapFolder:
    return ImapFolder(f"{scheme}://billing:hunter2@127.0.0.1:{box.port}", "INBOX", production=False)


def refused(box: PretendImap, *, saying: str) -> None:
    folder = folder_of(box)
    with pytest.raises(Permanent, match=saying):
        folder.validity()
    folder.close()
    assert not any(b"hunter2" in line or b"LOGIN" in line.upper() for line in box.heard)


def test_mails_are_read_where_the_authority_vouches_for_the_server(serve: Serve, authority: Authority) -> None:
    with ExitStack() as ends:
        box = ends.enter_context(serve(authority.server()))
        box.put(MAIL, on=DAY)
        folder = folder_of(box)
        ends.callback(folder.close)
        assert folder.validity() == 7
        assert [mail.raw for mail in folder.since(DAY)] == [MAIL]
    assert box.heard[0].startswith(b"CAPABILITY")
    assert box.changed == []


def test_attack_A60_a_certificate_that_nobody_vouches_for_gets_no_password(serve: Serve, tmp_path: Path) -> None:
    stranger = Authority.in_folder(tmp_path, "Somebody else")
    with serve(stranger.server()) as box:
        refused(box, saying="certificate is not trusted: unable to get local issuer")


def test_attack_A60_a_certificate_for_another_name_gets_no_password(serve: Serve, authority: Authority) -> None:
    with serve(authority.server("127.0.0.2")) as box:
        refused(box, saying="certificate is not trusted: IP address mismatch")


def test_attack_A60_a_certificate_that_has_ended_gets_no_password(serve: Serve, authority: Authority) -> None:
    with serve(authority.server(ends_in=-timedelta(days=1))) as box:
        refused(box, saying="certificate is not trusted: certificate has expired")


def test_attack_A60_a_server_that_speaks_no_tls_gets_no_password(serve: Serve) -> None:
    with serve(None) as box:
        refused(box, saying="does not speak TLS at port")
