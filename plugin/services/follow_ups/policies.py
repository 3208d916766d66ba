"""Which policy an invoice follows: its own version once issued; before that invoice > client > project > site (F04)."""

import json
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import select

from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.policy_json import from_dict
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.policies import PolicyRow, PolicyVersion


class Source(StrEnum):
    """Who chose a policy, strongest first."""

    INVOICE = "invoice"
    CLIENT = "client"
    PROJECT = "project"
    SITE = "site"


def chosen(*, on_invoice: str | None, client: Client, project: Project) -> list[tuple[Source, str]]:
    """Who chose which policy, strongest first; whoever chose none is left out, and after all of them comes the site."""
    said = ((Source.INVOICE, on_invoice), (Source.CLIENT, client.policy_id), (Source.PROJECT, project.policy_id))
    return [(source, policy_id) for source, policy_id in said if policy_id is not None]


def version_in_force(
    session: TenantSession, client: Client, project: Project, *, on_invoice: str | None = None
) -> PolicyVersion:
    """The newest version of the policy that was chosen on the invoice, else the client's, the project's, the site's."""
    said = chosen(on_invoice=on_invoice, client=client, project=project)
    query = select(PolicyVersion).join(
        PolicyRow,
        (PolicyRow.tenant_id == PolicyVersion.tenant_id) & (PolicyRow.id == PolicyVersion.policy_id),
    )
    query = query.where(PolicyRow.id == said[0][1]) if said else query.where(PolicyRow.is_default)
    return session.scalars(query.order_by(PolicyVersion.version.desc()).limit(1)).one()


def read_policy(version: PolicyVersion) -> Policy:
    """A stored version as the domain knows it; versions never change, so the reading is remembered."""
    return _read(json.dumps(version.body, sort_keys=True), version.policy_id, version.version)


@lru_cache(maxsize=256)
def _read(body: str, policy_id: str, version: int) -> Policy:
    return from_dict(json.loads(body), policy_id=policy_id, version=version)
