"""Ends a stage of the dialogue that takes too long. A socket's own time-out starts anew with each byte (F42)."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def watchdog(connection: Callable[[], socket.socket | None], *, seconds: float) -> Iterator[None]:
    """Shuts the connection of then after ``seconds``, so that whoever reads or writes there fails at once."""
    timer = threading.Timer(seconds, _shut, args=(connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(connection: Callable[[], socket.socket | None]) -> None:
    found = connection()
    if found is not None:
        with contextlib.suppress(OSError):
            found.shutdown(socket.SHUT_RDWR)
