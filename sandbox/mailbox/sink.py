"""The mailbox: an SMTP server in a thread that keeps what it accepts."""

import asyncio
import errno
import socket
import threading
from types import TracebackType
from typing import Self
from weakref import WeakSet

from aiosmtpd.controller import Controller

from sandbox.clock import MachineClock, WorldClock
from sandbox.mailbox.faults import MailFault, MailFaults
from sandbox.mailbox.mail import Mail
from sandbox.mailbox.protocol import Conversation, Handler

LARGEST_MAIL = 32 * 1024 * 1024
TRIES = 5
TURNS_TO_BEGIN = 5


class _Controller(Controller):
    def __init__(self, box: "Mailbox", handler: Handler, *, host: str, port: int) -> None:
        self._box = box
        self._conversations: WeakSet[Conversation] = WeakSet()
        super().__init__(handler, hostname=host, port=port, ready_timeout=10)

    def factory(self) -> Conversation:
        login = {"authenticator": self.handler.authenticate, "auth_require_tls": False} if self._box.login else {}
        conversation = Conversation(
            self.handler, hostname="mailbox.pretend", ident="sandbox", data_size_limit=self._box.size_limit, **login
        )
        conversation.faults = self._box.faults
        self._conversations.add(conversation)
        return conversation

    def hang_up(self) -> None:
        """Before it stops: aiosmtpd leaves the sockets of conversations that are still under way, or begin, open."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(timeout=10)

    async def _hang_up(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        # Nobody else is let in. Whoever just was has a connection some turns later, unless the server is closed then.
        for listening in self.server.sockets:
            self.loop.remove_reader(listening.fileno())
        for _ in range(TURNS_TO_BEGIN):
            await asyncio.sleep(0)
        while connections := [each.transport for each in self._conversations if each.transport is not None]:
            for connection in connections:
                assert isinstance(connection, asyncio.WriteTransport)
                # A polite close waits until the client has read all that was said.
                connection.abort()
            await asyncio.sleep(0)


class Mailbox:
    """Takes mail on loopback; a context manager. ``port`` 0 takes a free one.

    ``evidence`` False makes the look-up by Message-ID answer 503, as of a provider without one.
    """

    def __init__(
        self,
        *,
        clock: WorldClock | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        login: tuple[str, str] | None = None,
        size_limit: int = LARGEST_MAIL,
    ) -> None:
        self._clock = clock or MachineClock()
        self._host = host
        self._lock = threading.Lock()
        self._mails: list[Mail] = []
        self._counted = 0
        self.login = login
        self.size_limit = size_limit
        self.evidence = True
        self.faults = MailFaults()
        self._handler = Handler(self.faults, self._keep, login)
        self.port = port or _free_port(host)
        # Until it was open once nobody knows the port, and another process may have taken it meanwhile.
        self._may_move = port == 0
        self._controller: _Controller | None = None

    @property
    def smtp_url(self) -> str:
        """For ``SMTP_URL``."""
        who = f"{self.login[0]}:{self.login[1]}@" if self.login else ""
        return f"smtp://{who}{self._host}:{self.port}"

    @property
    def mails(self) -> list[Mail]:
        """All accepted mails, oldest first."""
        with self._lock:
            return list(self._mails)

    def find(self, message_id: str) -> list[Mail]:
        """Every accepted mail with that Message-ID, with or without its angle brackets."""
        wanted = message_id.strip().strip("<>")
        return [mail for mail in self.mails if mail.message_id.strip("<>") == wanted]

    def clear(self) -> None:
        """Throws all mail away; numbers go on."""
        with self._lock:
            self._mails.clear()

    def add_fault(self, fault: MailFault, *, times: int | None = 1) -> None:
        """Plans a fault; ``refuse`` closes the port until ``clear_faults``."""
        if fault.kind == "refuse":
            self.close()
            return
        self.faults.add(fault, times=times)

    def clear_faults(self) -> None:
        """All goes well again; the port is open."""
        self.faults.clear()
        self.start()

    def start(self) -> Self:
        """Opens the port, if it is closed."""
        for attempts_left in range(TRIES, 0, -1):
            if self._controller is not None:
                break
            controller = _Controller(self, self._handler, host=self._host, port=self.port)
            try:
                controller.start()
            except OSError as error:
                if error.errno != errno.EADDRINUSE or not self._may_move or attempts_left == 1:
                    raise
                self.port = _free_port(self._host)
            else:
                self._controller = controller
                self._may_move = False
        return self

    def close(self) -> None:
        """Closes the port; what was accepted stays."""
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.hang_up()
            controller.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def restore(self, mails: list[Mail]) -> None:
        """Takes back what an earlier run accepted."""
        with self._lock:
            self._mails = list(mails)
            self._counted = max((mail.number for mail in mails), default=0)

    def _keep(self, sender: str, recipients: list[str], raw: bytes) -> None:
        with self._lock:
            self._counted += 1
            self._mails.append(Mail(self._counted, sender, tuple(recipients), raw, self._clock.now()))


def _free_port(host: str) -> int:
    """A port that was free a moment ago; the sink keeps it when it closes and opens again."""
    with socket.socket() as probe:
        try:
            probe.bind((host, 0))
        except OSError as error:
            raise OSError(errno.EADDRNOTAVAIL, f"no free port on {host}") from error
        return int(probe.getsockname()[1])
