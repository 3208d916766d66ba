"""Reminder policies: a name, and versions that never change once published."""

from datetime import date, datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, JsonText, KeptRow, TenantRow, belongs_to


class PolicyRow(TenantRow, Base):
    """A policy by its name; one of a tenant is the default, which every project follows that chose none."""

    __tablename__ = "policy"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str]
    is_default: Mapped[bool] = mapped_column(default=False)
    row_version: Mapped[int] = mapped_column(default=1)


class PolicyVersion(KeptRow, TenantRow, Base):
    """``body`` is the policy as JSON (``domain.reminders.policy``). An invoice keeps the version of its issue (F04)."""

    __tablename__ = "policy_version"
    __table_args__ = (belongs_to("policy", "policy_id"), UniqueConstraint("tenant_id", "policy_id", "version"))

    policy_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    body: Mapped[dict[str, object]] = mapped_column(JsonText)
    note: Mapped[str] = mapped_column(Text, default="")
    published_by: Mapped[str] = mapped_column(String(128), default="")
    published_at: Mapped[datetime]


class PolicyDraft(TenantRow, Base):
    """A change of a policy that is not in force yet. ``state``: draft, submitted; published or thrown away, it is gone.

    ``policy_id`` empty: a policy that does not exist yet. ``base_version``: the version it began with, 0 for none.
    ``project_id``: whose administrators work on it; empty: those of the site.
    """

    __tablename__ = "policy_draft"
    __table_args__ = (belongs_to("policy", "policy_id"),)

    policy_id: Mapped[str | None] = mapped_column(String(64))
    project_id: Mapped[str | None] = mapped_column(String(64))
    base_version: Mapped[int] = mapped_column(default=0)
    name: Mapped[str]
    body: Mapped[dict[str, object]] = mapped_column(JsonText)
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16), default="draft")
    created_by: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime]
    submitted_by: Mapped[str] = mapped_column(String(128), default="")
    submitted_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1)


class QuietPeriod(TenantRow, Base):
    """Days on which nobody is reminded, both ends included; ``yearly``: every year on the same days (Christmas)."""

    __tablename__ = "quiet_period"
    __table_args__ = (belongs_to("client", "client_id"),)

    client_id: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    yearly: Mapped[bool] = mapped_column(default=False)


class MailText(TenantRow, Base):
    """A tenant's own wording of one template in one language, in Liquid; without a row our default text speaks.

    ``html`` empty: the HTML part is made of ``body``.
    """

    __tablename__ = "mail_text"
    __table_args__ = (UniqueConstraint("tenant_id", "template", "language"),)

    template: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    row_version: Mapped[int] = mapped_column(default=1)
