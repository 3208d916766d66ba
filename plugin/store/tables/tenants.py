"""A tenant, and the host installations through which its people come."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, KeptRow, TenantOwned, TenantRow


class Tenant(KeptRow, TenantOwned, Base):
    """``state``: active, read_only, leaving. ``mode``: sandbox (mail stays in) or live. The kill switch stops all."""

    __tablename__ = "tenant"

    name: Mapped[str]
    state: Mapped[str] = mapped_column(String(16), default="active")
    mode: Mapped[str] = mapped_column(String(16), default="sandbox")
    kill_switch: Mapped[bool] = mapped_column(default=False)
    reminders_on: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    row_version: Mapped[int] = mapped_column(default=1)


class Installation(TenantRow, Base):
    """One host's identity of a tenant. ``state``: installed, enabled, disabled, uninstalled, broken, superseded.

    Looked up by ``client_key`` before the tenant is known, therefore unique over all tenants.
    ``event_at`` and ``event_rank`` order lifecycle events by when they were signed, not by when they arrived.
    Secrets are encrypted and bound to tenant, table and field.
    """

    __tablename__ = "installation"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"]),
        Index("uq_installation_client_key", "client_key", unique=True),
        Index("uq_installation_installation_id", "installation_id", unique=True),
        Index("ix_installation_base_url", "base_url"),
    )

    kind: Mapped[str] = mapped_column(String(16))
    client_key: Mapped[str | None]
    installation_id: Mapped[str | None]
    cloud_id: Mapped[str | None]
    base_url: Mapped[str]
    display_url: Mapped[str | None]
    api_base_url: Mapped[str | None]
    shared_secret: Mapped[str | None] = mapped_column(Text)
    previous_secret: Mapped[str | None] = mapped_column(Text)
    previous_secret_until: Mapped[datetime | None]
    oauth_client_id: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(16))
    licensed: Mapped[bool] = mapped_column(default=True)
    rejections: Mapped[int] = mapped_column(default=0)
    rejected_at: Mapped[datetime | None]
    account_id: Mapped[str | None]
    event_at: Mapped[datetime]
    event_rank: Mapped[int] = mapped_column(default=0)
    installed_at: Mapped[datetime]
    uninstalled_at: Mapped[datetime | None]
