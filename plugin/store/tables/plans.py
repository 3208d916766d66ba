"""Payment plans: instalments with days of their own; the invoice's due date stays what it is."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, TenantRow, belongs_to


class InstalmentPlan(TenantRow, Base):
    """``state``: offered, running, kept, broken, withdrawn. An invoice has at most one that is offered or running.

    ``grace_days``: an instalment more days late than that breaks the plan; the ladder then resumes at ``resume_level``
    (None: the strongest due step). ``accepted_how``: a person's words, or the signed page. ``broken_on``: a civil day
    of the client.
    """

    __tablename__ = "instalment_plan"
    __table_args__ = (
        belongs_to("invoice", "invoice_id"),
        Index("ix_instalment_plan_invoice", "tenant_id", "invoice_id"),
    )

    invoice_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default="offered")
    grace_days: Mapped[int] = mapped_column(default=4)
    resume_level: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    offered_by: Mapped[str] = mapped_column(String(128))
    offered_at: Mapped[datetime]
    accepted_by: Mapped[str] = mapped_column(default="")
    accepted_how: Mapped[str] = mapped_column(String(64), default="")
    accepted_at: Mapped[datetime | None]
    broken_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1)


class Instalment(TenantRow, Base):
    """One part of a plan, in the invoice's currency. What is paid follows from the ledger, oldest part first."""

    __tablename__ = "instalment"
    __table_args__ = (
        belongs_to("instalment_plan", "plan_id"),
        UniqueConstraint("tenant_id", "plan_id", "number"),
    )

    plan_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    due_on: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
