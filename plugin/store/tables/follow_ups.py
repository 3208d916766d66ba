"""The follow-up of invoices: planned steps, the mails they become, tasks for people, and holds."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, JsonText, TenantRow, belongs_to

DUE = text("next_at IS NOT NULL AND state IN ('planned','deferred','held')")


class PlannedStep(TenantRow, Base):
    """One step of one invoice's ladder. Columns are the schedule: due when ``next_at`` has come.

    ``next_at`` is empty once a message carries the step, or an effect of another channel (``effect_id``): then that
    effect is the schedule. ``words_id``: what a person wrote for its mail (``mail_words``).
    """

    __tablename__ = "planned_step"
    __table_args__ = (
        belongs_to("invoice", "invoice_id"),
        belongs_to("message", "message_row_id"),
        UniqueConstraint("tenant_id", "invoice_id", "step_key", "occurrence"),
        Index("ix_planned_step_due", "next_at", sqlite_where=DUE, postgresql_where=DUE),
        Index("ix_planned_step_message", "tenant_id", "message_row_id"),
        Index("ix_planned_step_done", "tenant_id", "state", "done_at"),
    )

    invoice_id: Mapped[str] = mapped_column(String(64))
    policy_version_id: Mapped[str] = mapped_column(String(64))
    step_key: Mapped[str] = mapped_column(String(64))
    occurrence: Mapped[int] = mapped_column(default=1)
    level: Mapped[int] = mapped_column(default=0)
    channel: Mapped[str] = mapped_column(String(16))
    tone: Mapped[str] = mapped_column(String(16))
    moved_to: Mapped[date | None]
    requested: Mapped[bool] = mapped_column(default=False)
    approved: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(16), default="planned")
    reason_code: Mapped[str] = mapped_column(String(48), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    planned_on: Mapped[date]
    next_at: Mapped[datetime | None]
    deadline_on: Mapped[date | None]
    message_row_id: Mapped[str | None] = mapped_column(String(64))
    effect_id: Mapped[str | None] = mapped_column(String(64))
    words_id: Mapped[str | None] = mapped_column(String(64))
    done_at: Mapped[datetime | None]
    done_on: Mapped[date | None]


class Message(TenantRow, Base):
    """One mail to one recipient. ``message_id`` (the header) is fixed at insert; ``mime`` is frozen before a first try.

    ``kind``: invoice, follow_up, receipt, statement, debit_note. ``content_hash`` covers recipient, members, amounts as
    rendered. ``approved_by``: who released a statement that waits for a person's word.
    """

    __tablename__ = "message"
    __table_args__ = (
        belongs_to("client", "client_id"),
        UniqueConstraint("tenant_id", "message_id"),
        Index("ix_message_client", "tenant_id", "client_id"),
    )

    kind: Mapped[str] = mapped_column(String(16))
    client_id: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))
    day: Mapped[date]
    recipient: Mapped[str] = mapped_column(String(320))
    message_id: Mapped[str]
    tone: Mapped[str] = mapped_column(String(16), default="")
    language: Mapped[str] = mapped_column(String(8))
    template: Mapped[str] = mapped_column(String(64), default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    text_body: Mapped[str] = mapped_column(Text, default="")
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    mime: Mapped[bytes | None]
    crossed_payment: Mapped[bool] = mapped_column(default=False)
    approved_by: Mapped[str] = mapped_column(String(128), default="")
    approved_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class MessageMember(TenantRow, Base):
    """What a message is about. Unique, so no (invoice, step, occurrence, recipient) is ever in two mails (I1)."""

    __tablename__ = "message_member"
    __table_args__ = (
        belongs_to("message", "message_row_id"),
        belongs_to("invoice", "invoice_id"),
        UniqueConstraint("tenant_id", "invoice_id", "step_key", "occurrence", "recipient"),
        Index("ix_message_member_message", "tenant_id", "message_row_id"),
    )

    message_row_id: Mapped[str] = mapped_column(String(64))
    invoice_id: Mapped[str] = mapped_column(String(64))
    step_key: Mapped[str] = mapped_column(String(64))
    occurrence: Mapped[int] = mapped_column(default=1)
    recipient: Mapped[str] = mapped_column(String(320))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    words_id: Mapped[str | None] = mapped_column(String(64))


class Task(TenantRow, Base):
    """Work for a person. ``outcome`` closes it.

    ``kind``: call, plan_offer, legal_decision, or what else waits for somebody (reply, fix, end_of_schedule). A legal
    decision needs ``approved_by``, who is not ``done_by``.
    """

    __tablename__ = "task"
    __table_args__ = (
        belongs_to("invoice", "invoice_id"),
        UniqueConstraint("tenant_id", "invoice_id", "step_key", "occurrence"),
        Index("ix_task_open", "tenant_id", "state", "due_on"),
    )

    invoice_id: Mapped[str] = mapped_column(String(64))
    step_key: Mapped[str] = mapped_column(String(64))
    occurrence: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default="open")
    due_on: Mapped[date]
    outcome: Mapped[str] = mapped_column(String(32), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    next_action: Mapped[str] = mapped_column(Text, default="")
    spoke_with: Mapped[str] = mapped_column(default="")
    promised_on: Mapped[date | None]
    assignee: Mapped[str] = mapped_column(String(128), default="")
    issue_id: Mapped[str | None] = mapped_column(String(64))
    issue_key: Mapped[str] = mapped_column(String(64), default="")
    detail: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)
    approved_by: Mapped[str] = mapped_column(String(128), default="")
    approved_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(String(128), default="")
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    row_version: Mapped[int] = mapped_column(default=1)


class Hold(TenantRow, Base):
    """What stands beside the state of an invoice: ``kind`` paused, disputed, promised, in_plan, obstacle, handed_over.

    ``until`` is the last day of the hold in the client's zone; ``amount_minor`` is the disputed part (empty: all).
    """

    __tablename__ = "hold"
    __table_args__ = (belongs_to("invoice", "invoice_id"), Index("ix_hold_invoice", "tenant_id", "invoice_id"))

    invoice_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    until: Mapped[date | None]
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)
    created_by: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime]
    lifted_by: Mapped[str] = mapped_column(String(128), default="")
    lifted_at: Mapped[datetime | None]
