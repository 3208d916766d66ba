"""The way that a tenant's mail takes: which server, and whose signature."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from plugin.services.effects.mail_channel import MailChannel


@dataclass(frozen=True, kw_only=True, slots=True)
class DkimKey:
    """Signs for ``domain``; receivers find the public half at ``selector``._domainkey.``domain``."""

    domain: str
    selector: str
    private_pem: str = field(repr=False)


def _unsigned(message: bytes, _at: datetime) -> bytes:
    return message


@dataclass(frozen=True, kw_only=True, slots=True)
class MailRoute:
    """``sign`` takes a finished message and its date, and gives it with the signature of the sender's domain."""

    channel: MailChannel
    sign: Callable[[bytes, datetime], bytes] = _unsigned
