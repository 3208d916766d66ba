"""What all tables share: naming, keys of two columns, instants in UTC, JSON as text."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import BigInteger, Date, DateTime, ForeignKeyConstraint, Integer, LargeBinary, MetaData, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_1_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> str:
    """A random identifier of 32 hexadecimal digits; says nothing about order or tenant."""
    return uuid4().hex


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC. SQLite keeps no zone, so it is given back here; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        return value.astimezone(UTC) if dialect.name == "postgresql" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonText(TypeDecorator[Any]):
    """JSON with sorted keys as text: the same bytes on both databases, so it can be hashed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        if value is None:
            return None
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - the signature is SQLAlchemy's
        return None if value is None else json.loads(value)


class Base(DeclarativeBase):
    """The one declarative base: names of constraints, and the column types behind annotations."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - the name and form are SQLAlchemy's
        str: String(255),
        int: Integer,
        date: Date,
        datetime: Instant,
        bytes: LargeBinary,
    }


class TenantOwned:
    """A row of exactly one tenant. Its key has two columns, so a foreign key can never cross tenants."""

    tenant_id: Mapped[str] = mapped_column(String(32), primary_key=True, sort_order=-20)


class KeptRow:
    """A row of which there are few and that is asked for again and again: a session keeps what it has read of it.

    Whoever must know it as it is by now locks it, which reads it anew.
    """


class TenantRow(TenantOwned):
    """A tenant's row with an identifier of ours."""

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=new_id, sort_order=-10)


def belongs_to(table: str, *columns: str, key: str = "id") -> ForeignKeyConstraint:
    """A composite foreign key ``(tenant_id, column) -> table(tenant_id, id)``."""
    (column,) = columns
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.{key}"])


Minor = BigInteger
"""Money in minor units of the currency that stands in the same row."""
