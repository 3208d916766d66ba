"""Reminder policies: a name, and versions that never change once published."""

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, JsonText, TenantRow, belongs_to


class PolicyRow(TenantRow, Base):
    """A policy by its name; one of a tenant is the default, which every project follows that chose none."""

    __tablename__ = "policy"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str]
    is_default: Mapped[bool] = mapped_column(default=False)
    row_version: Mapped[int] = mapped_column(default=1)


class PolicyVersion(TenantRow, Base):
    """``body`` is the policy as JSON (``domain.reminders.policy``). An invoice keeps the version of its issue (F04)."""

    __tablename__ = "policy_version"
    __table_args__ = (belongs_to("policy", "policy_id"), UniqueConstraint("tenant_id", "policy_id", "version"))

    policy_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    body: Mapped[dict[str, object]] = mapped_column(JsonText)
    published_by: Mapped[str] = mapped_column(String(128), default="")
    published_at: Mapped[datetime]


class MailText(TenantRow, Base):
    """A tenant's own wording of one template in one language, in Liquid; without a row our default text speaks."""

    __tablename__ = "mail_text"
    __table_args__ = (UniqueConstraint("tenant_id", "template", "language"),)

    template: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    row_version: Mapped[int] = mapped_column(default=1)
