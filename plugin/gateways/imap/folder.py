"""A folder of a mailbox over IMAP4rev1 (RFC 3501), opened read-only: nothing is marked, moved or deleted."""

import imaplib
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import date
from typing import cast
from urllib.parse import unquote, urlsplit

from plugin.domain.errors import InvalidInput, Permanent, Transient
from plugin.services.inbound.folder import FolderMail
from plugin.services.inbound.parse import LARGEST

SECONDS = 30
MOST_AT_ONCE = 200
PORTS = {"imaps": 993, "imap": 143}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class ImapFolder:
    """One connection, made at the first question. ``production`` refuses plain text and addresses inside our network.

    ``url``: ``imaps://user:password@host[:port]``; ``imap://`` is for tests. Transient where the server is away or
    ends the conversation, Permanent where it refuses the login or the folder.
    """

    def __init__(self, url: str, folder: str, *, production: bool) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or not parts.username or parts.password is None:
            raise InvalidInput("Write the mailbox as imaps://user:password@host.", field="imap_url")
        if production and parts.scheme != "imaps":
            raise InvalidInput("The mailbox must be reached by imaps://, so that nobody reads along.", field="imap_url")
        self._host, self._port = parts.hostname, parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username), unquote(parts.password)
        self._is_encrypted = parts.scheme == "imaps"
        self._folder, self._production = folder, production
        self._connection: imaplib.IMAP4 | None = None

    def validity(self) -> int:
        """The folder's UIDVALIDITY."""
        kind, data = self._open().response("UIDVALIDITY")
        told = data[0] if kind == "UIDVALIDITY" and data else None
        return int(told) if isinstance(told, bytes) and told.isdigit() else 0

    def newer_than(self, uid: int) -> Iterator[FolderMail]:
        """Mails with a higher number; ``n:*`` always names the last one too, so numbers are looked at again."""
        yield from self._fetched([found for found in self._search("UID", f"{uid + 1}:*") if found > uid])

    def since(self, day: date) -> Iterator[FolderMail]:
        """Mails that came on a day or later."""
        yield from self._fetched(self._search("SINCE", f"{day.day}-{MONTHS[day.month - 1]}-{day.year}"))

    def close(self) -> None:
        """Says goodbye."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.logout()
            except (OSError, imaplib.IMAP4.error):
                connection.shutdown()

    def _fetched(self, uids: list[int]) -> Iterator[FolderMail]:
        for uid in sorted(uids)[:MOST_AT_ONCE]:
            part = "BODY.PEEK[]" if self._size(uid) <= LARGEST else "BODY.PEEK[HEADER]"
            raw = next((item[1] for item in self._uid("FETCH", str(uid), f"({part})") if isinstance(item, tuple)), None)
            if raw is not None:
                yield FolderMail(uid=uid, raw=raw)

    def _size(self, uid: int) -> int:
        for item in self._uid("FETCH", str(uid), "(RFC822.SIZE)"):
            found = SIZE.search(item[0] if isinstance(item, tuple) else item or b"")
            if found:
                return int(found[1])
        return LARGEST + 1

    def _search(self, *criteria: str) -> list[int]:
        told = self._uid("SEARCH", *criteria)
        numbers = told[0] if told and isinstance(told[0], bytes) else b""
        return [int(number) for number in numbers.split() if number.isdigit()]

    def _uid(self, command: str, *arguments: str) -> list[bytes | tuple[bytes, bytes] | None]:
        try:
            kind, data = self._open().uid(command, *arguments)
        except (OSError, imaplib.IMAP4.abort) as problem:
            raise _away(problem) from None
        except imaplib.IMAP4.error as problem:
            raise Permanent(f"The mailbox does not answer {command}: {str(problem)[:200]}") from None
        if kind != "OK":
            raise Transient(f"The mailbox refused {command}; it is asked again later.")
        return cast("list[bytes | tuple[bytes, bytes] | None]", data)

    def _open(self) -> imaplib.IMAP4:
        if self._connection is None:
            self._connection = self._connected()
            self._enter(self._connection)
        return self._connection

    def _connected(self) -> imaplib.IMAP4:
        try:
            address = _checked_address(self._host, self._port, production=self._production)
            if self._is_encrypted:
                return _Pinned(self._host, self._port, address, ssl.create_default_context())
            return _Bounded(address, self._port, timeout=SECONDS)
        except ssl.SSLCertVerificationError as problem:
            raise Permanent(f"The mailbox's certificate is not trusted: {problem.verify_message}") from None
        except ssl.SSLError as problem:
            if problem.reason == "WRONG_VERSION_NUMBER":
                raise Permanent(f"{self._host} does not speak TLS at port {self._port}; IMAP's is 993.") from None
            raise _away(problem) from None
        except (OSError, imaplib.IMAP4.error) as problem:
            raise _away(problem) from None

    def _enter(self, connection: imaplib.IMAP4) -> None:
        try:
            connection.login(self._user, self._password)
            kind, _ = connection.select(_quoted(self._folder), readonly=True)
        except (OSError, imaplib.IMAP4.abort) as problem:
            self.close()
            raise _away(problem) from None
        except imaplib.IMAP4.error:
            self.close()
            raise Permanent("The mailbox refused user or password; correct them in the mail settings.") from None
        if kind != "OK":
            self.close()
            raise Permanent(f"The mailbox has no folder {self._folder[:80]!r}; correct it in the mail settings.")


class _Bounded(imaplib.IMAP4):
    """Refuses to read more in one piece than any mail has that we ask for, whatever the server announces."""

    def read(self, size: int) -> bytes:
        """As the library's, up to a bound."""
        if size > LARGEST + LARGEST // 10:
            raise self.abort(f"the server announced {size} bytes")
        return super().read(size)


class _Pinned(_Bounded, imaplib.IMAP4_SSL):
    """Connects to the address that was checked, under the name that the certificate must bear."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext) -> None:
        self._address = address
        super().__init__(host, port, ssl_context=context, timeout=SECONDS)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        plain = socket.create_connection((self._address, self.port), timeout)
        context: ssl.SSLContext = self.ssl_context
        return context.wrap_socket(plain, server_hostname=self.host)


def _checked_address(host: str, port: int, *, production: bool) -> str:
    """The first address of a host; in production none of our own network (A59)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if production and not all(ipaddress.ip_address(address).is_global for address in addresses):
        raise Permanent(f"The mailbox's host {host} lies inside a private network; it is not asked.")
    return addresses[0]


def _quoted(name: str) -> str:
    """A folder's name as a quoted string."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _away(problem: Exception) -> Transient:
    return Transient(f"The mailbox cannot be reached ({type(problem).__name__}); it is asked again later.")
