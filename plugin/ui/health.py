"""Is the process alive, is the service ready? Both tell nothing about any tenant."""

from pathlib import Path

from flask import jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from plugin.store.database import across_tenants
from plugin.store.queries.readiness import last_tick, readiness
from plugin.ui import here
from plugin.ui.routes import Routes

routes = Routes("health", __name__)

ICON = Path(__file__).with_name("icon.svg")


@routes.public("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(ok=True)


@routes.public("/readyz")
def readyz() -> ResponseReturnValue:
    """Whether the database answers, how much waits for the worker, what is due next, and when the clock last ticked."""
    try:
        with across_tenants(here.container().planner_engine) as connection:
            seen, tick = readiness(connection, now=here.now()), last_tick(connection)
    except SQLAlchemyError:
        return jsonify(ok=False, database=False), 503
    return jsonify(
        ok=True,
        database=True,
        backlog=seen.backlog,
        next_due_at=seen.next_due_at.isoformat() if seen.next_due_at else None,
        last_tick=tick.isoformat() if tick else None,
    )


@routes.public("/icon.svg")
def icon() -> ResponseReturnValue:
    """The app's icon in Jira's menus."""
    return ICON.read_bytes(), 200, {"Content-Type": "image/svg+xml"}
