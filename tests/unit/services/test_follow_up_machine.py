"""Any course of events: bill, pay, take back, pause, opt out, stop, let days pass. Never twice, never after, none lost.

The services are real, on a SQLite file; the post is a list. What must hold is asked of ``dunlin verify`` and, apart
from it, of a model that knows only what people did.
"""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from plugin.bootstrap import Container
from plugin.clock import FrozenClock
from plugin.domain.money import Currency, Money
from plugin.services.billing.issue_invoice import issue_invoice
from plugin.services.effects.run import run_effect
from plugin.services.follow_ups.close_task import Outcome, close_task
from plugin.services.follow_ups.holds import lift_hold, put_hold
from plugin.services.follow_ups.switches import kill_switch, opt_out_client
from plugin.services.follow_ups.task_words import OUTCOMES
from plugin.services.payments.record_payment import record_payment, reverse_payment
from plugin.services.wakeups import NoWakeups
from plugin.settings import Settings
from plugin.store.tables.follow_ups import Hold, Message, MessageMember, PlannedStep, Task
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from plugin.store.tables.payments import Payment
from sandbox.stage.house import ACTOR
from tests.support.books import NOW, Books
from tests.support.databases import Urls
from tests.support.post import Post, Printer

EUR = Currency("EUR", 2)
MORNING = time(8)


@dataclass
class Known:
    """What the model knows of one invoice: what people did, and nothing that Dunlin concluded."""

    number: str
    open_minor: int
    due: date
    paused_until: date | None = None
    hold: str = ""
    paid: list[str] = field(default_factory=list)


class FollowUpMachine(RuleBasedStateMachine):
    """One client with up to four invoices through a few months."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="dunlin-machine-")
        path = Path(self.folder.name) / "dunlin.db"
        shutil.copy(self.template, path)
        url = f"sqlite:///{path}"
        self.books = Books(Urls(url, url, url))
        self.clock = FrozenClock(NOW)
        self.known: dict[str, Known] = {}
        self.stopped = False
        self.opted_out = False
        self.accepted: set[tuple[str, str, int, str]] = set()
        self.chased_on: dict[date, int] = {}
        self.left_on: dict[str, date] = {}
        self.logged = 0
        self.payments: set[str] = set()
        self.container = Container(
            settings=Settings.from_environment({"DUNLIN_ENV": "test", "DATABASE_URL": url}),
            wakeups=NoWakeups(),
            clock=self.clock,
        )
        self.container.__dict__["mail_channel"] = Post(self.check_mail)
        self.container.__dict__["renderer"] = Printer()

    @initialize()
    def open_books(self) -> None:
        self.books.open()

    # -- what people do

    @precondition(lambda self: len(self.known) < 4)
    @rule()
    def bill(self) -> None:
        self.logged += 1
        self.books.log(1, first=self.logged)
        draft = self.books.draft(self.logged)
        with self.books.writing() as session:
            invoice = issue_invoice(
                session,
                draft,
                today=self.today,
                now=self.clock.now(),
                actor=ACTOR,
                renderer=Printer(),
                message_ids=self.message_id,
            )
            assert invoice.due_on is not None
            self.known[invoice.id] = Known(invoice.number or "", invoice.gross_minor, invoice.due_on)

    @precondition(lambda self: self.owed())
    @rule(data=st.data(), part=st.sampled_from([10, 50, 100, 120]))
    def pay(self, data: st.DataObject, part: int) -> None:
        invoice_id = data.draw(st.sampled_from(self.owed()))
        known = self.known[invoice_id]
        amount = max(known.open_minor * part // 100, 1)
        with self.books.writing() as session:
            record_payment(
                session,
                invoice_id,
                amount=Money(amount, EUR),
                received_on=self.today,
                today=self.today,
                now=self.clock.now(),
                actor=ACTOR,
                message_ids=self.message_id,
            )
            (new,) = set(session.scalars(select(Payment.id).where(Payment.kind == "payment"))) - self.payments
        self.payments.add(new)
        known.paid.append(new)
        known.open_minor -= amount
        if known.open_minor <= 0 and known.hold != "paused":
            known.hold = ""

    @precondition(lambda self: any(known.paid for known in self.known.values()))
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        invoice_id = data.draw(st.sampled_from([key for key, known in self.known.items() if known.paid]))
        known = self.known[invoice_id]
        payment_id = known.paid.pop()
        with self.books.writing() as session:
            amount = session.get_one(Payment, (session.tenant_id, payment_id)).amount_minor
            reverse_payment(
                session, payment_id, today=self.today, now=self.clock.now(), actor=ACTOR, reason="Chargeback"
            )
        known.open_minor += amount

    @precondition(lambda self: any(not self.known[key].hold for key in self.owed()))
    @rule(data=st.data(), kind=st.sampled_from(["paused", "promised", "disputed"]), days=st.integers(0, 20))
    def hold(self, data: st.DataObject, kind: str, days: int) -> None:
        free = [key for key in self.owed() if not self.known[key].hold]
        invoice_id = data.draw(st.sampled_from(free))
        until = None if kind == "disputed" else self.today + timedelta(days=days)
        with self.books.writing() as session:
            put_hold(
                session,
                invoice_id,
                kind=kind,
                reason="They asked",
                today=self.today,
                now=self.clock.now(),
                actor=ACTOR,
                until=until,
            )
        self.known[invoice_id].hold, self.known[invoice_id].paused_until = kind, until

    @precondition(lambda self: any(known.hold for known in self.known.values()))
    @rule(data=st.data())
    def lift(self, data: st.DataObject) -> None:
        invoice_id = data.draw(st.sampled_from([key for key, known in self.known.items() if known.hold]))
        with self.books.writing() as session:
            live = select(Hold.id).where(Hold.invoice_id == invoice_id, Hold.lifted_at.is_(None))
            for hold_id in session.scalars(live).all():
                lift_hold(session, hold_id, now=self.clock.now(), actor=ACTOR)
        self.known[invoice_id].hold = ""

    @rule(on=st.booleans())
    def opt_out(self, *, on: bool) -> None:
        with self.books.writing() as session:
            opt_out_client(
                session,
                self.books.client_id,
                on=on,
                reason="" if on else "Head office pays",
                until=None,
                today=self.today,
                now=self.clock.now(),
                actor=ACTOR,
            )
        self.opted_out = not on

    @rule(stopped=st.booleans())
    def stop(self, *, stopped: bool) -> None:
        with self.books.writing() as session:
            kill_switch(session, stopped=stopped, now=self.clock.now(), actor=ACTOR)
        self.stopped = stopped

    @rule(data=st.data())
    def answer_a_task(self, data: st.DataObject) -> None:
        with self.books.reading() as session:
            tasks = session.scalars(
                select(Task).where(Task.state == "open").order_by(Task.created_at, Task.step_key)
            ).all()
        if not tasks:
            return
        task = data.draw(st.sampled_from(tasks))
        harmless = sorted({"answered", "voicemail", "no_answer", "declined", "no_action"} & set(OUTCOMES[task.kind]))
        said = Outcome(outcome=data.draw(st.sampled_from(harmless)))
        with self.books.writing() as session:
            close_task(session, task.id, said, today=self.today, now=self.clock.now(), actor=ACTOR)

    # -- time and work

    @rule(days=st.integers(0, 9), hour=st.sampled_from([3, 8, 10, 14, 20]))
    def time_passes(self, days: int, hour: int) -> None:
        later = datetime.combine(self.today + timedelta(days=days), time(hour), NOW.tzinfo)
        self.clock.instant = max(self.clock.instant, later)

    @rule()
    def plan_only(self) -> None:
        """The worker composes, and dies before it sends."""
        self.run_steps()

    @rule()
    def work(self) -> None:
        for _ in range(100):
            if not self.run_steps() + self.run_effects():
                return
        raise AssertionError("the outbox does not come to rest")

    def run_steps(self) -> int:
        now = self.clock.now()
        with self.books.reading() as session:
            due = select(PlannedStep.id).where(
                PlannedStep.next_at <= now, PlannedStep.state.in_(["planned", "deferred", "held"])
            )
            ids = list(session.scalars(due))
        if ids:
            self.container.run_due_steps(self.books.tenant, ids)
        return len(ids)

    def run_effects(self) -> int:
        now = self.clock.now()
        with self.books.reading() as session:
            due = select(Effect.id).where(
                Effect.next_at <= now,
                Effect.state.in_(["planned", "deferred"]),
                Effect.kind.in_(["mail", "document"]),
            )
            ids = list(session.scalars(due.order_by(Effect.next_at, Effect.id)))
        for effect_id in ids:
            run_effect(self.container, self.books.tenant, effect_id, time_left=lambda: 900.0)
        return len(ids)

    # -- what must hold

    def check_mail(self, recipient: str, body: bytes) -> None:
        """Called when the post takes a mail: the model says whether it may."""
        assert not self.stopped, "a mail after the kill switch"
        message_id = body.decode().split("Message-ID: ", 1)[1].split("\r\n", 1)[0]
        with self.books.reading() as session:
            message = session.scalars(select(Message).where(Message.message_id == message_id)).one()
            members = session.scalars(select(MessageMember).where(MessageMember.message_row_id == message.id)).all()
        assert members
        for member in members:
            key = (member.invoice_id, member.step_key, member.occurrence, recipient)
            assert key not in self.accepted, f"{key} twice"
            self.accepted.add(key)
        if message.kind == "invoice":
            self.left_on[members[0].invoice_id] = self.today
        if message.kind == "follow_up":
            self._check_reminder(members, tone=message.tone)

    def _check_reminder(self, members: Sequence[MessageMember], *, tone: str) -> None:
        assert not self.opted_out, "a reminder to a client that opted out"
        assert MORNING <= self.clock.now().time() <= time(16), "a reminder at night"
        assert self.today.weekday() < 5, "a reminder on a weekend"
        self.chased_on[self.today] = self.chased_on.get(self.today, 0) + 1
        assert self.chased_on[self.today] == 1, "two reminders to one client on one day"
        known_for = max((self.today - self.left_on[member.invoice_id]).days for member in members)
        assert known_for >= (1 if tone == "friendly" else 10), f"a {tone} mail {known_for} days after the invoice"
        for member in members:
            known = self.known[member.invoice_id]
            assert known.open_minor > 0, "a reminder after payment"
            assert member.amount_minor == known.open_minor, "not the open amount"
            assert self.today >= known.due - timedelta(days=4), "before its day"
            assert known.hold != "disputed", "a reminder about a disputed invoice"
            if known.hold in ("paused", "promised") and known.paused_until is not None:
                assert self.today > known.paused_until, f"a reminder while {known.hold}"

    @invariant()
    def all_promises_hold(self) -> None:
        if self.books.client_id:
            assert self.books.findings() == []
            with self.books.reading() as session:
                reasons = list(session.scalars(select(Effect.reason)))
                balances = dict(session.execute(select(Invoice.id, Invoice.balance_minor)).all())
            assert [reason for reason in reasons if "Dunlin's own" in reason] == []
            assert {key: balances[key] for key in self.known} == {
                key: known.open_minor for key, known in self.known.items()
            }

    def teardown(self) -> None:
        self.books.engine.dispose()
        self.container.engine.dispose()
        self.folder.cleanup()

    @property
    def today(self) -> date:
        """In Berlin, where seller and client live; the hours used here are never near midnight."""
        return self.clock.now().date()

    def owed(self) -> list[str]:
        return [key for key, known in self.known.items() if known.open_minor > 0]

    def message_id(self, row_id: str) -> str:
        return self.container.message_id(self.books.tenant, row_id)


@pytest.mark.timeout(240)
def test_follow_ups_keep_their_promises_in_any_course_of_events(migrated_file: Path) -> None:
    FollowUpMachine.template = migrated_file
    run_state_machine_as_test(
        FollowUpMachine, settings=settings(max_examples=12, stateful_step_count=25, deadline=None)
    )
