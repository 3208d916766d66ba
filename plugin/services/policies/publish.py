"""A draft comes into force: looked at by a second person where the site asks for it, then the policy's next version."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from plugin.domain.errors import Conflict, NotAllowed
from plugin.domain.reminders.lint_findings import LintFinding
from plugin.services.policies.drafts import CHANGED_MEANWHILE, read_draft
from plugin.services.policies.judge import require_sound
from plugin.services.policies.outside import Outside, require_outside
from plugin.services.policies.resolution import choose_for_project
from plugin.services.policies.save_policy import save_policy
from plugin.services.policies.versions import newest_version, policy_row
from plugin.services.settings import checks
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.company import MailSettings
from plugin.store.tables.policies import PolicyDraft, PolicyRow, PolicyVersion

WRITTEN = ("policy_draft.started", "policy_draft.changed", "policy_draft.submitted")


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """What came of a draft, with the lint's warnings."""

    row: PolicyRow
    version: PolicyVersion
    findings: tuple[LintFinding, ...]


def needs_review(session: TenantSession) -> bool:
    """Whether a second person has to publish (four eyes)."""
    return session.get_one(MailSettings, session.tenant_id).policies_need_review


def require_review(session: TenantSession, *, on: bool, now: datetime, actor: str) -> None:
    """Says whether a second person has to publish policies from now on."""
    settings = session.get_one(MailSettings, session.tenant_id)
    before, settings.policies_need_review = settings.policies_need_review, on
    settings.row_version += 1
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="policies.review",
        subject="site",
        now=now,
        before={"value": before},
        after={"value": on},
    )


def submit_draft(
    session: TenantSession,
    draft: PolicyDraft,
    *,
    row_version: int,
    note: str,
    outside: Outside,
    now: datetime,
    actor: str,
) -> None:
    """Asks for a review. Raises InvalidInput where the ladder breaks a rule, Conflict when it is another by now."""
    _require_seen(draft, row_version)
    require_sound(session, read_draft(draft), terms_days=terms_days_of(session, draft))
    require_outside(session, read_draft(draft), outside)
    draft.note = checks.clean_block(note, field="note")
    draft.state, draft.submitted_by, draft.submitted_at = "submitted", actor, now
    draft.row_version += 1
    session.flush()
    record_audit(
        session, actor=actor, action="policy_draft.submitted", subject=draft.id, now=now, after={"note": draft.note}
    )


def publish_draft(
    session: TenantSession,
    draft: PolicyDraft,
    *,
    row_version: int,
    note: str,
    outside: Outside,
    now: datetime,
    actor: str,
) -> Published:
    """Makes the draft the policy's next version and ends it; a new policy of a project is the project's from now on.

    Raises NotAllowed where a second person is asked for and this is not one, Conflict where the draft was changed or a
    newer version was published meanwhile, InvalidInput naming the step that breaks a rule. Nothing is stored then.
    """
    _require_seen(draft, row_version)
    if needs_review(session):
        _require_four_eyes(session, draft, actor)
    _require_base(session, draft)
    require_sound(session, read_draft(draft), terms_days=terms_days_of(session, draft))
    require_outside(session, read_draft(draft), outside)
    policy_id, project_id, name, body = draft.policy_id, draft.project_id, draft.name, dict(draft.body)
    version_seen = policy_row(session, policy_id).row_version if policy_id is not None else 0
    author = draft.created_by
    session.delete(draft)
    session.flush()
    row, version, findings = save_policy(
        session,
        policy_id,
        name=name,
        body=body,
        row_version=version_seen,
        now=now,
        actor=actor,
        note=note or draft.note,
    )
    record_audit(
        session,
        actor=actor,
        action="policy_draft.published",
        subject=draft.id,
        now=now,
        after={"policy": row.id, "version": version.version, "author": author},
    )
    if policy_id is None and project_id is not None:
        choose_for_project(session, project_id, row.id, now=now, actor=actor)
    return Published(row=row, version=version, findings=findings)


def take_as_base(session: TenantSession, draft: PolicyDraft, *, row_version: int, now: datetime, actor: str) -> None:
    """Says that the version published meanwhile was looked at: publishing the draft replaces it knowingly."""
    _require_seen(draft, row_version)
    newest = newest_version(session, draft.policy_id) if draft.policy_id is not None else None
    before = draft.base_version
    draft.base_version = newest.version if newest is not None else 0
    draft.state, draft.submitted_by, draft.submitted_at = "draft", "", None
    draft.row_version += 1
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="policy_draft.rebased",
        subject=draft.id,
        now=now,
        before={"base": before},
        after={"base": draft.base_version},
    )


def terms_days_of(session: TenantSession, draft: PolicyDraft) -> int | None:
    """Days from issue to due date, where the draft is for a project whose client is known."""
    project = session.get(Project, (session.tenant_id, draft.project_id)) if draft.project_id else None
    if project is None or project.client_id is None:
        return None
    return session.get_one(Client, (session.tenant_id, project.client_id)).terms_days


def _require_seen(draft: PolicyDraft, row_version: int) -> None:
    if draft.row_version != row_version:
        raise Conflict(CHANGED_MEANWHILE)


def _require_four_eyes(session: TenantSession, draft: PolicyDraft, actor: str) -> None:
    if draft.state != "submitted":
        raise NotAllowed("Policies need a review here: submit the draft first; somebody else publishes it.")
    wrote = select(AuditRow.id).where(
        AuditRow.subject == draft.id, AuditRow.actor == actor, AuditRow.action.in_(WRITTEN)
    )
    if session.scalars(wrote.limit(1)).first() is not None:
        raise NotAllowed("Policies need a review here: you worked on this draft, so somebody else has to publish it.")


def _require_base(session: TenantSession, draft: PolicyDraft) -> None:
    newest = newest_version(session, draft.policy_id) if draft.policy_id is not None else None
    if newest is not None and newest.version != draft.base_version:
        raise Conflict(
            f"Version {newest.version} was published after this draft began. Look at what it changed, take it as the "
            "base, and publish then."
        )
