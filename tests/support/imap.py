"""A mailbox that speaks as much IMAP4rev1 as a reader needs, over a real socket; who tries to change it is noted."""

import re
import socket
import socketserver
import ssl
import threading
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LOGIN = re.compile(rb'LOGIN "?([^" ]*)"? "((?:[^"\\]|\\.)*)"')


class _Conversation(socketserver.StreamRequestHandler):
    """One connection, a line at a time."""

    box: "PretendImap"

    def handle(self) -> None:
        self.wfile.write(b"* OK IMAP4rev1 pretend\r\n")
        while line := self.rfile.readline():
            tag, _, command = line.rstrip(b"\r\n").partition(b" ")
            self.box.heard.append(command)
            for answer in self.box.answers(command):
                self.wfile.write(answer + b"\r\n")
            self.wfile.write(tag + b" " + self.box.ending(command) + b"\r\n")
            if command.upper() == b"LOGOUT":
                return


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    encryption: ssl.SSLContext | None = None

    def get_request(self) -> tuple[socket.socket, object]:
        plain, address = super().get_request()
        if self.encryption is None:
            return plain, address
        try:
            return self.encryption.wrap_socket(plain, server_side=True), address
        except OSError:
            # Who does not trust the certificate hangs up amid the greeting.
            plain.close()
            raise


class PretendImap:
    """A context manager on a free port of this machine. ``fetched`` are the numbers of the mails that were read.

    With a ``certificate`` (key and certificate in one file) it speaks TLS from the first byte. ``heard`` are the
    commands that reached it, the login included.
    """

    def __init__(self, *, user: str, password: str, certificate: Path | None = None) -> None:
        self._login = (user.encode(), password.encode())
        self._mails: dict[int, tuple[date, bytes]] = {}
        self.validity = 7
        self.fetched: list[int] = []
        self.changed: list[bytes] = []
        self.heard: list[bytes] = []
        handler = type("Handler", (_Conversation,), {"box": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        if certificate is not None:
            self._server.encryption = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._server.encryption.load_cert_chain(certificate)
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, raw: bytes, *, on: date) -> None:
        """A mail comes in."""
        self._mails[len(self._mails) + 1] = (on, raw)

    def renumber(self) -> None:
        """The server forgets its numbers, as after a move to another machine."""
        self.validity += 1
        self._mails = {number + 100: mail for number, mail in self._mails.items()}

    def answers(self, command: bytes) -> list[bytes]:
        """The untagged lines of an answer."""
        words = command.upper()
        if words.startswith(b"CAPABILITY"):
            return [b"* CAPABILITY IMAP4rev1"]
        if words.startswith(b"EXAMINE"):
            return [b"* %d EXISTS" % len(self._mails), b"* OK [UIDVALIDITY %d] UIDs valid" % self.validity]
        if words.startswith(b"UID SEARCH"):
            return [b"* SEARCH " + b" ".join(str(number).encode() for number in self._found(words))]
        if words.startswith(b"UID FETCH"):
            return self._fetch(words)
        if words.startswith((b"SELECT", b"UID STORE", b"STORE", b"EXPUNGE", b"UID COPY", b"UID MOVE", b"APPEND")):
            self.changed.append(command)
        return []

    def ending(self, command: bytes) -> bytes:
        """The tagged line of an answer."""
        if command.upper().startswith(b"LOGIN"):
            found = LOGIN.match(command)
            given = (found[1], re.sub(rb"\\(.)", rb"\1", found[2])) if found else None
            return b"OK logged in" if given == self._login else b"NO wrong"
        return b"OK done"

    def _found(self, words: bytes) -> list[int]:
        since = re.search(rb"SINCE (\d+)-(\w{3})-(\d{4})", words)
        if since:
            month = MONTHS.index(since[2].decode().capitalize()) + 1
            day = date(int(since[3]), month, int(since[1]))
            return [number for number, (on, _) in self._mails.items() if on >= day]
        first = int(words.split(b"UID ")[-1].split(b":")[0])
        # ``n:*`` always names the last one too.
        last = max(self._mails, default=0)
        return [number for number in self._mails if number >= first or number == last]

    def _fetch(self, words: bytes) -> list[bytes]:
        number = int(words.split()[2])
        if number not in self._mails:
            return []
        raw = self._mails[number][1]
        if b"RFC822.SIZE" in words:
            return [b"* 1 FETCH (UID %d RFC822.SIZE %d)" % (number, len(raw))]
        self.fetched.append(number)
        body = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if b"[HEADER]" in words else raw
        return [b"* 1 FETCH (UID %d BODY[] {%d}\r\n%s)" % (number, len(body), body)]
