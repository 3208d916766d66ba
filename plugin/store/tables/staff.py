"""What goes to our own people or their systems: digests, test mails, calls of other services."""

from datetime import date, datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, TenantRow


class StaffMail(TenantRow, Base):
    """A mail to a colleague. ``kind``: digest, alert, test; its effect has the kind ``staff_mail``, without a gate."""

    __tablename__ = "staff_mail"
    __table_args__ = (UniqueConstraint("tenant_id", "message_id"),)

    kind: Mapped[str] = mapped_column(String(16))
    project_id: Mapped[str | None] = mapped_column(String(64))
    recipient: Mapped[str] = mapped_column(String(320))
    day: Mapped[date]
    subject: Mapped[str] = mapped_column(Text)
    text_body: Mapped[str] = mapped_column(Text)
    html_body: Mapped[str] = mapped_column(Text, default="")
    message_id: Mapped[str]
    mime: Mapped[bytes | None]
    created_at: Mapped[datetime]


class WebhookTarget(TenantRow, Base):
    """Where a policy step of the channel ``webhook`` calls (an SMS or chat provider). ``secret`` is encrypted."""

    __tablename__ = "webhook_target"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str]
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(Text)
    is_on: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str] = mapped_column(String(128), default="")
    created_at: Mapped[datetime]
    row_version: Mapped[int] = mapped_column(default=1)
