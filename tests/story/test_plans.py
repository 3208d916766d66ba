"""No everyday question reads all rows of a site: on a large one that is what makes each mail slower than the last."""

import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from sqlalchemy import event

from plugin.store.database import LOOKS_EACH, open_engine
from tests.support.stage import Story

GROWING = {
    *("effect", "worklog", "worklog_claim", "invoice", "invoice_line", "planned_step", "message", "message_member"),
    *("invoice_event", "payment", "document", "task", "hold", "jira_issue", "audit_row"),
}
ROWS = 200_000
# About everything by their nature: the daily sweep of recent worklogs, the hourly look at what Jira shows.
SWEEPS = ("worklog.updated_at >= ", "SELECT DISTINCT worklog_claim.issue_id")

Asked = dict[str, tuple[object, ...]]


def test_the_paths_of_delivery_and_money_use_an_index_for_what_they_look_for(story: Story) -> None:
    asked: Asked = {}

    def note(*told: object) -> None:
        statement, parameters, many = str(told[2]), told[3], told[5]
        if statement.startswith(("SELECT", "UPDATE", "DELETE")) and isinstance(parameters, list | tuple):
            asked.setdefault(statement, tuple(parameters[0] if many else parameters))

    event.listen(story.container.engine, "before_cursor_execute", note)
    invoice = story.bill()
    story.drain(sync=True)
    story.walk(date(2026, 9, 19))
    story.office.settle(story.office.dispute(invoice.id, "Hours are questioned"))
    story.pay(invoice, "100.00")
    story.walk(date(2026, 9, 26))
    story.office.pay(invoice.id)
    story.drain(sync=True)
    assert len(asked) > 100
    found = [f"{each}: {why}" for each, why in slow(story, asked) if not any(sweep in each for sweep in SWEEPS)]
    assert found == []


def test_sqlite_learns_how_its_rows_are_spread_and_learns_again_when_they_double(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'growing.db'}")

    def rows(count: int) -> int | None:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS thing (id INTEGER PRIMARY KEY, name TEXT)")
            connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS by_name ON thing (name)")
            connection.exec_driver_sql(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                "INSERT INTO thing (name) SELECT 'a name of some length' FROM n",
                (count,),
            )
        for _ in range(LOOKS_EACH):
            engine.connect().close()
        with engine.begin() as connection:
            stat = connection.exec_driver_sql("SELECT stat FROM sqlite_stat1 WHERE idx = 'by_name'").scalar()
        return int(str(stat).split()[0]) if stat else None

    first = rows(100)
    second = rows(5_000)
    engine.dispose()
    assert first == 100
    assert second is not None
    assert second > 2_000


def slow(story: Story, asked: Asked) -> list[tuple[str, str]]:
    """Statements that a site with one tenant and many rows would answer by reading a whole growing table."""
    database = str(story.container.engine.url.database)
    found = []
    with closing(sqlite3.connect(database)) as connection:
        pretend_many_rows(connection)
    with closing(sqlite3.connect(database)) as connection:
        for statement, parameters in asked.items():
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters):
                table = re.match(r"(SCAN|SEARCH) (\w+)", row[3])
                whole = row[3].startswith("SCAN") or row[3].endswith("(tenant_id=?)")
                if table and table.group(2) in GROWING and whole:
                    found.append((" ".join(statement.split()), row[3]))
    return found


def pretend_many_rows(connection: sqlite3.Connection) -> None:
    """Statistics of one large tenant: the first column of a key says nothing, each further one nearly all."""
    connection.execute("ANALYZE")
    connection.execute("DELETE FROM sqlite_stat1")
    indexes = connection.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index'").fetchall()
    for name, table, definition in indexes:
        columns = [row[2] for row in connection.execute(f"PRAGMA index_info({name})")]
        rare = definition is not None and " WHERE " in definition
        rows = ROWS // 100 if rare else ROWS
        spread = [rows if column == "tenant_id" else 10 for column in columns]
        stat = " ".join(map(str, [rows, *spread]))
        connection.execute("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", (table, name, stat))
    connection.commit()
