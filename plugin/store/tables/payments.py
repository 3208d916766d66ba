"""The ledger of an invoice: money in, money back. Rows are only added."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, TenantRow, belongs_to


class Payment(TenantRow, Base):
    """``kind``: payment, reversal, credit, write_off. Amount is positive; the kind gives the sign."""

    __tablename__ = "payment"
    __table_args__ = (
        belongs_to("invoice", "invoice_id"),
        belongs_to("payment", "reverses_id"),
        Index("ix_payment_invoice", "tenant_id", "invoice_id"),
    )

    invoice_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16), default="payment")
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    received_on: Mapped[date]
    method: Mapped[str] = mapped_column(String(32), default="transfer")
    reference: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="")
    reverses_id: Mapped[str | None] = mapped_column(String(64))
    recorded_by: Mapped[str] = mapped_column(String(128), default="")
    recorded_at: Mapped[datetime]
