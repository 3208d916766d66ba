"""What comes back from clients: mails, and answers given on the signed page behind a mail's link."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, JsonText, TenantRow, belongs_to


class InboundMail(TenantRow, Base):
    """A mail that came in, once per ``source_id``. ``kind``: reply, auto_reply, bounce, unknown.

    ``message_row_id``: the mail of ours that it answers. A reply holds the next automatic step until somebody has
    handled it. ``text`` is the plain text without what it quotes, cut to a few thousand characters.
    """

    __tablename__ = "inbound_mail"
    __table_args__ = (
        belongs_to("client", "client_id"),
        belongs_to("message", "message_row_id"),
        UniqueConstraint("tenant_id", "source_id"),
        Index("ix_inbound_mail_open", "tenant_id", "client_id", "handled_at"),
    )

    source_id: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    sender: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    client_id: Mapped[str | None] = mapped_column(String(64))
    message_row_id: Mapped[str | None] = mapped_column(String(64))
    invoice_ids: Mapped[list[str]] = mapped_column(JsonText, default=list)
    detail: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)
    received_at: Mapped[datetime]
    handled_by: Mapped[str] = mapped_column(String(128), default="")
    handled_at: Mapped[datetime | None]


class ClientAnswer(TenantRow, Base):
    """An answer from the signed page. ``kind``: already_paid, wrong_contact, query, promise, promise_again, plan.

    ``detail`` holds what the form asked (a day, a line, a person's address). It holds the next automatic step until
    somebody has handled it, unless its kind has an effect of its own (a promise pauses, a query disputes).
    """

    __tablename__ = "client_answer"
    __table_args__ = (
        belongs_to("invoice", "invoice_id"),
        belongs_to("message", "message_row_id"),
        Index("ix_client_answer_open", "tenant_id", "invoice_id", "handled_at"),
    )

    invoice_id: Mapped[str] = mapped_column(String(64))
    message_row_id: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)
    given_at: Mapped[datetime]
    handled_by: Mapped[str] = mapped_column(String(128), default="")
    handled_at: Mapped[datetime | None]
