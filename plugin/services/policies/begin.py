"""Where a new policy begins: a preset, a copy of another policy, or an old version that is to come back."""

from datetime import datetime

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy_presets import presets
from plugin.services.follow_ups.policies import read_policy
from plugin.services.policies.drafts import start_draft
from plugin.services.policies.versions import newest_policy, policy_row, version_of
from plugin.store.session import TenantSession
from plugin.store.tables.policies import PolicyDraft


def from_preset(
    session: TenantSession, preset: str, *, name: str, project_id: str | None, now: datetime, actor: str
) -> PolicyDraft:
    """A draft of a new policy that begins as one of the ladders that come with the product."""
    policy = presets().get(preset)
    if policy is None:
        raise InvalidInput("Choose one of the ladders offered.", field="preset")
    note = f"Begun with the preset {policy.name}"
    called = name.strip() or policy.name
    return start_draft(
        session, None, policy=policy, name=called, note=note, project_id=project_id, now=now, actor=actor
    )


def copy_of(
    session: TenantSession, policy_id: str, *, name: str, project_id: str | None, now: datetime, actor: str
) -> PolicyDraft:
    """A draft of a new policy that begins as another one stands now."""
    policy = newest_policy(session, policy_id)
    note = f"Copied from {policy_row(session, policy_id).name}, version {policy.version}"
    called = name.strip() or f"{policy.name} (copy)"
    return start_draft(
        session, None, policy=policy, name=called, note=note, project_id=project_id, now=now, actor=actor
    )


def restore(
    session: TenantSession, policy_id: str, version: int, *, project_id: str | None, now: datetime, actor: str
) -> PolicyDraft:
    """A draft that brings an old version back; the newest is its base, so nothing that came between is lost."""
    old = read_policy(version_of(session, policy_id, version))
    note = f"Version {version} again"
    return start_draft(session, policy_id, policy=old, note=note, project_id=project_id, now=now, actor=actor)
