"""What a site entered itself of the law of late payment."""

from datetime import date, datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base, TenantRow


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
