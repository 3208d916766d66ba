"""What a mail server's reply means. Only silence after the final dot leaves anything in doubt."""

import re

from plugin.domain.errors import DunlinError
from plugin.services.effects.mail_channel import MailDeferred, MailLoginRefused, MailRefused, Reply

_ADDRESS_CODES = frozenset({550, 551, 553})
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_POLICY = re.compile(r"5\.7\.\d{1,3}\b")


def reply_of(code: int, text: bytes | str) -> Reply:
    """A reply as people read it; line breaks become spaces."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return Reply(code=max(code, 0), text=" ".join(words.split())[:500])


def is_ok(reply: Reply) -> bool:
    """Whether the command was carried out."""
    return 200 <= reply.code < 300


def not_now(reply: Reply, what: str) -> MailDeferred:
    """The error for a server that cannot be spoken to at the moment."""
    return MailDeferred(f"The mail server {what}: {reply}", reply=reply)


def refusal_of_login(reply: Reply) -> DunlinError:
    """A wrong password is for a person; a login server that is away is for later."""
    if 400 <= reply.code < 500:
        return not_now(reply, "could not check our login")
    return MailLoginRefused(f"The mail server refuses our login: {reply}", reply=reply)


def refusal_of_recipient(reply: Reply) -> DunlinError:
    """Of RCPT: an unknown address fails for good, unless the words say that it is the server's policy."""
    address_failed = reply.code in _ADDRESS_CODES and _POLICY.match(reply.text) is None
    return _refusal(reply, "does not take mail for this address", address_failed=address_failed)


def refusal(reply: Reply, what: str) -> DunlinError:
    """Of MAIL, DATA or the body."""
    return _refusal(reply, what, address_failed=False)


def _refusal(reply: Reply, what: str, *, address_failed: bool) -> DunlinError:
    if reply.code in _LOGIN_CODES:
        return MailLoginRefused(f"The mail server wants another login: {reply}", reply=reply)
    if 500 <= reply.code < 600:
        return MailRefused(f"The mail server {what}: {reply}", reply=reply, address_failed=address_failed)
    return not_now(reply, what)
