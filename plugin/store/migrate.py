"""Runs the migrations and grants the roles; the only place that knows Alembic's configuration."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from plugin.domain.errors import Permanent
from plugin.store.encrypted import ENCRYPTED

FOLDER = Path(__file__).parent / "migrations"
PLANNER_READS = sorted(
    {"cursor", "effect", "heartbeat", "installation", "planned_step", "tenant"}
    | {table.__tablename__ for table in ENCRYPTED}
)
"""What the role that sees all tenants may look at: what is due, who is there, and which keys the secrets need."""


def alembic_config(url: str) -> Config:
    """Alembic's configuration for one database, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["url"] = url
    return config


def upgrade(owner_url: str, *, app_url: str | None = None, planner_url: str | None = None) -> str:
    """Brings the schema to the newest revision as its owner, then grants the other roles what they need.

    Gives the revision.
    """
    command.upgrade(alembic_config(owner_url), "head")
    if make_url(owner_url).get_backend_name() == "postgresql":
        _grant(owner_url, app_url=app_url or owner_url, planner_url=planner_url)
    return ScriptDirectory(str(FOLDER)).get_current_head() or ""


def require_schema(url: str) -> None:
    """Permanent where the database has no tables yet, or older ones than this version needs. A newer one is fine."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite" and where.database and not Path(where.database).exists():
        raise Permanent(f"There is no database at {where.database} yet; check DATABASE_URL, or run `dunlin upgrade`.")
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory(str(FOLDER))
    if current is None:
        raise Permanent("The database has no tables of Dunlin yet; run `dunlin upgrade` first.")
    newest = scripts.get_current_head()
    if current != newest and current in {script.revision for script in scripts.walk_revisions()}:
        raise Permanent(f"The database has schema {current}, this version needs {newest}; run `dunlin upgrade` first.")


def _grant(owner_url: str, *, app_url: str, planner_url: str | None) -> None:
    """The application changes rows but not tables; the planner only reads; audit rows are never changed (I9)."""
    owner, app = make_url(owner_url).username, make_url(app_url).username
    planner = make_url(planner_url).username if planner_url else app
    engine = create_engine(owner_url)
    try:
        with engine.begin() as connection:
            if app and app != owner:
                _grant_application(connection, app)
            if planner and planner not in (owner, app):
                tables = ", ".join(PLANNER_READS)
                connection.execute(text(f"GRANT SELECT ON {tables} TO {_quoted(connection, planner)}"))
            _require_sight(connection, planner or "")
    finally:
        engine.dispose()


def _grant_application(connection: Connection, role: str) -> None:
    name = _quoted(connection, role)
    connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}"))
    connection.execute(text(f"REVOKE UPDATE, DELETE ON audit FROM {name}"))
    connection.execute(text(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {name}"))


def _require_sight(connection: Connection, planner: str) -> None:
    """Under row security a planner without BYPASSRLS sees no row at all: nothing would ever be due, without a word."""
    query = text("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = :name")
    if not connection.execute(query, {"name": planner}).scalar():
        raise Permanent(
            f"The role {planner!r} of DATABASE_PLANNER_URL sees no rows of all tenants, so nothing would be sent. "
            f"Let an administrator run: ALTER ROLE {_quoted(connection, planner)} BYPASSRLS;"
        )


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)
