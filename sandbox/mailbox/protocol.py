"""The SMTP conversation: aiosmtpd's, with the places where faults strike."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import AnyStr

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.mailbox.faults import MailFault, MailFaultKind, MailFaults

Accept = Callable[[str, list[str], bytes], None]
AFTER_BODY: tuple[MailFaultKind, ...] = ("data", "drop_after_dot", "delay", "noise_after_250", "noise_instead")


class Conversation(SMTP):
    """One client's connection."""

    faults: MailFaults

    async def push(self, status: AnyStr) -> None:
        """Every line to the client passes here: the greeting and the 354 are where some faults strike."""
        text = str(status)
        is_greeting = text.startswith("220 ") and self.session is not None and not self.session.host_name
        if is_greeting and await self._spoiled_greeting(text):
            return
        await super().push(status)
        if text.startswith("354 ") and self.faults.take("drop_after_354") is not None:
            self.hang_up()

    async def _spoiled_greeting(self, text: str) -> bool:
        refusal = self.faults.take("greeting")
        if refusal is not None:
            await super().push(f"{refusal.code} 4.3.2 closing down")
            self.hang_up()
            return True
        slow = self.faults.take("tarpit")
        if slow is None:
            return False
        for byte in f"{text}\r\n".encode():
            self._writer.write(bytes([byte]))
            await self._writer.drain()
            await asyncio.sleep(slow.seconds)
        return True

    def hang_up(self) -> None:
        """Closes the connection at once."""
        if self.transport is not None:
            self.transport.close()


class Handler:
    """Decides on recipients, logins and bodies; hands accepted bodies to ``accept`` before it says 250."""

    def __init__(self, faults: MailFaults, accept: Accept, login: tuple[str, str] | None) -> None:
        self._faults = faults
        self._accept = accept
        self._login = login

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        fault = self._faults.take("rcpt", address=address)
        if fault is not None:
            return f"{fault.code} {'4.2.1' if fault.code < 500 else '5.1.1'} <{address}> not now"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Conversation, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self._faults.take(*AFTER_BODY)
        if fault is not None and (fault.kind == "data" or (fault.kind == "drop_after_dot" and not fault.keep)):
            return self._refused(server, fault)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self._accept(envelope.mail_from or "", list(envelope.rcpt_tos), content)
        return await self._answer(server, fault)

    def _refused(self, server: Conversation, fault: MailFault) -> str:
        if fault.kind == "drop_after_dot":
            server.hang_up()
        return f"{fault.code or 451} 5.3.4 message refused"

    async def _answer(self, server: Conversation, fault: MailFault | None) -> str:
        accepted = "250 2.0.0 OK: taken"
        if fault is None:
            return accepted
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            return accepted
        if fault.kind == "drop_after_dot":
            server.hang_up()
            return accepted
        with suppress(ConnectionError):
            if fault.kind == "noise_after_250":
                await server.push(accepted)
            await server.push("*** this is no reply ***")
        server.hang_up()
        return accepted

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        """Accepts the one login the sink was made with, unless a fault says otherwise."""
        fault = self._faults.take("auth")
        if fault is not None:
            return AuthResult(success=False, handled=False, message=f"{fault.code} 5.7.8 authentication failed")
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given is not None and given == self._login, handled=False)
