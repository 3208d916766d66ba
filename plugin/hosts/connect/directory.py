"""The installations of Connect sites as their rows have them, with the secrets opened."""

from dataclasses import dataclass

from sqlalchemy import Engine

from plugin.domain.errors import Permanent
from plugin.hosts.ports import ConnectInstallation, InstallationState, SharedSecret
from plugin.keys import KeyRing
from plugin.store.queries.installations import installation_by_client_key
from plugin.store.session import reading
from plugin.store.tables.tenants import Installation


@dataclass(frozen=True)
class Installations:
    """Finds them (``hosts.ports.InstallationDirectory``), and opens their secrets."""

    engine: Engine
    keys: KeyRing

    def find(self, client_key: str) -> ConnectInstallation | None:
        """The installation that a token names."""
        row = installation_by_client_key(self.engine, client_key)
        return None if row is None else self.opened(row)

    def opened(self, row: Installation) -> ConnectInstallation:
        """An installation with its secrets."""
        return ConnectInstallation(
            tenant_id=row.tenant_id,
            installation_id=row.id,
            client_key=row.client_key or "",
            base_url=row.base_url,
            display_url=row.display_url,
            secrets=self._secrets(row),
            state=InstallationState(row.state),
            licensed=row.licensed,
        )

    def newest_secret(self, tenant_id: str, installation_id: str) -> str:
        """What requests are signed with now. Raises Permanent where the app was removed."""
        with reading(self.engine, tenant_id) as session:
            row = session.get_one(Installation, (tenant_id, installation_id))
        secrets = self._secrets(row)
        if not secrets:
            raise Permanent("The app was removed from this Jira site, so nothing is sent to it any more.")
        return secrets[0].value

    def _secrets(self, row: Installation) -> tuple[SharedSecret, ...]:
        found = []
        if row.shared_secret is not None:
            found.append(SharedSecret(self._opened(row, "shared_secret", row.shared_secret)))
        if row.previous_secret is not None and row.previous_secret_until is not None:
            value = self._opened(row, "previous_secret", row.previous_secret)
            found.append(SharedSecret(value, row.previous_secret_until))
        return tuple(found)

    def _opened(self, row: Installation, field: str, sealed: str) -> str:
        return self.keys.decrypt(sealed, tenant=row.tenant_id, table="installation", field=field)
