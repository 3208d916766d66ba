"""Addresses of frames that show a mail.

A frame asks without a token of the host, so its address is signed: for one thing, one site and a minute (``ui.md`` 7).
"""

from typing import Final, TypeVar

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer

from plugin.clock import machine_now
from plugin.hosts.ports import TokenRefused
from plugin.ui import here

SECONDS: Final = 60
What = TypeVar("What", bound=msgspec.Struct)


class Framed(msgspec.Struct, frozen=True):
    """For whom the address is, and until when (Unix seconds, the machine's); ``framed_by`` are the Jira sites."""

    tenant_id: str
    framed_by: tuple[str, ...]
    until: int


def sign(purpose: str, what: msgspec.Struct) -> str:
    """What the address of a frame carries: ``what`` it shows to whoever asks now."""
    known = here.principal()
    framed = Framed(known.tenant_id, known.framed_by, int(machine_now().timestamp()) + SECONDS)
    return _signer(purpose).dumps([msgspec.to_builtins(framed), msgspec.to_builtins(what)])


def opened(purpose: str, signed: str, kind: type[What]) -> tuple[Framed, What]:
    """What a signed address shows, and for whom; refused where it is not of this purpose, or too old."""
    try:
        framed, what = msgspec.convert(_signer(purpose).loads(signed), tuple[Framed, dict[str, object]])
        shows = msgspec.convert(what, kind)
    except (BadSignature, msgspec.ValidationError):
        raise TokenRefused(f"the address of the {purpose} is not signed by us") from None
    if machine_now().timestamp() > framed.until:
        raise TokenRefused(f"the address of the {purpose} is too old")
    return framed, shows


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(here.container().keys.signing_keys(purpose), salt=purpose)
