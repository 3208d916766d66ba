"""The bodies of installed, enabled, disabled and uninstalled, checked and turned into events."""

from datetime import datetime
from enum import StrEnum

import msgspec

from plugin.domain.errors import InvalidInput
from plugin.hosts.connect.base_urls import BaseUrls
from plugin.hosts.ports import TokenRefused
from plugin.hosts.strict_json import parse_object
from plugin.services.installation_events import (
    ConnectDisabled,
    ConnectEnabled,
    ConnectEvent,
    ConnectInstalled,
    ConnectUninstalled,
)

BODY_BYTES = 65_536
SECRET_CHARACTERS = 32
"""RFC 7518 section 3.2: a key of HS256 has at least 256 bits."""


class LifecycleEvent(StrEnum):
    """The four messages, by the last part of their paths."""

    INSTALLED = "installed"
    ENABLED = "enabled"
    DISABLED = "disabled"
    UNINSTALLED = "uninstalled"

    @property
    def is_signed_by_atlassian(self) -> bool:
        """Whether the token is RS256 by Atlassian's key; else it is HS256 by the shared secret."""
        return self in (LifecycleEvent.INSTALLED, LifecycleEvent.UNINSTALLED)


class LifecycleBody(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What every one of the four bodies has; other members are ignored."""

    key: str
    client_key: str
    event_type: str = ""
    shared_secret: str | None = None
    base_url: str | None = None
    display_url: str | None = None
    oauth_client_id: str | None = None
    installation_id: str | None = None
    cloud_id: str | None = None


def read_body(body: bytes) -> LifecycleBody:
    """Raises InvalidInput for what is no lifecycle body: odd JSON, missing or mistyped members, over 64 KiB."""
    try:
        return msgspec.convert(parse_object(body, limit=BODY_BYTES), LifecycleBody)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"The lifecycle body does not fit: {error}; nothing was changed.") from None


def check_sender(body: LifecycleBody, *, event: LifecycleEvent, app_key: str, issuer: str) -> None:
    """Refuses a body that is about another app, another site than the token's, or another event than the path's."""
    if body.client_key != issuer:
        raise TokenRefused("issuer is not the body's clientKey")
    if body.key != app_key:
        raise TokenRefused("body is about another app")
    if body.event_type not in ("", event.value):
        raise TokenRefused("body is about another event")


def to_event(body: LifecycleBody, *, event: LifecycleEvent, issued_at: datetime, base_urls: BaseUrls) -> ConnectEvent:
    """The event for services. Raises InvalidInput for an install with a weak secret or a base URL off the list."""
    match event:
        case LifecycleEvent.INSTALLED:
            return _installed(body, issued_at=issued_at, base_urls=base_urls)
        case LifecycleEvent.ENABLED:
            return ConnectEnabled(client_key=body.client_key, issued_at=issued_at)
        case LifecycleEvent.DISABLED:
            return ConnectDisabled(client_key=body.client_key, issued_at=issued_at)
        case LifecycleEvent.UNINSTALLED:
            return ConnectUninstalled(client_key=body.client_key, issued_at=issued_at)


def _installed(body: LifecycleBody, *, issued_at: datetime, base_urls: BaseUrls) -> ConnectInstalled:
    secret = body.shared_secret or ""
    if len(secret.encode()) < SECRET_CHARACTERS:
        raise InvalidInput(
            f"sharedSecret has fewer than {SECRET_CHARACTERS} bytes, too few to sign with; nothing was stored.",
            field="sharedSecret",
        )
    return ConnectInstalled(
        client_key=body.client_key,
        shared_secret=secret,
        base_url=base_urls.check(body.base_url or ""),
        display_url=base_urls.displayable(body.display_url),
        oauth_client_id=body.oauth_client_id,
        installation_id=body.installation_id,
        cloud_id=body.cloud_id,
        issued_at=issued_at,
    )
