"""The rows that every new tenant starts with: empty profile, number series, default policy, cursors."""

from datetime import datetime

from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_json import to_dict
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.company import CompanyProfile, MailSettings, NumberSeries
from plugin.store.tables.outbox import Cursor
from plugin.store.tables.policies import PolicyRow, PolicyVersion

CURSORS = ("buckets", "failed_webhooks", "inbox", "issues", "projects", "sweep", "worklogs_deleted", "worklogs_updated")


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
