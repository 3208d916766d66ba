"""Serves a Flask app on loopback in a thread, with connections kept alive and closed at the end."""

import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def closing(app: "WSGIApplication") -> "WSGIApplication":
    """Closes each body whatever happens: where a client hangs up at the wrong moment Werkzeug forgets to."""

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterator[bytes]:
        body = app(environ, start_response)
        try:
            yield from body
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()

    return serve


class _QuietHandler(WSGIRequestHandler):
    """HTTP/1.1 without Nagle's delay, and without a line of log per request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The pretend world keeps a record of its own."""


class _Server(ThreadedWSGIServer):
    def __init__(self, host: str, port: int, app: Flask) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(host, port, closing(app), handler=_QuietHandler)

    def process_request(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request) -> None:  # type: ignore[no-untyped-def]
        super().shutdown_request(request)
        self._open.discard(request)

    def hang_up(self) -> None:
        """Closes what clients keep open."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class LoopbackServer:
    """``port`` 0 takes a free one. Begins to listen when made, to answer when started."""

    def __init__(self, app: Flask, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._server = _Server(host, port, app)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        return self._server.port

    def serve(self, app: Flask) -> None:
        """Answers by another app from now on; for one that must know the port before it can be made."""
        self._server.app = closing(app)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and every open connection."""
        self._server.shutdown()
        self._server.hang_up()
        self._thread.join(timeout=5)
        self._server.server_close()
