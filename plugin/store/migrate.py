"""Runs the migrations and grants the roles; the only place that knows Alembic's configuration."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from plugin.store.base import Base
from plugin.store.database import open_engine

FOLDER = Path(__file__).parent / "migrations"


def alembic_config(url: str) -> Config:
    """Alembic's configuration for one database, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["url"] = url
    return config


def upgrade(owner_url: str, *, app_url: str | None = None, planner_url: str | None = None) -> None:
    """Brings the schema to the newest revision as its owner, then grants the other roles what they need."""
    command.upgrade(alembic_config(owner_url), "head")
    if make_url(owner_url).get_backend_name() == "postgresql":
        _grant(owner_url, app_url=app_url or owner_url, planner_url=planner_url)


def is_current(engine: Engine) -> bool:
    """Whether the schema stands at the newest revision that this code knows."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    head = ScriptDirectory(str(FOLDER)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def _grant(owner_url: str, *, app_url: str, planner_url: str | None) -> None:
    """The application changes rows but not tables; the planner only reads; audit rows are never changed (I9)."""
    owner = make_url(owner_url).username
    engine = create_engine(owner_url)
    quote = engine.dialect.identifier_preparer.quote
    with engine.begin() as connection:
        app = make_url(app_url).username
        if app and app != owner:
            connection.execute(
                text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quote(app)}")
            )
            connection.execute(text(f"REVOKE UPDATE, DELETE ON audit FROM {quote(app)}"))
        planner = make_url(planner_url).username if planner_url else None
        if planner and planner != owner:
            connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {quote(planner)}"))
    engine.dispose()


def tenant_tables() -> list[str]:
    """Names of all tables whose rows belong to a tenant, in the order of their foreign keys."""
    return [table.name for table in Base.metadata.sorted_tables if "tenant_id" in table.columns]


__all__ = ["alembic_config", "is_current", "open_engine", "tenant_tables", "upgrade"]
