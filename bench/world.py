"""A site with 10,000 open invoices on the stage: installed by signed calls, its rows written in bulk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import cast

from sqlalchemy import Table, insert, select

from plugin.domain.reminders.policy_default import default_ladder
from plugin.store.base import Base
from plugin.store.session import TenantSession
from plugin.store.tables.company import NumberSeries
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice, InvoiceEvent, InvoiceLine, WorklogClaim
from plugin.store.tables.jira_facts import JiraIssue, Worklog
from plugin.store.tables.policies import PolicyVersion
from sandbox.jira.model import Issue, Person
from sandbox.stage import Stage
from sandbox.stage.house import CLIENT, assign, bill_to, furnish, rates_by_person

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
ISSUED, DUE = date(2026, 8, 3), date(2026, 9, 14)
INVOICES = 10_000
LINES = 3
PEOPLE = 8

Rows = list[dict[str, object]]


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """``issue`` is billed by three of the invoices."""

    stage: Stage
    tenant: str
    alice: Person
    issue: Issue
    project: str
    busy_project: str
    client: str


@contextmanager
def bench_world() -> Iterator[World]:
    """A stage with the invoices in place; the database is SQLite, as in the embedded default."""
    with Stage(start=START) as stage:
        jira = stage.jira
        alice = jira.add_person("Alice Berger", admin=True)
        people = [jira.add_person(f"Person {number}") for number in range(PEOPLE)]
        projects = [jira.add_project(key, f"Project {key}", members=people, admins=[alice]) for key in ("BIG", "NEW")]
        issue = jira.add_issue(projects[0], "Login page")
        tenant = stage.install()
        stage.drain()
        big, new = (str(project.id) for project in projects)
        now = stage.clock.now()
        with stage.container.writing(tenant) as session:
            furnish(session, now=now)
            client = bill_to(session, big, CLIENT, now=now).id
            assign(session, new, client, now=now)
            prices = {person.account_id: f"{90 + place}.50" for place, person in enumerate(people)}
            for project in (big, new):
                rates_by_person(session, project, prices, since=date(2026, 1, 1), now=now)
        world = World(
            stage=stage, tenant=tenant, alice=alice, issue=issue, project=big, busy_project=new, client=client
        )
        add_invoices(world, INVOICES)
        yield world


def add_invoices(world: World, count: int, *, first: int = 0) -> None:
    """Adds open invoices with lines, claims, steps and history; the first step is due ten days from now."""
    with world.stage.container.writing(world.tenant) as session:
        version = session.scalars(select(PolicyVersion.id)).one()
        numbers = range(first, first + count)
        insert_rows(session, JiraIssue, [_issue(world, number) for number in numbers])
        insert_rows(session, Invoice, [_invoice(world, number, version) for number in numbers])
        insert_rows(session, InvoiceLine, [_line(number, place) for number in numbers for place in range(LINES)])
        insert_rows(session, Worklog, [_worklog(world, number, place) for number in numbers for place in range(LINES)])
        insert_rows(
            session, WorklogClaim, [_claim(world, number, place) for number in numbers for place in range(LINES)]
        )
        insert_rows(session, PlannedStep, [row for number in numbers for row in _steps(number, version)])
        insert_rows(session, InvoiceEvent, [row for number in numbers for row in _events(number)])
        series = session.scalars(select(NumberSeries)).one()
        series.last, series.year = first + count, ISSUED.year


def add_open_time(world: World, count: int) -> None:
    """Worklogs on no invoice, on a twentieth as many issues of the busy project."""
    people = [person for person in world.stage.jira.world.people.values() if person.name.startswith("Person")]
    issues = count // 20
    with world.stage.container.writing(world.tenant) as session:
        rows: Rows = [
            {"id": f"9{number}", "key": f"NEW-{number}", "summary": f"Task {number}", "project_id": world.busy_project}
            for number in range(issues)
        ]
        insert_rows(session, JiraIssue, [{**row, "type_name": "Task", "components": []} for row in rows])
        insert_rows(
            session,
            Worklog,
            [
                _log(
                    f"8{number}",
                    f"9{number % issues}",
                    author=people[number % PEOPLE].account_id,
                    started=datetime(2026, 8, 1 + number % 28, 9, tzinfo=UTC),
                    seconds=900 + 61 * (number % 200),
                )
                for number in range(count)
            ],
        )


def insert_rows(session: TenantSession, table: type[Base], rows: Rows) -> None:
    """Inserts rows (without tenant) of one table in one statement."""
    session.execute(insert(cast(Table, table.__table__)), [{"tenant_id": session.tenant_id, **row} for row in rows])


def _issue_id(world: World, number: int) -> str:
    """Invoice n bills the issues n, n + 1 and n + 2, so each issue is on three; the first is the stage's own."""
    place = number % INVOICES
    return str(world.issue.id) if place == 0 else f"7{place}"


def _issue(world: World, number: int) -> dict[str, object]:
    known = number == 0
    return {
        "id": _issue_id(world, number) if number < INVOICES else f"6{number}",
        "key": world.issue.key if known else f"BIG-{number + 1}",
        "summary": f"Task {number}",
        "type_name": "Task",
        "project_id": world.project,
        "components": [],
    }


def _invoice(world: World, number: int, version: str) -> dict[str, object]:
    return {
        "id": f"invoice-{number}",
        "kind": "invoice",
        "state": "issued",
        "series": "invoice",
        "number": f"INV-2026-{number + 1:05}",
        "client_id": world.client,
        "project_id": world.project,
        "home_issue_id": _issue_id(world, number),
        "currency": "EUR",
        "language": "en",
        "issued_on": ISSUED,
        "due_on": DUE + timedelta(days=number % 20),
        "terms_days": 42,
        "net_minor": 30_000,
        "tax_minor": 5_700,
        "gross_minor": 35_700,
        "balance_minor": 35_700,
        "note": "",
        "settings": {},
        "snapshot": "x" * 2_000,
        "policy_version_id": version,
        "reminders_on": True,
        "opt_out_reason": "",
        "revision": 2,
        "created_by": "bench",
        "created_at": START,
        "issued_at": START,
        "row_version": 1,
    }


def _line(number: int, place: int) -> dict[str, object]:
    return {
        "id": f"line-{number}-{place}",
        "invoice_id": f"invoice-{number}",
        "position": place + 1,
        "description": f"Task {number + place}",
        "detail": "",
        "issue_keys": [f"BIG-{number + place + 1}"],
        "quantity_hundredths": 100,
        "unit": "HUR",
        "unit_price_minor": 10_000,
        "amount_minor": 10_000,
        "tax_category": "S",
        "tax_rate_bp": 1_900,
        "trace": {},
    }


def _log(log_id: str, issue_id: str, *, author: str, started: datetime, seconds: int) -> dict[str, object]:
    return {
        "id": log_id,
        "issue_id": issue_id,
        "author_id": author,
        "started_at": started,
        "day": started.date(),
        "seconds": seconds,
        "comment": "Worked on it",
        "restricted": False,
        "updated_at": started,
        "content_hash": f"{log_id:0>64}"[-64:],
    }


def _worklog(world: World, number: int, place: int) -> dict[str, object]:
    started = datetime(2026, 7, 1 + number % 28, 9, tzinfo=UTC)
    issue_id = _issue_id(world, number + place)
    return _log(f"5{number * LINES + place}", issue_id, author=world.alice.account_id, started=started, seconds=3_600)


def _claim(world: World, number: int, place: int) -> dict[str, object]:
    return {
        "id": f"claim-{number}-{place}",
        "worklog_id": f"5{number * LINES + place}",
        "issue_id": _issue_id(world, number + place),
        "invoice_id": f"invoice-{number}",
        "line_id": f"line-{number}-{place}",
        "seconds_logged": 3_600,
        "seconds_billed": 3_600,
        "content_hash": f"{f'5{number * LINES + place}':0>64}"[-64:],
    }


def _steps(number: int, version: str) -> Rows:
    due = DUE + timedelta(days=number % 20)
    rows: Rows = []
    for step in default_ladder():
        day = due + timedelta(days=step.offset)
        rows.append(
            {
                "id": f"step-{number}-{step.key}",
                "invoice_id": f"invoice-{number}",
                "policy_version_id": version,
                "step_key": step.key,
                "occurrence": 1,
                "level": step.level,
                "channel": step.channel.value,
                "tone": step.tone.value,
                "requested": False,
                "approved": False,
                "state": "planned",
                "reason_code": "planned",
                "reason": f"Planned for {day}.",
                "planned_on": day,
                "next_at": datetime(day.year, day.month, day.day, 7, tzinfo=UTC),
            }
        )
    return rows


def _events(number: int) -> Rows:
    return [
        {
            "id": f"event-{number}-{kind}",
            "invoice_id": f"invoice-{number}",
            "at": START - timedelta(days=29),
            "kind": kind,
            "step_key": "issue" if kind == "sent" else "",
            "channel": "",
            "text": f"Invoice INV-2026-{number + 1:05} {kind}",
            "internal_note": "",
            "actor": "bench",
            "dedupe_key": f"{kind}:{number}",
        }
        for kind in ("issued", "sent")
    ]
