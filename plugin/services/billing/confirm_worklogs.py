"""Releases worklogs over 24 hours for billing, once a person has said that they are right."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.jira_facts import Worklog


def confirm_worklogs(session: TenantSession, worklog_ids: Sequence[str], *, now: datetime, actor: str) -> int:
    """Marks the given worklogs as confirmed by ``actor`` and gives how many were found.

    The confirmation is for the entry as it stands: one that says something else at a later read is asked about anew.
    """
    confirmed = 0
    for start in range(0, len(worklog_ids), 500):
        batch = list(worklog_ids[start : start + 500])
        result = session.execute(
            update(Worklog).where(Worklog.id.in_(batch), Worklog.gone_at.is_(None)).values(confirmed_by=actor)
        )
        confirmed += result.rowcount  # type: ignore[attr-defined]
    record_audit(
        session, actor=actor, action="worklogs.confirmed", subject="worklogs", now=now, after={"count": confirmed}
    )
    return confirmed
