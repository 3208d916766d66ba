"""The due-query costs O(due): both databases answer it from the partial indexes, whatever the values are."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Select, insert, literal, select, text

from plugin.store.base import new_id
from plugin.store.database import across_tenants
from plugin.store.queries.due import CURSORS, EFFECTS, STEPS, fair
from plugin.store.tables.follow_ups import DUE as STEP_DUE
from plugin.store.tables.outbox import DUE, IN_DOUBT, LEASED, Effect
from tests.support.delivery import NOW, DeliveryWorld

QUERIES: dict[str, Select[str, str]] = {
    "ix_effect_due": fair(EFFECTS, DUE, now=NOW, each=100),
    "ix_effect_in_doubt": fair(EFFECTS, IN_DOUBT, now=NOW, each=100),
    "ix_planned_step_due": fair(STEPS, STEP_DUE, now=NOW, each=100),
    "ix_effect_lease": select(EFFECTS.c.tenant_id, EFFECTS.c.id).where(LEASED, EFFECTS.c.lease_until <= literal(NOW)),
    "ix_cursor_due": select(CURSORS.c.tenant_id, CURSORS.c.name).where(CURSORS.c.next_at <= literal(NOW)),
}


@pytest.mark.parametrize("index", QUERIES)
def test_the_due_queries_use_their_partial_indexes(world: DeliveryWorld, index: str) -> None:
    with across_tenants(world.planner_engine) as connection:
        plan = _plan(connection, QUERIES[index])
    assert index in plan, plan


def test_finished_rows_cost_nothing(world: DeliveryWorld) -> None:
    """Ten thousand finished rows beside one due row: the plan still starts from the index of the due ones."""
    with world.writing(world.tenant_id) as session:
        rows = [
            {
                "tenant_id": world.tenant_id,
                "id": new_id(),
                "kind": "mail",
                "dedupe_key": f"done-{number}",
                "subject_id": "none",
                "payload": {},
                "state": "sent",
                "evidence": [],
                "created_at": NOW,
                "next_at": NOW - timedelta(days=1),
            }
            for number in range(10_000)
        ]
        session.execute(insert(Effect), rows)
    world.add_mail()
    with across_tenants(world.planner_engine) as connection:
        assert "ix_effect_due" in _plan(connection, QUERIES["ix_effect_due"])


def _plan(connection: Connection, query: Select[str, str]) -> str:
    if connection.dialect.name == "sqlite":
        compiled = query.compile(connection)
        statement = str(compiled)
        values = [compiled.params[name] for name in compiled.positiontup or ()]
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(_plain(values)))
        return "\n".join(str(row) for row in rows)
    # The plan for values that nobody has seen: what a prepared statement gets.
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    connection.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
    compiled = query.compile(connection)
    statement = str(compiled)
    for place, name in enumerate(compiled.params, start=1):
        statement = statement.replace(f"%({name})s", f"${place}")
    kinds = ", ".join(_kind(value) for value in compiled.params.values())
    connection.exec_driver_sql(f"PREPARE due_plan ({kinds}) AS {statement.replace('%%', '%')}")
    given = ", ".join(f"'{value}'" for value in compiled.params.values())
    return "\n".join(str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN EXECUTE due_plan ({given})"))


def _plain(values: list[object]) -> list[object]:
    return [str(value) if not isinstance(value, int) else value for value in values]


def _kind(value: object) -> str:
    return "integer" if isinstance(value, int) else "timestamptz"
