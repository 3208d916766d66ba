"""The rows that every new tenant starts with: empty profile, number series, default policy, cursors."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, select

from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_json import to_dict
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.company import CompanyProfile, MailSettings, NumberSeries
from plugin.store.tables.outbox import Cursor
from plugin.store.tables.policies import PolicyRow, PolicyVersion
from plugin.store.tables.tenants import Installation
from plugin.store.upsert import insert_new

CURSORS = (
    *("buckets", "control", "failed_webhooks", "imap", "inbox", "issues", "projects", "sweep"),
    *("worklogs_deleted", "worklogs_updated"),
)


READ_WHILE = ("installed", "enabled", "broken")
"""States of an installation in which its site is read."""


def add_missing_cursors(session: TenantSession, *, now: datetime) -> None:
    """Gives a tenant of an earlier version the kinds of reading it lacks; due now if its site is read at all."""
    known = set(session.scalars(select(Cursor.name)))
    missing = [name for name in CURSORS if name not in known]
    if not missing:
        return
    alive = session.scalars(select(Installation.id).where(Installation.state.in_(READ_WHILE)).limit(1)).first()
    for name in missing:
        # Every process that starts looks at this; the first one writes.
        row = {"name": name, "value": "", "next_at": now if alive else None, "failures": 0, "last_error": ""}
        insert_new(session, cast(Table, Cursor.__table__), row, unique=["name"])


def stop_reading(session: TenantSession) -> None:
    """Nothing of this tenant's site is read any more."""
    for cursor in session.scalars(select(Cursor)):
        cursor.next_at = None


def add_defaults(session: TenantSession, *, now: datetime) -> None:
    """Adds them to an empty tenant. Mail stays in (sandbox mode) until an admin goes live."""
    session.add_all([CompanyProfile(), MailSettings(), NumberSeries(key="invoice")])
    session.add_all([Cursor(name=name, next_at=now) for name in CURSORS])
    policy = PolicyRow(id=new_id(), name="Standard", is_default=True)
    session.add(policy)
    session.flush()
    session.add(
        PolicyVersion(
            id=new_id(),
            policy_id=policy.id,
            version=1,
            body=to_dict(default_policy()),
            published_by="dunlin",
            published_at=now,
        )
    )
    session.flush()
