"""People and worker change the same client's invoices at once: nobody is thrown out by a deadlock, nothing is lost."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from plugin.bootstrap import Container
from plugin.clock import FrozenClock
from plugin.domain.errors import DunlinError
from plugin.domain.money import Currency, Money
from plugin.services.effects.run import run_effect
from plugin.services.follow_ups.close_task import Outcome, close_task
from plugin.services.follow_ups.holds import lift_hold, put_hold
from plugin.services.follow_ups.switches import kill_switch, opt_out_client
from plugin.services.payments.record_payment import record_payment
from plugin.services.settings.clients import save_client
from plugin.services.wakeups import NoWakeups
from plugin.settings import Settings
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Hold, PlannedStep, Task
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from sandbox.stage.house import ACTOR, CLIENT
from tests.support.books import NOW, TODAY, Books
from tests.support.post import Post, Printer

ROUNDS = 12
DAY = NOW + timedelta(days=24)
"""The day of the phone call: mails are overdue, tasks come up."""


class Office:
    """What people and worker do, each in a transaction of its own."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.accepted: list[str] = []
        self.container = Container(
            settings=Settings.from_environment({"DUNLIN_ENV": "test", **books.urls.environment}),
            wakeups=NoWakeups(),
            clock=FrozenClock(DAY),
        )
        self.container.__dict__["mail_channel"] = Post(lambda recipient, _body: self.accepted.append(recipient))
        self.container.__dict__["renderer"] = Printer()

    @property
    def now(self) -> datetime:
        return DAY

    def pay(self, number: int) -> None:
        with self.books.writing() as session:
            invoice_id = self._invoice(number)
            record_payment(
                session,
                invoice_id,
                amount=Money(100, Currency("EUR", 2)),
                received_on=TODAY,
                today=DAY.date(),
                now=self.now,
                actor=ACTOR,
                message_ids=lambda row_id: f"<{row_id}@x.example>",
            )

    def hold(self, number: int) -> None:
        invoice_id = self._invoice(number)
        with self.books.writing() as session:
            put_hold(session, invoice_id, kind="paused", reason="Wait", today=DAY.date(), now=self.now, actor=ACTOR)
        with self.books.writing() as session:
            for hold in session.scalars(select(Hold).where(Hold.invoice_id == invoice_id, Hold.lifted_at.is_(None))):
                lift_hold(session, hold.id, now=self.now, actor=ACTOR)

    def close_tasks(self, _number: int) -> None:
        with self.books.reading() as session:
            tasks = session.scalars(select(Task.id).where(Task.state == "open")).all()
        for task_id in tasks:
            with self.books.writing() as session:
                said = Outcome(outcome="answered", notes="Will pay")
                close_task(session, task_id, said, today=DAY.date(), now=self.now, actor=ACTOR)

    def save_client(self, number: int) -> None:
        with self.books.writing() as session:
            row = session.scalars(select(Client)).one()
            form = replace(CLIENT, name=row.name, row_version=row.row_version, reminders_on=number % 2 == 0)
            save_client(session, row.id, form, now=self.now, actor=ACTOR)

    def switch(self, number: int) -> None:
        with self.books.writing() as session:
            kill_switch(session, stopped=number % 2 == 0, now=self.now, actor=ACTOR)
        with self.books.writing() as session:
            opt_out_client(
                session,
                self.books.client_id,
                on=True,
                reason="",
                until=None,
                today=DAY.date(),
                now=self.now,
                actor=ACTOR,
            )

    def work(self, _number: int) -> None:
        with self.books.reading() as session:
            steps = list(session.scalars(select(PlannedStep.id).where(PlannedStep.next_at <= self.now)))
            effects = list(
                session.scalars(
                    select(Effect.id).where(Effect.kind.in_(["mail", "document"]), Effect.state == "planned")
                )
            )
        self.container.run_due_steps(self.books.tenant, steps)
        for effect_id in effects:
            run_effect(self.container, self.books.tenant, effect_id, time_left=lambda: 900.0)

    def _invoice(self, number: int) -> str:
        with self.books.reading() as session:
            ids = session.scalars(select(Invoice.id).order_by(Invoice.id)).all()
        return ids[number % len(ids)]

    def close(self) -> None:
        self.container.planner_engine.dispose()
        self.container.engine.dispose()


@pytest.mark.timeout(240)
def test_fault_F22_people_and_worker_at_once_never_deadlock(books: Books) -> None:
    books.log(4)
    for number in (1, 2, 3, 4):
        books.issue(books.draft(number))
    office = Office(books)
    start = threading.Barrier(7)
    jobs: list[Callable[[int], None]] = [
        office.pay,
        office.hold,
        office.close_tasks,
        office.save_client,
        office.switch,
        office.work,
        office.work,
    ]

    def run(job: Callable[[int], None]) -> list[str]:
        start.wait(timeout=60)
        return [trouble for number in range(ROUNDS) if (trouble := _trouble(job, number))]

    with ThreadPoolExecutor(len(jobs)) as pool:
        troubles = [trouble for found in pool.map(run, jobs) for trouble in found]
    assert troubles == []
    assert books.findings() == []
    office.close()


def _trouble(job: Callable[[int], None], number: int) -> str:
    """What went wrong but for a refusal that a person would see, such as "somebody was quicker"."""
    try:
        job(number)
    except DunlinError:
        return ""
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is the finding
        return f"{job.__name__}: {type(problem).__name__}: {str(problem)[:300]}"
    return ""
