"""Writes the next version of a policy; invoices keep the version they were issued with (F04)."""

from datetime import datetime

from sqlalchemy import select

from plugin.domain.errors import Conflict, InvalidInput, NotFound
from plugin.domain.reminders.lint_findings import LintFinding
from plugin.domain.reminders.policy_json import from_dict, to_dict
from plugin.domain.reminders.policy_lint import check, lint
from plugin.services.policies.versions import newest_version
from plugin.services.settings import checks
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.policies import PolicyDraft, PolicyRow, PolicyVersion


def save_policy(
    session: TenantSession,
    policy_id: str | None,
    *,
    name: str,
    body: object,
    row_version: int,
    now: datetime,
    actor: str,
    note: str = "",
) -> tuple[PolicyRow, PolicyVersion, tuple[LintFinding, ...]]:
    """Publishes ``body`` (a policy as JSON) as the next version, and gives the lint's warnings.

    InvalidInput names the step that breaks a rule, for example one before the issue date; nothing is stored then.
    """
    row = _load(session, policy_id, row_version)
    called = free_name(session, row.id, name)
    said = checks.clean_block(note, field="note")
    newest = newest_version(session, row.id)
    number = 1 if newest is None else newest.version + 1
    policy = from_dict(body, policy_id=row.id, version=number)
    check(policy)
    row.name, row.row_version = called, (row.row_version or 0) + 1
    session.add(row)
    session.flush()
    version = PolicyVersion(id=new_id(), policy_id=row.id, version=number, body=to_dict(policy) | {"name": called})
    version.note, version.published_by, version.published_at = said, actor, now
    session.add(version)
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="policy.published",
        subject=row.id,
        now=now,
        before={"version": number - 1, "body": newest.body} if newest else None,
        after={"version": number, "body": version.body, "note": said},
    )
    return row, version, lint(policy)


def free_name(session: TenantSession, policy_id: str | None, name: str, *, draft_id: str = "") -> str:
    """The name, cleaned. InvalidInput where another policy, or another new one's draft, is called so.

    Asked before a row is touched: a query would write a name that is taken, and fail without a sentence.
    """
    line = checks.clean_line(name, field="name", longest=120)
    clean = checks.required(line, field="name", what="a name for the policy")
    taken = select(PolicyRow.id).where(PolicyRow.name == clean, PolicyRow.id != (policy_id or ""))
    promised = select(PolicyDraft.id).where(
        PolicyDraft.name == clean, PolicyDraft.policy_id.is_(None), PolicyDraft.id != draft_id
    )
    if any(session.scalars(query).first() is not None for query in (taken, promised)):
        raise InvalidInput(f"There is a policy called {clean} already; choose another name.", field="name")
    return clean


def _load(session: TenantSession, policy_id: str | None, seen: int) -> PolicyRow:
    if policy_id is None:
        return PolicyRow(id=new_id(), is_default=False, row_version=0)
    row = session.scalars(select(PolicyRow).where(PolicyRow.id == policy_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("There is no such policy here; reload the page.")
    if row.row_version != seen:
        raise Conflict(
            "Somebody published a newer version meanwhile. It is shown above your form; publish again to replace it."
        )
    return row
