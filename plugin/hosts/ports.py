"""What a host takes in and whom it asks: the request without its web framework, and the directory of installations."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from plugin.domain.errors import Unauthenticated

UNAUTHENTICATED = (
    "Unauthorized: this request does not come from a Jira site that has Dunlin installed. Reload the page in Jira."
)

_LOCALE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}")
_TIME_ZONE = re.compile(r"[A-Za-z0-9+_-]{1,32}(/[A-Za-z0-9+_-]{1,32}){0,2}")


@dataclass(frozen=True, kw_only=True, slots=True)
class HostRequest:
    """A request as it came over the wire: ``path`` and ``query`` still percent-encoded, ``query`` without the ``?``."""

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = field(default=b"", repr=False)

    def header_values(self, name: str) -> list[str]:
        """Every value of a header, in order; names are compared without case."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    def header(self, name: str) -> str | None:
        """The value of a header that came exactly once."""
        values = self.header_values(name)
        return values[0] if len(values) == 1 else None

    def locale(self) -> str | None:
        """What ``host.js`` says is the person's language, else the browser's first choice; well-formed or nothing."""
        wish = self.header("X-Locale") or (self.header("Accept-Language") or "").split(",")[0].split(";")[0].strip()
        return wish if _LOCALE.fullmatch(wish) else None

    def time_zone(self) -> str | None:
        """The person's time zone as ``host.js`` sends it; looks like an IANA name or nothing."""
        wish = self.header("X-Time-Zone") or ""
        return wish if _TIME_ZONE.fullmatch(wish) else None


class TokenRefused(Unauthenticated):
    """401 with always the same sentence. ``reason`` is for the log only and never leaves the service."""

    def __init__(self, reason: str) -> None:
        super().__init__(UNAUTHENTICATED)
        self.reason = reason


class InstallationState(StrEnum):
    """Where an installation stands; the values are those of the store."""

    INSTALLED = "installed"
    ENABLED = "enabled"
    DISABLED = "disabled"
    UNINSTALLED = "uninstalled"
    BROKEN = "broken"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """A secret shared with a site. The newest has no end; an older one counts until the grace is over."""

    value: str = field(repr=False)
    valid_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectInstallation:
    """A Connect site as the directory knows it; ``secrets`` newest first, decrypted."""

    tenant_id: str
    installation_id: str
    client_key: str
    base_url: str
    display_url: str | None
    secrets: tuple[SharedSecret, ...] = field(repr=False)
    state: InstallationState
    licensed: bool = True


class InstallationDirectory(Protocol):
    """Finds an installation before the tenant is known; by client key only, never by URL."""

    def find(self, client_key: str) -> ConnectInstallation | None: ...
