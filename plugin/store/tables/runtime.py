"""Facts of the running service that belong to no tenant."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from plugin.store.base import Base


class Heartbeat(Base):
    """When a process of a kind last did its round, and who holds the lease to do the next."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[datetime | None]
    at: Mapped[datetime | None]
    business_at: Mapped[datetime | None]


class Deployment(Base):
    """What holds for the whole service: the address under which this database last woke, and a clock that jumped."""

    __tablename__ = "deployment"

    key: Mapped[str] = mapped_column(String(16), primary_key=True, default="base_url")
    value: Mapped[str]


class JiraAccount(Base):
    """Points of Jira used within an hour: ``name`` is ``app`` for all sites together, or a tenant's id."""

    __tablename__ = "jira_account"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    hour: Mapped[datetime]
    used: Mapped[int] = mapped_column(default=0)
    near_limit: Mapped[bool] = mapped_column(default=False)
    closed_until: Mapped[datetime | None]
