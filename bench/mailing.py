"""Mails a second from the wake-up to the sink's 250 and our own record of it, as a deployment on two cores sends them.

Two worker processes with their queue in Valkey, as ``Procfile`` starts them, side by side on a durable PostgreSQL with
row security; each mail has its own claim, gate and outcome. Sink, queue and database share the two cores with them. The
clock only rings for what nobody rang for, so it is not needed here.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import psycopg
from sqlalchemy import func, select

from bench.mailing_rows import add_clients, add_invoice_mails, add_reminders
from bench.measure import Figure, Spread
from plugin.clock import FileClock, machine_now
from plugin.embedded import Persistence, running_valkey
from plugin.services.follow_ups.messages import MessageIds
from plugin.services.mail_domain.keys import make_key
from plugin.services.wakeups import BATCH, WakeupKind
from plugin.store.migrate import upgrade
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings
from plugin.store.tables.outbox import Effect
from sandbox.stage import Stage
from sandbox.stage.house import furnish
from tests.support.postgres import DURABLE, plain_url, running_postgres
from worker.dispatch import RqWakeups

START = datetime(2026, 9, 17, 8, tzinfo=UTC)
DUE = date(2026, 9, 14)
WORKERS = 2
APP, PLANNER = "dunlin_bench_app", "dunlin_bench_planner"
ROUNDS = 3
MAILS = 300
PATIENCE = 120.0

Item = TypeVar("Item")

Prepared = list[list[str]]
"""Ids of effects by wake-up; a mail comes after the document that it waits for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """A site whose workers are up."""

    stage: Stage
    tenant: str
    wakeups: RqWakeups


def mail_figures() -> Iterator[Figure]:
    """Reminders whose PDFs are ready, then invoices whose PDFs are rendered first and whose mails are signed."""
    with _office() as office:
        yield _figure(office, "mails with ready PDFs", _reminders, least=50)
    with _office() as office:
        _sign(office)
        yield _figure(office, "mails with rendering and DKIM", _invoices, least=25)


@contextmanager
def _office() -> Iterator[Office]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dunlin-bench-")))
        clock = FileClock(folder / "clock")
        clock.set_offset((START - machine_now()).total_seconds())
        valkey = stack.enter_context(running_valkey(folder / "valkey", persistence=Persistence.KEPT))
        environ = {"DUNLIN_CLOCK_FILE": str(folder / "clock"), "REDIS_URL": valkey.url}
        urls = stack.enter_context(_database())
        stage = stack.enter_context(Stage(clock=clock, database_url=urls["DATABASE_URL"], environ=environ | urls))
        tenant = stage.install()
        stage.drain()
        with stage.container.writing(tenant) as session:
            furnish(session, now=START)
            session.get_one(MailSettings, tenant).hourly_limit = 1_000_000
            add_clients(session, (1 + ROUNDS) * MAILS)
        for _ in range(WORKERS):
            stack.enter_context(_worker(stage.environment))
        wakeups = RqWakeups(valkey.url, job_seconds=stage.container.settings.job_seconds)
        yield Office(stage=stage, tenant=tenant, wakeups=wakeups)


@contextmanager
def _database() -> Iterator[dict[str, str]]:
    """A migrated PostgreSQL, written to disk at each commit, with the roles of the application and the planner."""
    with running_postgres(options=DURABLE) as server:
        owner, app, planner = server.url(), server.url(user=APP), server.url(user=PLANNER)
        with psycopg.connect(plain_url(owner), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {APP} LOGIN")
            connection.execute(f"CREATE ROLE {PLANNER} LOGIN BYPASSRLS")
        upgrade(owner, app_url=app, planner_url=planner)
        yield {"DATABASE_URL": app, "DATABASE_OWNER_URL": owner, "DATABASE_PLANNER_URL": planner}


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[None]:
    where = {**os.environ, **environment, "LOG_LEVEL": "WARNING"}
    with subprocess.Popen([sys.executable, "-m", "worker"], env=where) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _figure(office: Office, name: str, prepare: Callable[[Office, range], Prepared], *, least: float) -> Figure:
    """The first round finds cold processes, and is not counted."""
    found = []
    for turn in range(1 + ROUNDS):
        wakes = prepare(office, range(turn * MAILS, (turn + 1) * MAILS))
        _count_rows(office)
        found.append(_mails_a_second(office, wakes, by_now=(turn + 1) * MAILS))
    return Figure(name=f"{name}, two workers", unit="mails/s", ours=Spread.of(found[1:]), least=least)


def _count_rows(office: Office) -> None:
    """What the server does by itself within a minute of so many new rows; until then it has no idea of them."""
    owner = office.stage.environment["DATABASE_OWNER_URL"]
    with psycopg.connect(plain_url(owner), autocommit=True) as connection:
        connection.execute("ANALYZE")


def _mails_a_second(office: Office, wakes: Prepared, *, by_now: int) -> float:
    began = perf_counter()
    for ids in wakes:
        office.wakeups.wake(WakeupKind.EFFECTS, office.tenant, ids)
    _until(lambda: len(office.stage.mailbox.mails) >= by_now, what="the sink has all mails")
    _until(lambda: _sent(office) == by_now, what="every mail is known as sent")
    took = perf_counter() - began
    if len({mail.message_id for mail in office.stage.mailbox.mails}) != len(office.stage.mailbox.mails):
        raise RuntimeError("a mail came twice")
    return MAILS / took


def _reminders(office: Office, numbers: range) -> Prepared:
    """Composed by the service that the worker calls for due steps; nobody is rung for yet."""
    container = office.stage.container
    with container.writing(office.tenant) as session:
        due = add_reminders(session, numbers, now=START, due=DUE)
    container.run_due_steps(office.tenant, due)
    with container.reading(office.tenant) as session:
        return _batches(_waiting(session, "mail"), BATCH)


def _invoices(office: Office, numbers: range) -> Prepared:
    """As issuing leaves them: a document and a mail that waits for it."""

    def message_id(row_id: str) -> str:
        return office.stage.container.message_id(office.tenant, row_id)

    ids: MessageIds = message_id
    with office.stage.container.writing(office.tenant) as session:
        pairs = add_invoice_mails(session, numbers, message_ids=ids, now=office.stage.clock.now(), due=DUE)
    halves = _batches(pairs, BATCH // 2)
    return [[*(document for document, _ in some), *(mail for _, mail in some)] for some in halves]


def _sign(office: Office) -> None:
    container = office.stage.container
    with container.writing(office.tenant) as session:
        make_key(session, keys=container.keys, make=container.new_dkim_key, now=START, actor="bench")


def _waiting(session: TenantSession, kind: str) -> list[str]:
    query = select(Effect.id).where(Effect.kind == kind, Effect.state == "planned")
    return list(session.scalars(query.order_by(Effect.created_at, Effect.id)))


def _sent(office: Office) -> int:
    with office.stage.container.reading(office.tenant) as session:
        query = select(func.count()).select_from(Effect).where(Effect.kind == "mail", Effect.state == "sent")
        return session.execute(query).scalar_one()


def _batches(items: Sequence[Item], size: int) -> list[list[Item]]:
    return [list(items[start : start + size]) for start in range(0, len(items), size)]


def _until(is_so: Callable[[], bool], *, what: str) -> None:
    end = perf_counter() + PATIENCE
    while not is_so():
        if perf_counter() > end:
            raise RuntimeError(f"not within {PATIENCE:g} s: {what}")
        time.sleep(0.01)
