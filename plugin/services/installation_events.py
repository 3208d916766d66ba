"""What a host tells about an installation, verified. ``services/installations.py`` applies these; hosts make them."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectInstalled:
    """A signed install, upgrade or re-install. ``issued_at`` is the token's, to the second: it orders events.

    ``base_url`` is an allowed origin without trailing slash; ``display_url`` is what people see, for frame ancestors.
    """

    client_key: str
    shared_secret: str = field(repr=False)
    base_url: str
    display_url: str | None
    oauth_client_id: str | None
    installation_id: str | None
    cloud_id: str | None
    issued_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectEnabled:
    """The app was switched on. Sent after ``installed`` too."""

    client_key: str
    issued_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectDisabled:
    """The app was switched off; it may be on its way out."""

    client_key: str
    issued_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectUninstalled:
    """The app was removed. Comes for unknown tenants and repeatedly; neither is an error."""

    client_key: str
    issued_at: datetime


ConnectEvent = ConnectInstalled | ConnectEnabled | ConnectDisabled | ConnectUninstalled

_RANKS: dict[type[ConnectEvent], int] = {
    ConnectInstalled: 0,
    ConnectEnabled: 1,
    ConnectDisabled: 2,
    ConnectUninstalled: 3,
}


def rank(event: ConnectEvent) -> int:
    """Which of two events of one second wins: the higher (disabled and uninstalled come 5 ms apart in any order)."""
    return _RANKS[type(event)]
