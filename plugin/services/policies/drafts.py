"""Drafts: a change of a policy is written, looked at and published, or thrown away; nothing is in force before."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from plugin.domain.errors import Conflict, InvalidInput, NotFound
from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.policy_json import from_dict, to_dict
from plugin.services.policies.save_policy import free_name
from plugin.services.policies.versions import newest_version, policy_row
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.policies import PolicyDraft

CHANGED_MEANWHILE = (
    "Somebody saved this draft meanwhile. Your changes stand in the form, theirs above it; save again to replace them."
)
MOST_DRAFTS = 50


def draft_of(session: TenantSession, draft_id: str, *, project_id: str | None, lock: bool = False) -> PolicyDraft:
    """A draft by id, of one project's or of the site's. NotFound for any other, also a foreign site's."""
    query = select(PolicyDraft).where(PolicyDraft.id == draft_id)
    if project_id is not None:
        query = query.where(PolicyDraft.project_id == project_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    draft = session.scalars(query).one_or_none()
    if draft is None:
        raise NotFound("There is no such draft here; it may have been published or thrown away.")
    return draft


def drafts(session: TenantSession, *, project_id: str | None = None) -> Sequence[PolicyDraft]:
    """The drafts of a project, or with none named all of the site, oldest first."""
    query = select(PolicyDraft).order_by(PolicyDraft.created_at, PolicyDraft.id)
    if project_id is not None:
        query = query.where(PolicyDraft.project_id == project_id)
    return session.scalars(query).all()


def read_draft(draft: PolicyDraft) -> Policy:
    """The ladder of a draft as the domain knows it; its version is the one it would become at the least."""
    return from_dict(draft.body, policy_id=draft.policy_id or draft.id, version=draft.base_version + 1)


def start_draft(
    session: TenantSession,
    policy_id: str | None,
    *,
    now: datetime,
    actor: str,
    policy: Policy | None = None,
    name: str = "",
    note: str = "",
    project_id: str | None = None,
) -> PolicyDraft:
    """A draft of an existing policy, from its newest version or from ``policy``; without an id, of a new one.

    A new one needs ``policy`` and a free name. Raises InvalidInput for a name that is taken, Conflict when there are
    too many drafts.
    """
    if len(drafts(session)) >= MOST_DRAFTS:
        raise Conflict(f"There are {MOST_DRAFTS} drafts already; publish some of them, or throw some away.")
    newest = newest_version(session, policy_id) if policy_id is not None else None
    called = free_name(session, None, name) if policy_id is None else policy_row(session, policy_id).name
    body = to_dict(policy) if policy is not None else dict(newest.body) if newest is not None else None
    if body is None:
        raise InvalidInput("Choose what the new policy begins with.", field="preset")
    draft = PolicyDraft(
        id=new_id(),
        policy_id=policy_id,
        project_id=project_id,
        base_version=newest.version if newest is not None else 0,
        name=called,
        body=body | {"name": called},
        note=note,
        state="draft",
        created_by=actor,
        created_at=now,
    )
    session.add(draft)
    session.flush()
    _audit(session, "policy_draft.started", draft, now, actor, after=_shown(draft))
    return draft


def change_draft(
    session: TenantSession,
    draft: PolicyDraft,
    *,
    body: object,
    name: str,
    row_version: int,
    now: datetime,
    actor: str,
    note: str = "",
) -> PolicyDraft:
    """Saves the typed ladder. What was submitted is a draft again, since nobody has looked at it like this.

    Raises Conflict when somebody saved meanwhile: the caller shows both, and nothing of either is lost (the audit
    keeps what was replaced). InvalidInput names the step of a ladder that cannot be read; rules that only a published
    policy must keep are left to the lint.
    """
    if draft.row_version != row_version:
        raise Conflict(CHANGED_MEANWHILE)
    called = free_name(session, draft.policy_id, name, draft_id=draft.id)
    policy = from_dict(body, policy_id=draft.policy_id or draft.id, version=draft.base_version + 1)
    before = _shown(draft)
    draft.name, draft.note = called, note
    draft.body = to_dict(policy) | {"name": called}
    draft.state, draft.submitted_by, draft.submitted_at = "draft", "", None
    draft.row_version += 1
    session.flush()
    if before != _shown(draft):
        _audit(session, "policy_draft.changed", draft, now, actor, before=before, after=_shown(draft))
    return draft


def throw_away(session: TenantSession, draft: PolicyDraft, *, now: datetime, actor: str) -> None:
    """Ends a draft without publishing it; the audit keeps what it said."""
    before = _shown(draft)
    session.delete(draft)
    session.flush()
    _audit(session, "policy_draft.thrown_away", draft, now, actor, before=before)


def _shown(draft: PolicyDraft) -> dict[str, object]:
    return {"policy": draft.policy_id, "base": draft.base_version, "name": draft.name, "body": draft.body}


def _audit(
    session: TenantSession,
    action: str,
    draft: PolicyDraft,
    now: datetime,
    actor: str,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    record_audit(session, actor=actor, action=action, subject=draft.id, now=now, before=before, after=after)
