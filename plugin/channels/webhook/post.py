"""One POST to an address that was looked up and allowed before: no redirects, no proxies, limits of size and time."""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from plugin.domain.errors import Transient
from plugin.services.effects.step_channel import StepInDoubt

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 20.0
MOST_BYTES = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What came back: the status, ``Retry-After`` in seconds if it was a number, and the first kilobyte."""

    status: int
    retry_after: float | None
    text: str


class _ToAddress(http.client.HTTPConnection):
    """Speaks to one address, whatever the name of the host means by now; over TLS the name is what is checked."""

    def __init__(self, host: str, port: int, *, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self._address = address
        self._context = context

    def connect(self) -> None:
        """Connects to the address, and encrypts where the scheme asks for it."""
        plain = socket.create_connection((self._address, self.port), CONNECT_SECONDS)
        self.sock = plain
        if self._context is not None:
            self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


def post(url: str, body: bytes, *, headers: Mapping[str, str], address: str) -> Answered:
    """Sends the body. Raises Transient where nothing was sent, StepInDoubt where no answer came to what was sent."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    context = ssl.create_default_context() if is_tls else None
    connection = _ToAddress(parts.hostname or "", port, address=address, context=context)
    with contextlib.closing(connection), _deadline(connection):
        try:
            connection.connect()
        except (OSError, ssl.SSLError) as problem:
            raise Transient(f"The webhook's host cannot be reached ({type(problem).__name__}).") from problem
        try:
            connection.request("POST", path, body, dict(headers))
            response = connection.getresponse()
            text = response.read(MOST_BYTES)
        except (OSError, http.client.HTTPException) as problem:
            raise StepInDoubt(f"The webhook's host did not answer ({type(problem).__name__}).") from problem
    after = response.headers.get("Retry-After", "")
    seconds = min(float(after), 3_600.0) if after.isascii() and after.isdigit() else None
    return Answered(status=response.status, retry_after=seconds, text=text.decode("utf-8", "replace"))


@contextlib.contextmanager
def _deadline(connection: _ToAddress) -> Iterator[None]:
    """Hangs up when the whole call has taken too long, however slowly the other side speaks."""

    def hang_up() -> None:
        if connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(WHOLE_SECONDS, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
