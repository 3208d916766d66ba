"""One connection to a mail server. Every failure comes out as one of the errors of ``mail_channel``."""

import contextlib
import re
import select
import smtplib
import ssl
from collections.abc import Callable, Iterator

from plugin.channels.email import replies
from plugin.channels.email.timeouts import SmtpTimeouts
from plugin.channels.email.watchdog import watchdog
from plugin.crash_points import crash_point
from plugin.domain.errors import InvalidInput, Transient
from plugin.environment import SmtpSecurity, SmtpServer
from plugin.services.addresses import check_address
from plugin.services.effects.mail_channel import (
    Envelope,
    MailDeferred,
    MailInDoubt,
    MailLoginRefused,
    MailRefused,
    Reply,
)

_DOT_AT_LINE_START = re.compile(rb"(?m)^\.")
CHUNK = 64 * 1024


class _PlainSmtp(smtplib.SMTP):
    """Keeps the host for the check of its certificate; the library does so only where it connects at once."""

    def reach(self, host: str, address: str, port: int) -> tuple[int, bytes]:
        """Connects to an address of the host and gives the greeting."""
        self._host = host
        return self.connect(address, port)


class _EncryptedSmtp(smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""

    def reach(self, host: str, address: str, port: int) -> tuple[int, bytes]:
        """Connects to an address of the host and gives the greeting."""
        self._host = host
        return self.connect(address, port)


def _client(security: SmtpSecurity, *, local_name: str, timeout: float) -> _PlainSmtp | _EncryptedSmtp:
    """Without a host nothing connects yet; the local name spares a look-up of our own address."""
    if security is not SmtpSecurity.TLS:
        return _PlainSmtp(local_hostname=local_name, timeout=timeout)
    # The library's own default for TLS checks no certificate at all.
    return _EncryptedSmtp(local_hostname=local_name, timeout=timeout, context=ssl.create_default_context())


class Dialogue:
    """The commands in their order: open, then for each mail offer, and deliver or reset."""

    def __init__(
        self,
        server: SmtpServer,
        timeouts: SmtpTimeouts,
        *,
        local_name: str,
        monotonic: Callable[[], float],
        address_of: Callable[[str, int], str] = lambda host, _port: host,
    ) -> None:
        self._server = server
        self._timeouts = timeouts
        self._monotonic = monotonic
        self._address_of = address_of
        self._smtp = _client(server.security, local_name=local_name, timeout=timeouts.connect)
        self.mails = 0

    def open(self) -> None:
        """Connects, greets, encrypts and logs in."""
        with self._stage("cannot be reached", seconds=self._timeouts.dialogue):
            address = self._address()
            code, text = self._smtp.reach(self._server.host, address, self._server.port)
            self._timeout(self._timeouts.command)
            self._expect(replies.reply_of(code, text), "does not serve us now")
        with self._stage("ended the greeting", seconds=self._timeouts.dialogue):
            self._expect(replies.reply_of(*self._smtp.ehlo()), "refuses our greeting")
            if self._server.security is SmtpSecurity.STARTTLS:
                self._encrypt()
            if self._server.username is not None:
                self._log_in(self._server.username, self._server.password or "")

    def _address(self) -> str:
        """Nobody's mail may be sent into our own network, and a host that is not known now may be known later."""
        try:
            return self._address_of(self._server.host, self._server.port)
        except InvalidInput as problem:
            raise MailLoginRefused(problem.sentence, reply=Reply(code=0, text=problem.sentence)) from problem
        except Transient as problem:
            raise MailDeferred(problem.sentence, reply=Reply(code=0, text=problem.sentence)) from problem

    def offer(self, envelope: Envelope) -> None:
        """MAIL and RCPT; a mail beyond the server's SIZE is not even offered (F47)."""
        sender = check_address(envelope.sender, field="sender")
        recipient = check_address(envelope.recipient, field="recipient")
        options = self._size_option(envelope)
        with self._stage("ended the dialogue", seconds=self._timeouts.dialogue):
            reply = replies.reply_of(*self._smtp.mail(sender, options))
            if not replies.is_ok(reply):
                raise replies.refusal(reply, "does not take mail from our address")
            reply = replies.reply_of(*self._smtp.rcpt(recipient))
            if not replies.is_ok(reply):
                raise replies.refusal_of_recipient(reply)

    def reset(self) -> None:
        """Takes back what was offered; nothing of it was accepted."""
        with self._stage("ended the dialogue", seconds=self._timeouts.dialogue):
            self._expect(replies.reply_of(*self._smtp.rset()), "does not take back what was offered")

    def deliver(self, body: bytes, *, deadline: float) -> Reply:
        """DATA, body, dot and the reply that accepts it. ``deadline`` (monotonic) is the last moment for the dot."""
        self.mails += 1
        with self._stage("hung up amid the mail", seconds=max(deadline - self._monotonic(), 0.0)):
            self._in_time(deadline)
            reply = replies.reply_of(*self._smtp.docmd("data"))
            if reply.code != 354:
                raise replies.refusal(reply, "does not take the mail now")
            self._upload(body, deadline=deadline)
            self._heard_nothing()
            self._in_time(deadline)
        return self._finish()

    def has_unread(self) -> bool:
        """Whether the server said more than was asked; then its next answers would belong to other questions."""
        connection, file = self._smtp.sock, self._smtp.file
        if connection is None or file is None:
            return True
        connection.settimeout(0)
        try:
            return bool(file.peek(1))
        except (BlockingIOError, ssl.SSLError):
            return False
        except OSError:
            return True
        finally:
            connection.settimeout(self._timeouts.command)

    def quit(self) -> None:
        """Says goodbye."""
        with self._stage("ended the dialogue", seconds=self._timeouts.connect):
            self._smtp.quit()

    def drop(self) -> None:
        """Closes the connection without a word."""
        with contextlib.suppress(OSError):
            self._smtp.close()

    def _finish(self) -> Reply:
        """Sends the final dot. From here on a missing or odd answer leaves it open whether the mail was accepted."""
        try:
            with watchdog(lambda: self._smtp.sock, seconds=self._timeouts.after_dot):
                self._timeout(self._timeouts.after_dot)
                self._smtp.send(b".\r\n")
                crash_point("dot_sent")
                reply = replies.reply_of(*self._smtp.getreply())
                self._timeout(self._timeouts.command)
        except (smtplib.SMTPException, OSError) as problem:
            words = f"The mail server did not answer after the end of the mail ({type(problem).__name__})."
            raise MailInDoubt(words) from problem
        if replies.is_ok(reply):
            return reply
        if 400 <= reply.code < 600:
            raise replies.refusal(reply, "refuses the content of the mail")
        raise MailInDoubt(f"The mail server's answer after the end of the mail makes no sense: {reply}")

    def _upload(self, body: bytes, *, deadline: float) -> None:
        stuffed = _DOT_AT_LINE_START.sub(b"..", body)
        if not stuffed.endswith(b"\r\n"):
            stuffed += b"\r\n"
        for start in range(0, len(stuffed), CHUNK):
            self._in_time(deadline)
            self._smtp.send(stuffed[start : start + CHUNK])

    def _heard_nothing(self) -> None:
        """A server that speaks or hangs up before the dot does not accept the mail; after the dot nobody could tell."""
        connection = self._smtp.sock
        if connection is not None and select.select([connection], [], [], 0)[0]:
            raise replies.refusal(replies.reply_of(*self._smtp.getreply()), "does not wait for the end of the mail")

    def _in_time(self, deadline: float) -> None:
        """A sender that was stopped and woke up must not go on: its lease may be over (F10)."""
        if self._monotonic() >= deadline:
            reply = Reply(code=0, text="our own deadline was over before the end of the mail")
            raise MailDeferred(f"The mail was broken off: {reply}.", reply=reply)

    def _size_option(self, envelope: Envelope) -> list[str]:
        if not self._smtp.has_extn("size"):
            return []
        limit = self._smtp.esmtp_features.get("size", "")
        size = len(envelope.body)
        if limit.isdigit() and 0 < int(limit) < size:
            reply = Reply(code=0, text=f"{size} bytes, but the mail server takes at most {limit}")
            raise MailRefused(f"The mail is too large: {reply}. Send the documents another way.", reply=reply)
        return [f"size={size}"]

    def _encrypt(self) -> None:
        if not self._smtp.has_extn("starttls"):
            reply = Reply(code=0, text="it offers no encryption (STARTTLS)")
            raise MailLoginRefused(f"Nothing is sent to the mail server: {reply}.", reply=reply)
        self._expect(replies.reply_of(*self._smtp.starttls(context=ssl.create_default_context())), "cannot encrypt now")
        self._expect(replies.reply_of(*self._smtp.ehlo()), "refuses our greeting")

    def _log_in(self, username: str, password: str) -> None:
        try:
            self._smtp.login(username, password)
        except smtplib.SMTPAuthenticationError as problem:
            reply = replies.reply_of(problem.smtp_code, problem.smtp_error)
            raise replies.refusal_of_login(reply) from problem
        except smtplib.SMTPNotSupportedError as problem:
            reply = Reply(code=0, text=str(problem))
            raise MailLoginRefused(f"The mail server takes no login: {reply}", reply=reply) from problem

    def _expect(self, reply: Reply, what: str) -> None:
        if not replies.is_ok(reply):
            raise replies.not_now(reply, what)

    def _timeout(self, seconds: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)

    @contextlib.contextmanager
    def _stage(self, what: str, *, seconds: float) -> Iterator[None]:
        """Before the final dot no trouble leaves a doubt: the server has not accepted anything."""
        try:
            with watchdog(lambda: self._smtp.sock, seconds=seconds):
                yield
        except (smtplib.SMTPException, OSError) as problem:
            reply = Reply(code=0, text=type(problem).__name__)
            raise MailDeferred(f"The mail server {what} ({reply}).", reply=reply) from problem
