"""Rate cards: what an hour costs, for whom, from when."""

from datetime import date

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, TenantRow


class Rate(TenantRow, Base):
    """``level``: person_in_project, role, project, client, site. Price in minor units per hour, always above zero."""

    __tablename__ = "rate"
    __table_args__ = (Index("ix_rate_level", "tenant_id", "level"),)

    level: Mapped[str] = mapped_column(String(32))
    project_id: Mapped[str | None] = mapped_column(String(64))
    client_id: Mapped[str | None] = mapped_column(String(64))
    account_id: Mapped[str | None] = mapped_column(String(128))
    role: Mapped[str | None] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))
    minor_per_hour: Mapped[int] = mapped_column(BigInteger)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
