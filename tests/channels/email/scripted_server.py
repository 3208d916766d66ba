"""A mail server that says exactly what a test wrote down, and keeps every line it heard."""

import contextlib
import socket
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

HANG_UP = ""
"""In a script: close the connection instead of an answer."""


class ScriptedServer:
    """Serves one connection a script, in order. Each answer is sent after a line was heard; the first is the greeting.

    After an answer that begins with 354 the body is read up to the lone dot, and counts as one line.
    """

    def __init__(self, *scripts: Sequence[str]) -> None:
        self._scripts = list(scripts)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.heard: list[list[str]] = []
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing alone would leave the thread waiting for a connection.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        for script in self._scripts:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            lines: list[str] = []
            self.heard.append(lines)
            with connection, connection.makefile("rb") as incoming:
                self._converse(connection, incoming, script, lines)

    def _converse(self, connection: socket.socket, incoming: object, script: Sequence[str], lines: list[str]) -> None:
        body = False
        for place, answer in enumerate(script):
            if place and not self._listen(incoming, lines, body=body):
                return
            if answer == HANG_UP:
                return
            connection.sendall(answer.replace("\n", "\r\n").encode() + b"\r\n")
            body = answer.startswith("354")
        while self._listen(incoming, lines, body=False):
            pass

    @staticmethod
    def _listen(incoming: object, lines: list[str], *, body: bool) -> bool:
        heard = b""
        try:
            while line := incoming.readline():  # type: ignore[attr-defined]
                heard += line
                if not body or line == b".\r\n":
                    break
        except OSError:
            return False
        if heard:
            lines.append(heard.decode())
        return bool(heard)
