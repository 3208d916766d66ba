"""Brings policies of a file in: what would change is told first; they then come in force, or wait for a review."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from plugin.domain.reminders.lint_findings import LintFinding
from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.policy_diff import policy_diff
from plugin.domain.reminders.policy_json import to_dict
from plugin.services.follow_ups.policies import read_policy
from plugin.services.policies.drafts import start_draft
from plugin.services.policies.judge import judge
from plugin.services.policies.outside import Outside
from plugin.services.policies.publish import needs_review, publish_draft, submit_draft
from plugin.services.policies.resolution import choose_default
from plugin.services.policies.versions import newest_version
from plugin.services.policies.yaml_text import WrittenPolicy
from plugin.store.session import TenantSession
from plugin.store.tables.policies import PolicyRow


class ImportAction(StrEnum):
    """What becomes of a policy of the file."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportLine:
    """One policy of a file. ``becomes_default``: the site follows it from then on where nothing was chosen."""

    name: str
    action: ImportAction
    sentences: tuple[str, ...]
    becomes_default: bool
    findings: tuple[LintFinding, ...]


def plan_import(session: TenantSession, written: Sequence[WrittenPolicy], outside: Outside) -> tuple[ImportLine, ...]:
    """What an import would change, policy by policy; stores nothing."""
    return tuple(_line(session, one, outside) for one in written)


def import_policies(
    session: TenantSession,
    written: Sequence[WrittenPolicy],
    *,
    note: str,
    outside: Outside,
    now: datetime,
    actor: str,
) -> tuple[ImportLine, ...]:
    """Publishes what is new or changed; where policies need a review, it becomes submitted drafts instead.

    A default that has to be reviewed first is not made the default. Policies that the file does not name stay.
    """
    lines = plan_import(session, written, outside)
    review = needs_review(session)
    for one, line in zip(written, lines, strict=True):
        row = _row(session, one.policy.name)
        if line.action is not ImportAction.SAME:
            row = _bring_in(session, row, one.policy, review=review, note=note, outside=outside, now=now, actor=actor)
        if line.becomes_default and row is not None:
            choose_default(session, row.id, now=now, actor=actor)
    return lines


def import_as_drafts(
    session: TenantSession,
    written: Sequence[WrittenPolicy],
    *,
    note: str,
    outside: Outside,
    now: datetime,
    actor: str,
) -> tuple[ImportLine, ...]:
    """Makes drafts of what is new or changed; nothing comes in force, and nothing becomes the default."""
    lines = plan_import(session, written, outside)
    for one, line in zip(written, lines, strict=True):
        row = _row(session, one.policy.name)
        if line.action is not ImportAction.SAME:
            policy_id = row.id if row else None
            start_draft(session, policy_id, policy=one.policy, name=line.name, note=note, now=now, actor=actor)
    return lines


def _line(session: TenantSession, one: WrittenPolicy, outside: Outside) -> ImportLine:
    row = _row(session, one.policy.name)
    version = newest_version(session, row.id) if row is not None else None
    known = read_policy(version) if version is not None else None
    action = ImportAction.CHANGED if known is not None else ImportAction.NEW
    if known is not None and to_dict(known) | {"name": one.policy.name} == to_dict(one.policy):
        action = ImportAction.SAME
    return ImportLine(
        name=one.policy.name,
        action=action,
        sentences=() if action is ImportAction.SAME else policy_diff(known, one.policy).sentences,
        becomes_default=one.is_default and (row is None or not row.is_default),
        findings=judge(session, one.policy, outside),
    )


def _bring_in(
    session: TenantSession,
    row: PolicyRow | None,
    policy: Policy,
    *,
    review: bool,
    note: str,
    outside: Outside,
    now: datetime,
    actor: str,
) -> PolicyRow | None:
    """The policy's row; None where it waits for its review, so that nobody can follow it yet."""
    draft = start_draft(session, row.id if row else None, policy=policy, name=policy.name, now=now, actor=actor)
    if review:
        submit_draft(session, draft, row_version=draft.row_version, note=note, outside=outside, now=now, actor=actor)
        return row
    return publish_draft(
        session, draft, row_version=draft.row_version, note=note, outside=outside, now=now, actor=actor
    ).row


def _row(session: TenantSession, name: str) -> PolicyRow | None:
    return session.scalars(select(PolicyRow).where(PolicyRow.name == name)).one_or_none()
