"""Which policy an invoice follows: its own version once issued; before that invoice > client > project > site (F04)."""

import json
from functools import lru_cache

from sqlalchemy import select

from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.policy_json import from_dict
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.policies import PolicyRow, PolicyVersion


def version_in_force(
    session: TenantSession, client: Client, project: Project, *, chosen: str | None = None
) -> PolicyVersion:
    """The newest version of the policy ``chosen`` on the invoice, else the client's, the project's, the site's.

    ``services/policies/resolution`` says the same in words.
    """
    policy_id = chosen or client.policy_id or project.policy_id
    query = select(PolicyVersion).join(
        PolicyRow,
        (PolicyRow.tenant_id == PolicyVersion.tenant_id) & (PolicyRow.id == PolicyVersion.policy_id),
    )
    query = query.where(PolicyRow.is_default) if policy_id is None else query.where(PolicyRow.id == policy_id)
    return session.scalars(query.order_by(PolicyVersion.version.desc()).limit(1)).one()


def read_policy(version: PolicyVersion) -> Policy:
    """A stored version as the domain knows it; versions never change, so the reading is remembered."""
    return _read(json.dumps(version.body, sort_keys=True), version.policy_id, version.version)


@lru_cache(maxsize=256)
def _read(body: str, policy_id: str, version: int) -> Policy:
    return from_dict(json.loads(body), policy_id=policy_id, version=version)
