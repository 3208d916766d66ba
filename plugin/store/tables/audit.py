"""Who changed what, before and after: an append-only chain of hashes a tenant (I9)."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, JsonText, TenantOwned, TenantRow


class AuditRow(TenantRow, Base):
    """``hash`` = SHA-256 of the previous hash, this row's canonical JSON and its sequence number."""

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("tenant_id", "seq"),)

    seq: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(128))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(128))
    before: Mapped[dict[str, object] | None] = mapped_column(JsonText)
    after: Mapped[dict[str, object] | None] = mapped_column(JsonText)
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(TenantOwned, Base):
    """The end of the chain; its row is locked while a link is added."""

    __tablename__ = "audit_head"

    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default="")


class Alert(TenantRow, Base):
    """Something a person must look at: a parked mail, a bad address, a broken installation."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("tenant_id", "dedupe_key"),)

    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(48))
    sentence: Mapped[str] = mapped_column(String(2000))
    subject: Mapped[str] = mapped_column(String(128), default="")
    dedupe_key: Mapped[str]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str] = mapped_column(String(128), default="")
