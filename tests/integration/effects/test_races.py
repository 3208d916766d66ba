"""Many hands on one row: of all that try at once one wins, and no gate overlooks a payment (I1, I3)."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
from psycopg.errors import AdminShutdown, DeadlockDetected, SerializationFailure
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from plugin.services.effects.ports import Recheck, Refusal
from plugin.services.wakeups import WakeupKind
from plugin.store.contention import ATTEMPTS, keep_trying
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from sandbox import Mailbox
from tests.support.databases import Urls
from tests.support.delivery import DeliveryWorld, delivery_world
from worker.clock import Tick


def test_fault_F12_twenty_workers_with_the_same_wakeup_send_one_mail(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail(kind="follow_up")
    with ThreadPoolExecutor(20) as pool:
        for outcome in [pool.submit(world.run, effect) for _ in range(50)]:
            outcome.result()
    assert len(mailbox.mails) == 1
    assert world.effect(effect).attempts == 1
    assert world.follow_ups.told.count(("sent", False)) == 1


def test_fault_F13_two_clocks_at_once_wake_each_row_once(world: DeliveryWorld) -> None:
    effects = {world.add_mail(str(number), invoices=()) for number in range(10)}
    with ThreadPoolExecutor(2) as pool:
        for ticked in [pool.submit(Tick(world).run_once) for _ in range(2)]:
            ticked.result()
    rung = [row for wakeup in world.wakeups.taken if wakeup.kind is WakeupKind.EFFECTS for row in wakeup.ids]
    assert sorted(rung) == sorted(effects)


def test_a_payment_that_comes_during_the_gate_waits_for_it(world: DeliveryWorld, mailbox: Mailbox) -> None:
    """The gate locks what it read, so the payment is recorded after it, and the mail is flagged as crossed."""
    effect = world.add_mail(kind="follow_up")
    order: list[str] = []
    payer = threading.Thread(target=lambda: pay(world, order))

    def payment_begins(_session: TenantSession) -> None:
        payer.start()
        # The payment must still be waiting after a while in which it would long be done.
        payer.join(timeout=0.5)
        order.append("gate")

    world.follow_ups.at_gate = payment_begins
    world.run(effect)
    payer.join()
    assert order == ["gate", "payment"]
    assert len(mailbox.mails) == 1


def test_a_gate_that_comes_during_a_payment_waits_and_sees_it(world: DeliveryWorld, mailbox: Mailbox) -> None:
    effect = world.add_mail(kind="follow_up")
    paying, seen = threading.Event(), []

    def refuse_if_paid(session: TenantSession) -> None:
        balance = session.get_one(Invoice, (world.tenant_id, "invoice-one")).balance_minor
        seen.append(balance)
        if balance == 0:
            world.follow_ups.answer = Recheck(cancelled=Refusal(code="paid", sentence="It is paid."))

    world.follow_ups.at_gate = refuse_if_paid
    offer = world.mail_channel.send
    waiter = threading.Event()

    def gate_while_paying(envelope: object, *, gate: Callable[[], bool]) -> object:
        def slow() -> bool:
            payer.start()
            paying.wait(10)
            threading.Timer(0.3, waiter.set).start()
            return gate()

        return offer(envelope, gate=slow)  # type: ignore[arg-type]

    def slow_payment() -> None:
        with world.writing(world.tenant_id) as session:
            session.execute(update(Invoice).values(balance_minor=0))
            paying.set()
            waiter.wait(10)

    payer = threading.Thread(target=slow_payment)
    world.mail_channel.send = gate_while_paying  # type: ignore[method-assign,assignment]
    world.run(effect)
    payer.join()
    assert (seen, mailbox.mails) == ([0], [])
    assert world.effect(effect).state == "cancelled"


def test_fault_F21_a_lost_commit_reply_is_read_again(world: DeliveryWorld, mailbox: Mailbox) -> None:
    """The gate was kept, but its connection broke before the answer: the row says that DATA is permitted."""
    effect = world.add_mail(kind="follow_up")
    lossy = LossyCommits(world.writing)
    world.follow_ups.at_gate = lambda _session: lossy.lose_this_one()
    world.writing = lossy.writing  # type: ignore[method-assign]
    world.run(effect)
    assert lossy.lost == 1
    row = world.effect(effect)
    assert (row.state, len(mailbox.mails)) == ("sent", 1)
    assert [entry["kind"] for entry in row.evidence] == ["gate", "reply"]


@pytest.mark.parametrize("trouble", [SerializationFailure, DeadlockDetected, AdminShutdown])
def test_fault_F22_the_database_may_ask_for_another_try(
    world: DeliveryWorld, mailbox: Mailbox, trouble: type[Exception]
) -> None:
    effect = world.add_mail()
    left = [1, 2]

    def stumble(_session: TenantSession) -> None:
        if left:
            left.pop()
            raise OperationalError("SELECT", {}, trouble("injected"))

    world.follow_ups.at_gate = stumble
    world.run(effect)
    assert (world.effect(effect).state, len(mailbox.mails), world.effect(effect).attempts) == ("sent", 1, 1)


def test_fault_F22_tries_are_bounded_and_spread() -> None:
    pauses: list[float] = []
    tried = 0

    def broken() -> AbstractContextManager[TenantSession]:
        nonlocal tried
        tried += 1
        raise OperationalError("BEGIN", {}, DeadlockDetected("again"))

    with pytest.raises(DBAPIError):
        keep_trying(broken, lambda _session: None, pause=pauses.append)
    assert (tried, len(pauses)) == (ATTEMPTS, ATTEMPTS - 1)
    assert all(0.05 <= pause <= 3.0 for pause in pauses)


def test_fault_F19_a_server_that_ends_our_connections_costs_one_more_try(postgres_urls: Urls, mailbox: Mailbox) -> None:
    with delivery_world(postgres_urls, SMTP_URL=mailbox.smtp_url) as world:
        world.add_invoice()
        effect = world.add_mail()
        killed: list[bool] = []

        def end_all(_session: TenantSession) -> None:
            if not killed:
                killed.append(True)
                end_connections(postgres_urls)

        world.follow_ups.at_gate = end_all
        world.run(effect)
        assert (world.effect(effect).state, len(mailbox.mails)) == ("sent", 1)


def end_connections(urls: Urls) -> None:
    """What an administrator's restart does to every connection of the application."""
    from plugin.store.database import open_engine

    owner = open_engine(urls.owner)
    with owner.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    owner.dispose()


def pay(world: DeliveryWorld, order: list[str]) -> None:
    with world.writing(world.tenant_id) as session:
        session.execute(update(Invoice).values(balance_minor=0))
    order.append("payment")


class LossyCommits:
    """Keeps a transaction, then says that the connection broke."""

    def __init__(self, writing: Callable[[str], AbstractContextManager[TenantSession]]) -> None:
        self._writing = writing
        self._lose = False
        self.lost = 0

    def lose_this_one(self) -> None:
        self._lose = self.lost == 0

    @contextmanager
    def writing(self, tenant_id: str) -> Iterator[TenantSession]:
        with self._writing(tenant_id) as session:
            yield session
        if self._lose:
            self._lose = False
            self.lost += 1
            raise DBAPIError("COMMIT", {}, OSError("connection reset"), connection_invalidated=True)


def test_leases_are_independent_of_the_business_clock(world: DeliveryWorld, mailbox: Mailbox) -> None:
    """F49: a clock that jumps ahead amid a lease neither frees the row nor sends it twice."""
    effect = world.add_mail(kind="follow_up")
    world.follow_ups.at_gate = lambda _session: world.clock.advance(timedelta(days=3650))
    world.run(effect)
    assert (world.effect(effect).state, len(mailbox.mails)) == ("sent", 1)
    world.run(effect)
    Tick(world).run_once()
    assert len(mailbox.mails) == 1
