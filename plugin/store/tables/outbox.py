"""Outbox and inbox: what must leave because the database says so, and what came in and waits to be read again."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, JsonText, TenantOwned, TenantRow

DUE = text("next_at IS NOT NULL AND state IN ('planned','deferred')")
LEASED = text("lease_until IS NOT NULL AND state IN ('claimed','sending','posting')")
IN_DOUBT = text("next_at IS NOT NULL AND state IN ('unknown','verify')")


class Effect(TenantRow, Base):
    """One thing that must happen outside, once. ``kind``: mail, document, jira_comment, jira_property.

    Written in the transaction of the change that causes it. ``fence`` rises with each claim, so a late finisher changes
    nothing; ``lease_until`` is database time, ``next_at`` is business time.
    """

    __tablename__ = "effect"
    __table_args__ = (
        UniqueConstraint("tenant_id", "dedupe_key"),
        Index("ix_effect_due", "next_at", sqlite_where=DUE, postgresql_where=DUE),
        Index("ix_effect_lease", "lease_until", sqlite_where=LEASED, postgresql_where=LEASED),
        Index("ix_effect_in_doubt", "next_at", sqlite_where=IN_DOUBT, postgresql_where=IN_DOUBT),
        Index("ix_effect_subject", "tenant_id", "subject_id"),
        Index("ix_effect_depends", "tenant_id", "depends_on"),
        Index("ix_effect_offered", "tenant_id", "kind", "sending_at"),
    )

    kind: Mapped[str] = mapped_column(String(16))
    dedupe_key: Mapped[str]
    subject_id: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)
    depends_on: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default="planned")
    reason: Mapped[str] = mapped_column(Text, default="")
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    stalls: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    first_tried_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    sending_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    evidence: Mapped[list[dict[str, object]]] = mapped_column(JsonText, default=list)
    created_at: Mapped[datetime]


class Inbox(TenantRow, Base):
    """A hint from outside, kept under the sender's own id so that a repetition changes nothing."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("tenant_id", "source", "event_id"),
        Index("ix_inbox_open", "tenant_id", "state"),
    )

    source: Mapped[str] = mapped_column(String(16))
    event_id: Mapped[str]
    kind: Mapped[str] = mapped_column(String(64))
    worklog_id: Mapped[str | None] = mapped_column(String(64))
    issue_id: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default="new")
    received_at: Mapped[datetime]


class Cursor(TenantOwned, Base):
    """How far a recurring read has come, and when it is due again; ``name`` says which (``services/sync/run``)."""

    __tablename__ = "cursor"
    __table_args__ = (Index("ix_cursor_due", "next_at"),)

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(64), default="")
    next_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    ran_at: Mapped[datetime | None]


class HistoryComment(TenantOwned, Base):
    """The one living comment of an invoice on an issue. Deleted once: made anew with the next event; twice: gone."""

    __tablename__ = "history_comment"

    invoice_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    issue_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    comment_id: Mapped[str | None] = mapped_column(String(64))
    written_revision: Mapped[int] = mapped_column(default=0)
    deletions: Mapped[int] = mapped_column(default=0)


class IssueProperty(TenantOwned, Base):
    """What was last written to the issue property ``dunlin``, so that an unchanged day writes nothing."""

    __tablename__ = "issue_property"

    issue_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[datetime]


class IdempotencyKey(TenantOwned, Base):
    """The first answer to a POST, given again to a repetition of the same request."""

    __tablename__ = "idempotency_key"

    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
