"""What Jira told us, kept so that billing never waits for Jira: issues and worklogs. Account ids only, never names."""

from datetime import date, datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, JsonText, TenantOwned


class JiraIssue(TenantOwned, Base):
    """An issue with logged time, as last read. ``gone_at``: deleted in Jira; what was billed of it stays billed."""

    __tablename__ = "jira_issue"
    __table_args__ = (
        Index("ix_jira_issue_project", "tenant_id", "project_id"),
        Index("ix_jira_issue_key", "tenant_id", "key"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, sort_order=-10)
    key: Mapped[str] = mapped_column(String(64))
    summary: Mapped[str] = mapped_column(Text, default="")
    type_name: Mapped[str] = mapped_column(default="")
    project_id: Mapped[str] = mapped_column(String(64))
    epic_key: Mapped[str | None] = mapped_column(String(64))
    components: Mapped[list[str]] = mapped_column(JsonText, default=list)
    updated_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]


class Worklog(TenantOwned, Base):
    """A logged time. ``day`` is the civil day of ``started_at`` in the seller's billing zone; no start, no day.

    ``content_hash`` covers what is billed, so drift is found by comparing. ``confirmed_by`` releases one over 24 h.
    """

    __tablename__ = "worklog"
    __table_args__ = (
        Index("ix_worklog_issue", "tenant_id", "issue_id"),
        Index("ix_worklog_day", "tenant_id", "day"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, sort_order=-10)
    issue_id: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[str | None] = mapped_column(String(128))
    started_at: Mapped[datetime | None]
    day: Mapped[date | None]
    seconds: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    restricted: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64))
    confirmed_by: Mapped[str | None] = mapped_column(String(128))
    missing_since: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]


class PersonRole(TenantOwned, Base):
    """The billing role of a person, such as ``senior``: what a role rate is looked up by."""

    __tablename__ = "person_role"

    account_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    role: Mapped[str] = mapped_column(String(64))
