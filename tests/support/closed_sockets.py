"""No sockets in unit tests; servers of the session, whose threads are older than the test, may still answer."""

import socket
import threading
from typing import Any, Self


def spare_older_threads() -> None:
    """Lets the threads that run already accept connections, where sockets have just been closed for a test.

    A browser of an earlier test may come back a moment late, to a server that lives as long as the session.
    """
    closed = socket.socket
    is_closed = closed.__module__ != "socket"
    older = {thread.ident for thread in threading.enumerate()} - {threading.get_ident()}
    if not is_closed or not older:
        return
    real = next(each for each in closed.__mro__ if each.__module__ == "socket")

    class ClosedToThisTest(closed):  # type: ignore[misc, valid-type]
        def __new__(cls, *args: Any, **words: Any) -> Self:
            made: Self = (real if threading.get_ident() in older else closed).__new__(cls, *args, **words)
            return made

    socket.socket = ClosedToThisTest  # type: ignore[misc]
