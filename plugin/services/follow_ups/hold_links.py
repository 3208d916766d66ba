"""The address behind a hold button of the digest: one step of one invoice, under a signature, until a moment.

Opening it shows what would be held; only the form on that page acts, since mail scanners open every link.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer

from plugin.domain.errors import Gone, NotFound
from plugin.keys import KeyRing

PURPOSE: Final = "hold-from-digest"
PATH: Final = "/h/"
NO_SUCH_LINK: Final = "This link is not one of ours, or a part of it is missing."
OVER: Final = "The day of this link is over. What is still to come is held in the project's calendar in Jira."


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldLink:
    """What a link names; ``until`` is an aware instant, to the second."""

    tenant_id: str
    invoice_id: str
    step_key: str
    until: datetime


class HoldLinks:
    """Makes and opens these links for one service."""

    def __init__(self, keys: KeyRing, base_url: str) -> None:
        self._keys = keys
        self._base_url = base_url.rstrip("/")

    def address(self, link: HoldLink) -> str:
        """The whole address, for a mail."""
        parts = [link.tenant_id, link.invoice_id, link.step_key, int(link.until.timestamp())]
        return f"{self._base_url}{PATH}{self._signer().dumps(parts)}"

    def open(self, token: str, *, now: datetime) -> HoldLink:
        """What a token of ours names. NotFound, always in the same words, for any other text; Gone after its time."""
        try:
            tenant_id, invoice_id, step_key, until = self._signer().loads(token)
        except (BadSignature, ValueError, TypeError):
            raise NotFound(NO_SUCH_LINK) from None
        if now.timestamp() > until:
            raise Gone(OVER)
        instant = datetime.fromtimestamp(until, tz=now.tzinfo)
        return HoldLink(tenant_id=tenant_id, invoice_id=invoice_id, step_key=step_key, until=instant)

    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self._keys.signing_keys(PURPOSE), salt=PURPOSE)
