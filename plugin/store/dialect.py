"""INSERT with ON CONFLICT, which SQLAlchemy has once for each database."""

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.schema import Table


def insert_into(bind: Engine | Connection, table: Table | type[DeclarativeBase]) -> postgresql.Insert | sqlite.Insert:
    """The statement of the database behind ``bind``."""
    return postgresql.insert(table) if bind.dialect.name == "postgresql" else sqlite.insert(table)
