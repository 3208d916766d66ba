"""Who is told of a project's follow-ups the day before."""

from dataclasses import dataclass
from datetime import datetime

from plugin.services.addresses import check_address
from plugin.services.billing.lookup import check_version, project_of
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchForm:
    """``digest_to``: one address; empty: nobody."""

    digest_to: str
    row_version: int


def save_watch(session: TenantSession, project_id: str, form: WatchForm, *, now: datetime, actor: str) -> Project:
    """Checks and stores it. The audit row says that it changed; addresses are personal and stay out of the chain."""
    project = project_of(session, project_id)
    session.refresh(project, with_for_update={"key_share": True})
    check_version(project, form.row_version)
    before = bool(project.digest_to)
    project.digest_to = check_address(form.digest_to, field="digest_to") if form.digest_to.strip() else ""
    project.row_version += 1
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="project.digest",
        subject=project.id,
        now=now,
        before={"is_sent": before},
        after={"is_sent": bool(project.digest_to)},
    )
    return project
