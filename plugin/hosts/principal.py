"""Who is asking: the one thing that everything behind the hosts knows of a caller."""

from dataclasses import dataclass
from enum import StrEnum

from plugin.hosts.permissions import Permissions


class TokenKind(StrEnum):
    """What a route accepts; each route declares exactly one."""

    PAGE = "page"
    FRAGMENT = "fragment"
    LIFECYCLE = "lifecycle"
    WEBHOOK = "webhook"
    SIGNED = "signed"
    LINK = "link"
    INBOUND = "inbound"
    PUBLIC = "public"


@dataclass(frozen=True, kw_only=True, slots=True)
class Principal:
    """A verified caller of one tenant. ``account_id`` is empty for webhooks and for people who are not logged in.

    ``locale`` and ``time_zone`` are wishes of the browser, checked for form only; negotiate before use.
    ``framed_by`` are the origins that may show the page. ``used_previous_secret``: the edge writes an audit row.
    ``licensed`` is what the host says now, else what is stored; ``is_licence_news``: they differ, the edge stores it.
    """

    tenant_id: str
    installation_id: str
    account_id: str | None
    permissions: Permissions
    locale: str | None
    time_zone: str | None
    framed_by: tuple[str, ...]
    used_previous_secret: bool = False
    licensed: bool = True
    is_licence_news: bool = False
