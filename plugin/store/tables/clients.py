"""Clients, the people there who get the mail, and the Jira projects that are billed to them."""

from datetime import date, datetime, time

from sqlalchemy import Index, String, Text, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, KeptRow, TenantOwned, TenantRow, belongs_to


class Client(KeptRow, TenantRow, Base):
    """A bill-to party. ``zone``, ``country`` and ``region`` decide its business days and send window.

    ``segment`` is the site's own word for a kind of client, which guards of a policy may name. ``law_profile`` names
    the rules for late payment; empty: those of the seller's country. ``statement_day``: the day of the month of its
    statement of account, 31 for the last, empty for none; ``statement_since``: the day on which that was chosen.
    """

    __tablename__ = "client"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str]
    address: Mapped[str] = mapped_column(Text, default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    region: Mapped[str] = mapped_column(String(16), default="")
    vat_id: Mapped[str] = mapped_column(String(32), default="")
    reference: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(String(64), default="")
    language: Mapped[str] = mapped_column(String(8), default="en")
    zone: Mapped[str] = mapped_column(String(64), default="Europe/Berlin")
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    tax_category: Mapped[str] = mapped_column(String(4), default="S")
    tax_rate_bp: Mapped[int] = mapped_column(default=1900)
    tax_reason: Mapped[str] = mapped_column(default="")
    terms_days: Mapped[int] = mapped_column(default=30)
    is_business: Mapped[bool] = mapped_column(default=True)
    window_start: Mapped[time | None] = mapped_column(Time)
    window_end: Mapped[time | None] = mapped_column(Time)
    reminders_on: Mapped[bool] = mapped_column(default=True)
    opt_out_reason: Mapped[str] = mapped_column(default="")
    opt_out_by: Mapped[str] = mapped_column(default="")
    opt_out_until: Mapped[date | None]
    policy_id: Mapped[str | None] = mapped_column(String(64))
    segment: Mapped[str] = mapped_column(String(32), default="")
    autopay: Mapped[bool] = mapped_column(default=False)
    law_profile: Mapped[str] = mapped_column(String(16), default="")
    opt_out_since: Mapped[date | None]
    statement_day: Mapped[int | None]
    statement_since: Mapped[date | None]
    last_contact_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1)


class Contact(TenantRow, Base):
    """A person at the client. ``role``: billing, sponsor, cc, escalation. ``failed_reason`` stops a bounced address.

    ``failed_at``: when it bounced.
    """

    __tablename__ = "contact"
    __table_args__ = (belongs_to("client", "client_id"), Index("ix_contact_client", "tenant_id", "client_id"))

    client_id: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16), default="billing")
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str]
    phone: Mapped[str] = mapped_column(String(64), default="")
    failed_reason: Mapped[str] = mapped_column(default="")
    failed_at: Mapped[datetime | None]


class Project(KeptRow, TenantOwned, Base):
    """How one Jira project is billed and followed up. ``id`` is Jira's project id.

    ``owner_account_id``: who calls, is mentioned and gets the tasks. ``digest_to``: where the forewarning of the next
    day's reminders goes; empty: nobody. ``call_issues``: a phone call also becomes an issue of ``call_issue_type``.
    ``query_issues``: what a client asks becomes an issue by itself, in ``query_project_id`` (empty: in this project).
    """

    __tablename__ = "project"
    __table_args__ = (belongs_to("client", "client_id"), Index("ix_project_key", "tenant_id", "key"))

    id: Mapped[str] = mapped_column(String(64), primary_key=True, sort_order=-10)
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str]
    service_desk: Mapped[bool] = mapped_column(default=False)
    client_id: Mapped[str | None] = mapped_column(String(64))
    policy_id: Mapped[str | None] = mapped_column(String(64))
    reminders_on: Mapped[bool] = mapped_column(default=True)
    rounding_unit: Mapped[str] = mapped_column(String(16), default="worklog")
    rounding_mode: Mapped[str] = mapped_column(String(16), default="up")
    rounding_minutes: Mapped[int] = mapped_column(default=15)
    minimum_minutes: Mapped[int] = mapped_column(default=0)
    grouping: Mapped[str] = mapped_column(String(16), default="issue")
    home_issue_id: Mapped[str | None] = mapped_column(String(64))
    comment_on: Mapped[str] = mapped_column(String(16), default="home")
    comment_visibility: Mapped[str] = mapped_column(String(16), default="restricted")
    comment_amounts: Mapped[bool] = mapped_column(default=True)
    owner_account_id: Mapped[str] = mapped_column(String(128), default="")
    digest_to: Mapped[str] = mapped_column(String(320), default="")
    call_issues: Mapped[bool] = mapped_column(default=False)
    call_issue_type: Mapped[str] = mapped_column(String(64), default="Task")
    query_issues: Mapped[bool] = mapped_column(default=False)
    query_project_id: Mapped[str | None] = mapped_column(String(64))
    query_issue_type: Mapped[str] = mapped_column(String(64), default="Task")
    gone_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1)
