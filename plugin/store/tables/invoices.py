"""Invoices, their lines, the worklogs they claim, and the documents that were made of them."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, JsonText, TenantRow, belongs_to


class Invoice(TenantRow, Base):
    """A draft has no number. An issued row keeps its snapshot for ever; only state, holds and toggles move (I6).

    ``state``: draft, submitted, approved, issued, part_paid, paid, credited, written_off. Overdue is derived.
    ``policy_id``: an override chosen on the invoice itself; ``policy_version_id``: what it follows since its issue.
    ``viewed_at``: when somebody at the client first opened it by the link of a mail.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        belongs_to("client", "client_id"),
        UniqueConstraint("tenant_id", "series", "number"),
        Index("ix_invoice_client_state", "tenant_id", "client_id", "state", "kind"),
        # Holds all that the sums of a project's page need, so that they never touch the rows themselves.
        Index("ix_invoice_project", "tenant_id", "project_id", "state", "due_on", "currency", "balance_minor"),
        Index("ix_invoice_newest", "tenant_id", "project_id", "created_at"),
        Index("ix_invoice_home", "tenant_id", "home_issue_id"),
        Index("ix_invoice_due", "tenant_id", "state", "due_on"),
    )

    kind: Mapped[str] = mapped_column(String(16), default="invoice")
    state: Mapped[str] = mapped_column(String(16), default="draft")
    series: Mapped[str] = mapped_column(String(32), default="invoice")
    number: Mapped[str | None] = mapped_column(String(64))
    client_id: Mapped[str] = mapped_column(String(64))
    project_id: Mapped[str] = mapped_column(String(64))
    home_issue_id: Mapped[str | None] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))
    language: Mapped[str] = mapped_column(String(8))
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    issued_on: Mapped[date | None]
    due_on: Mapped[date | None]
    terms_days: Mapped[int] = mapped_column(default=30)
    net_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    tax_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    gross_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    balance_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    settings: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)
    snapshot: Mapped[str | None] = mapped_column(Text)
    snapshot_sha256: Mapped[str | None] = mapped_column(String(64))
    policy_id: Mapped[str | None] = mapped_column(String(64))
    policy_version_id: Mapped[str | None] = mapped_column(String(64))
    viewed_at: Mapped[datetime | None]
    reminders_on: Mapped[bool] = mapped_column(default=True)
    opt_out_reason: Mapped[str] = mapped_column(default="")
    opt_out_by: Mapped[str] = mapped_column(default="")
    opt_out_since: Mapped[date | None]
    opt_out_until: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[str] = mapped_column(String(128), default="")
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1)


class InvoiceLine(TenantRow, Base):
    """``quantity_hundredths`` of ``unit``; quantity x unit price = amount on paper (I7). ``trace``: why this rate."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        belongs_to("invoice", "invoice_id"),
        UniqueConstraint("tenant_id", "invoice_id", "position"),
    )

    invoice_id: Mapped[str] = mapped_column(String(64))
    position: Mapped[int]
    description: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text, default="")
    issue_keys: Mapped[list[str]] = mapped_column(JsonText, default=list)
    quantity_hundredths: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[str] = mapped_column(String(8), default="HUR")
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    tax_category: Mapped[str] = mapped_column(String(4))
    tax_rate_bp: Mapped[int]
    trace: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)


class WorklogClaim(TenantRow, Base):
    """Which line bills which worklog. Unique while live, so the same second is never billed twice (I5)."""

    __tablename__ = "worklog_claim"
    __table_args__ = (
        belongs_to("invoice", "invoice_id"),
        belongs_to("invoice_line", "line_id"),
        Index(
            "uq_worklog_claim_live",
            "tenant_id",
            "worklog_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
        Index("ix_worklog_claim_issue", "tenant_id", "issue_id"),
        Index("ix_worklog_claim_invoice", "tenant_id", "invoice_id"),
        Index("ix_worklog_claim_line", "tenant_id", "line_id"),
    )

    worklog_id: Mapped[str] = mapped_column(String(64))
    issue_id: Mapped[str] = mapped_column(String(64))
    invoice_id: Mapped[str] = mapped_column(String(64))
    line_id: Mapped[str] = mapped_column(String(64))
    seconds_logged: Mapped[int]
    seconds_billed: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))
    released_at: Mapped[datetime | None]


class Document(TenantRow, Base):
    """The bytes a client got, written once: ``kind`` pdf or xml, with their SHA-256."""

    __tablename__ = "document"
    __table_args__ = (belongs_to("invoice", "invoice_id"), UniqueConstraint("tenant_id", "invoice_id", "kind"))

    invoice_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(8))
    file_name: Mapped[str]
    media_type: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes]
    sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]


class InvoiceEvent(TenantRow, Base):
    """One line of an invoice's history, as people read it: in the panel, and in the comment on the issue."""

    __tablename__ = "invoice_event"
    __table_args__ = (
        belongs_to("invoice", "invoice_id"),
        UniqueConstraint("tenant_id", "dedupe_key"),
        Index("ix_invoice_event_invoice", "tenant_id", "invoice_id", "at"),
    )

    invoice_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(32))
    step_key: Mapped[str] = mapped_column(String(64), default="")
    channel: Mapped[str] = mapped_column(String(16), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    internal_note: Mapped[str] = mapped_column(Text, default="")
    actor: Mapped[str] = mapped_column(String(128), default="")
    dedupe_key: Mapped[str]
