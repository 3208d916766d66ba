"""What people write and note themselves: the words of a single mail, and contacts that Dunlin had no part in."""

from datetime import date, datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, TenantRow, belongs_to


class MailWords(TenantRow, Base):
    """The words that a person wrote for one mail, as a template: its figures are those of the day it leaves.

    A row never changes: a further wording is a further row, and ``planned_step`` and ``message_member`` name the one in
    force. It stands for ``template`` in ``language``; a mail that speaks in another text leaves it aside.
    """

    __tablename__ = "mail_words"
    __table_args__ = (belongs_to("invoice", "invoice_id"), Index("ix_mail_words_invoice", "tenant_id", "invoice_id"))

    invoice_id: Mapped[str] = mapped_column(String(64))
    step_key: Mapped[str] = mapped_column(String(64))
    template: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(String(128))
    written_at: Mapped[datetime]


class ContactNote(TenantRow, Base):
    """A contact with a client that a person made outside: ``way`` mail, call, meeting or other, on the client's day.

    ``invoice_id``: the one it was about; empty: the client as a whole. Taken back it stays, with who and why.
    """

    __tablename__ = "contact_note"
    __table_args__ = (
        belongs_to("client", "client_id"),
        belongs_to("invoice", "invoice_id"),
        Index("ix_contact_note_client", "tenant_id", "client_id", "made_on"),
    )

    client_id: Mapped[str] = mapped_column(String(64))
    invoice_id: Mapped[str | None] = mapped_column(String(64))
    way: Mapped[str] = mapped_column(String(16))
    made_on: Mapped[date]
    spoke_with: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="")
    noted_by: Mapped[str] = mapped_column(String(128))
    noted_at: Mapped[datetime]
    voided_by: Mapped[str] = mapped_column(String(128), default="")
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(Text, default="")
