"""The way to a mail server with smtplib, step by step, because the gate stands between RCPT and DATA (section 2.3)."""

import contextlib
from collections.abc import Callable
from datetime import datetime

from plugin.channels.email.dialogue import Dialogue
from plugin.channels.email.mime import compose
from plugin.channels.email.timeouts import SmtpTimeouts
from plugin.environment import SmtpServer
from plugin.services.effects.mail_channel import Envelope, MailDeferred, MailParts, Reply

MAILS_A_CONNECTION = 100
CONNECTION_OVER = (0, 421)
"""No answer, or the server's goodbye (RFC 5321 3.8): the connection is at fault, not the mail."""

__all__ = ["SmtpChannel", "SmtpTimeouts"]


class SmtpChannel:
    """A ``MailChannel``. Keeps its connection between mails; a new one after 100 mails or any trouble."""

    def __init__(
        self,
        server: SmtpServer,
        timeouts: SmtpTimeouts,
        *,
        monotonic: Callable[[], float],
        local_name: str = "localhost",
        address_of: Callable[[str, int], str] = lambda host, _port: host,
    ) -> None:
        """``address_of`` says to which address of the host to connect; it may refuse the host."""
        self._server = server
        self._timeouts = timeouts
        self._monotonic = monotonic
        self._local_name = local_name
        self._address_of = address_of
        self._dialogue: Dialogue | None = None

    def compose(self, parts: MailParts, *, message_id: str, effect_id: str, date: datetime) -> bytes:
        """The finished message."""
        return compose(parts, message_id=message_id, effect_id=effect_id, date=date)

    def send(self, envelope: Envelope, *, gate: Callable[[], bool]) -> Reply | None:
        """Offers, asks the gate, sends the body; see ``MailChannel``."""
        dialogue = self._offer(envelope)
        # The lease begins within the gate, so a deadline counted from before it is on the safe side.
        deadline = self._monotonic() + self._timeouts.body
        try:
            if not gate():
                dialogue.reset()
                return None
            reply = dialogue.deliver(envelope.body, deadline=deadline)
        except BaseException:
            self._hang_up()
            raise
        if dialogue.mails >= MAILS_A_CONNECTION or dialogue.has_unread():
            self.close()
        return reply

    def close(self) -> None:
        """Says goodbye, if there is anybody to say it to."""
        if self._dialogue is not None:
            with contextlib.suppress(MailDeferred):
                self._dialogue.quit()
            self._hang_up()

    def _offer(self, envelope: Envelope) -> Dialogue:
        """A server may have closed a kept connection: silence there, or 421, counts only if a fresh one has it too.

        Any other "not now" is the server's word about this mail, and asking again at once would be rude (F38).
        """
        if self._dialogue is not None:
            try:
                self._dialogue.offer(envelope)
            except MailDeferred as problem:
                self._hang_up()
                if problem.reply.code not in CONNECTION_OVER:
                    raise
            except BaseException:
                self._hang_up()
                raise
            else:
                return self._dialogue
        self._dialogue = self._new_dialogue()
        try:
            self._dialogue.open()
            self._dialogue.offer(envelope)
        except BaseException:
            self._hang_up()
            raise
        return self._dialogue

    def try_out(self) -> None:
        """Connects, greets, encrypts and logs in, and says goodbye; raises what ``send`` would."""
        dialogue = self._new_dialogue()
        try:
            dialogue.open()
            dialogue.quit()
        finally:
            dialogue.drop()

    def _new_dialogue(self) -> Dialogue:
        return Dialogue(
            self._server,
            self._timeouts,
            local_name=self._local_name,
            monotonic=self._monotonic,
            address_of=self._address_of,
        )

    def _hang_up(self) -> None:
        dialogue, self._dialogue = self._dialogue, None
        if dialogue is not None:
            dialogue.drop()
