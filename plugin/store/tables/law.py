"""What a site entered or confirmed itself of the law of late payment, and the debit notes that it issued."""

from datetime import date, datetime

from sqlalchemy import BigInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, JsonText, TenantOwned, TenantRow, belongs_to


class ReferenceRate(TenantRow, Base):
    """A bank's reference rate for the half-year that begins on ``valid_from``; it goes before the one that we ship.

    ``series`` is the key of the bank's rates, ``percent`` a decimal as text, such as 1.27.
    """

    __tablename__ = "reference_rate"
    __table_args__ = (UniqueConstraint("tenant_id", "series", "valid_from"),)

    series: Mapped[str] = mapped_column(String(16))
    valid_from: Mapped[date]
    percent: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[str] = mapped_column(String(128), default="")
    entered_at: Mapped[datetime]


class FixedSumConfirmation(TenantOwned, Base):
    """Somebody said that the seller claims the fixed sums of a law profile (L08); without the row none is shown.

    ``sums`` are those that were confirmed, as [from_minor, amount_minor, currency]: others are asked about anew.
    """

    __tablename__ = "fixed_sum_confirmation"

    profile: Mapped[str] = mapped_column(String(16), primary_key=True)
    sums: Mapped[list[list[object]]] = mapped_column(JsonText)
    confirmed_by: Mapped[str] = mapped_column(String(128))
    confirmed_at: Mapped[datetime]


class DebitNote(TenantRow, Base):
    """A claim for late payment on paper (UNCL1001 383), beside its invoice and never in its ledger (L14).

    ``state``: issued, paid, cancelled; a cancelled one keeps its number and its document (L23). The notes of an invoice
    that stand follow each other: each claims the days up to ``until`` that none before it claims, and the fixed sum
    once. ``snapshot`` is frozen with its hash, as an invoice's is (I6).
    """

    __tablename__ = "debit_note"
    __table_args__ = (
        belongs_to("invoice", "invoice_id"),
        UniqueConstraint("tenant_id", "series", "number"),
        UniqueConstraint("tenant_id", "invoice_id", "place"),
    )

    invoice_id: Mapped[str] = mapped_column(String(64))
    place: Mapped[int]
    series: Mapped[str] = mapped_column(String(32))
    number: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default="issued")
    currency: Mapped[str] = mapped_column(String(3))
    until: Mapped[date]
    interest_minor: Mapped[int] = mapped_column(BigInteger)
    fixed_sum_minor: Mapped[int] = mapped_column(BigInteger)
    issued_on: Mapped[date]
    due_on: Mapped[date]
    snapshot: Mapped[str] = mapped_column(Text)
    snapshot_sha256: Mapped[str] = mapped_column(String(64))
    issued_by: Mapped[str] = mapped_column(String(128))
    issued_at: Mapped[datetime]
    paid_on: Mapped[date | None]
    ended_by: Mapped[str] = mapped_column(String(128), default="")
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    row_version: Mapped[int] = mapped_column(default=1)


class DebitNoteDocument(TenantOwned, Base):
    """The bytes that the client got, written once."""

    __tablename__ = "debit_note_document"
    __table_args__ = (belongs_to("debit_note", "note_id"),)

    note_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    file_name: Mapped[str]
    media_type: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes]
    sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
