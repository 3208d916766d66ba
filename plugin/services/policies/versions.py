"""The published versions of a policy: who published which when, with what note, and what each one changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from plugin.domain.errors import Conflict, NotFound
from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.policy_diff import PolicyDiff, policy_diff
from plugin.services.follow_ups.policies import read_policy
from plugin.store.session import TenantSession
from plugin.store.tables.policies import PolicyRow, PolicyVersion


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedVersion:
    """One version in a list. ``diff`` is against the one before it; that of the first says what it began with."""

    row: PolicyVersion
    policy: Policy
    diff: PolicyDiff


def policy_row(session: TenantSession, policy_id: str) -> PolicyRow:
    """A policy by id. NotFound where the site has none such."""
    row = session.get(PolicyRow, (session.tenant_id, policy_id))
    if row is None:
        raise NotFound("There is no such policy here; reload the page.")
    return row


def version_of(session: TenantSession, policy_id: str, version: int) -> PolicyVersion:
    """One version by its number. NotFound where the policy never had it."""
    query = select(PolicyVersion).where(PolicyVersion.policy_id == policy_id, PolicyVersion.version == version)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFound(f"This policy has no version {version}; reload the page.")
    return row


def newest_version(session: TenantSession, policy_id: str) -> PolicyVersion | None:
    """The newest published version of a policy; None for one that does not exist yet."""
    query = select(PolicyVersion).where(PolicyVersion.policy_id == policy_id)
    return session.scalars(query.order_by(PolicyVersion.version.desc()).limit(1)).first()


def published_version(session: TenantSession, policy_id: str) -> PolicyVersion:
    """What new invoices of its followers get. NotFound for a stranger's, Conflict where nothing was published yet."""
    version = newest_version(session, policy_row(session, policy_id).id)
    if version is None:
        raise Conflict("This policy has no published version yet; publish its draft first.")
    return version


def newest_policy(session: TenantSession, policy_id: str) -> Policy:
    """The same as the domain knows it."""
    return read_policy(published_version(session, policy_id))


def default_row(session: TenantSession) -> PolicyRow:
    """The policy of everybody who chose none."""
    return session.scalars(select(PolicyRow).where(PolicyRow.is_default)).one()


def versions(session: TenantSession, policy_id: str) -> Sequence[ListedVersion]:
    """All versions, newest first."""
    query = select(PolicyVersion).where(PolicyVersion.policy_id == policy_id).order_by(PolicyVersion.version)
    found: list[ListedVersion] = []
    before: Policy | None = None
    for row in session.scalars(query):
        policy = read_policy(row)
        found.append(ListedVersion(row=row, policy=policy, diff=policy_diff(before, policy)))
        before = policy
    return found[::-1]
