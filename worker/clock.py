"""The tick: finds what is due, pushes ``next_at`` on, rings the worker; and reconciles rows whose worker is gone.

Any number of clocks may run. A lease in the database elects one, which saves work; all moves are conditional anyway.
"""

import os
import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from plugin.clock import SystemClock
from plugin.crash_points import crash_point
from plugin.services.effects.timing import Timing
from plugin.services.follow_ups.clock_jump import go_on_after_jump, tell_of_jump
from plugin.services.housekeeping import MOST_KEYS, purge_idempotency_keys
from plugin.services.inbound.purge import MOST_MAILS, purge_mails
from plugin.services.wakeups import BATCH, WakeupKind
from plugin.store import effects as moves
from plugin.store.audit import raise_alert
from plugin.store.database import across_tenants, database_now
from plugin.store.deployment import is_clock_off, note_clock_off, note_clock_right
from plugin.store.heartbeats import take_turn
from plugin.store.queries import due
from plugin.store.queries.directory import tenants
from plugin.store.queries.due import DueRow
from plugin.store.schedule import push_cursors, push_steps
from plugin.store.session import TenantSession
from worker.jumps import JumpWatch
from worker.ports import WorkerContainer

log = structlog.get_logger(__name__)

NAME = "clock"
EACH = 100
"""Most rows of one kind and tenant that one tick wakes, so that a quiet tenant never waits behind a noisy one (F64)."""
MOST_LEASES = 500

Push = Callable[[TenantSession, list[str]], list[tuple[str, int]]]


@dataclass(kw_only=True, slots=True)
class Ticked:
    """What one tick did, in rows."""

    elected: bool = False
    halted: bool = False
    woken: dict[WakeupKind, int] = field(default_factory=dict)
    settled: dict[moves.Stalled, int] = field(default_factory=dict)
    purged: int = 0


class Tick:
    """One clock process."""

    def __init__(self, container: WorkerContainer, *, watch: JumpWatch | None = None) -> None:
        self._container = container
        # A time machine jumps on purpose.
        self._watch = watch or (JumpWatch(container.clock) if isinstance(container.clock, SystemClock) else None)
        self._timing = Timing.of(container.settings)
        self._house_kept_on: date | None = None
        self._holder = f"{socket.gethostname()}:{os.getpid()}"[:64]

    def run_forever(self, stop: threading.Event) -> None:
        """Ticks until ``stop`` is set; trouble with the database is waited out."""
        while not stop.is_set():
            try:
                self.run_once()
            except SQLAlchemyError:
                log.exception("tick_failed")
            stop.wait(self._container.settings.tick_seconds)

    def run_once(self) -> Ticked:
        """One round, if it is this clock's turn."""
        ticked = Ticked()
        now = self._container.clock.now()
        lease = timedelta(seconds=max(3 * self._container.settings.tick_seconds, 1.0))
        ticked.elected = take_turn(self._container.engine, NAME, holder=self._holder, lease=lease, business_now=now)
        if ticked.elected:
            self._reconcile(ticked, now)
            ticked.halted = self._has_jumped(now)
            self._wake_due(ticked, now)
            self._keep_house(ticked, now)
        return ticked

    def _keep_house(self, ticked: Ticked, now: datetime) -> None:
        """Once a day, after what is due; where more is old than one statement takes, the next tick goes on."""
        if self._house_kept_on == now.date():
            return
        is_done = True
        for tenant_id in tenants(self._container.planner_engine):
            with self._container.writing(tenant_id) as session:
                purged = purge_idempotency_keys(session, now=now)
            with self._container.writing(tenant_id) as session:
                mails = purge_mails(session, now=now)
            ticked.purged += purged + mails
            is_done = is_done and purged < MOST_KEYS and mails < MOST_MAILS
        if is_done:
            self._house_kept_on = now.date()

    def _has_jumped(self, now: datetime) -> bool:
        """Halts all sending while the clock cannot be trusted, and tells every site so, once a day.

        The halt stands in the database, since forms and jobs wake the worker too.
        """
        with across_tenants(self._container.engine) as connection:
            off = None if self._watch is None else self._watch.jump(database_now=database_now(connection))
            was_off = is_clock_off(connection)
        if off is not None:
            self._halt(round(off.total_seconds() / 60), now)
        elif was_off:
            self._go_on(now)
        return off is not None

    def _halt(self, minutes: int, now: datetime) -> None:
        log.error("clock_jumped", minutes=minutes)
        note_clock_off(self._container.engine)
        for tenant_id in tenants(self._container.planner_engine):
            with self._container.writing(tenant_id) as session:
                tell_of_jump(session, minutes=minutes, now=now)

    def _go_on(self, now: datetime) -> None:
        """The note goes last: whoever is killed before is followed by a tick that begins again."""
        for tenant_id in tenants(self._container.planner_engine):
            with self._container.writing(tenant_id) as session:
                go_on_after_jump(session, now=now)
        note_clock_right(self._container.engine)

    def _reconcile(self, ticked: Ticked, now: datetime) -> None:
        with across_tenants(self._container.planner_engine) as connection:
            over = due.overdue_leases(connection, database_now=database_now(connection), limit=MOST_LEASES)
        for row in over:
            with self._container.writing(row.tenant_id) as session:
                how = self._settle(session, row.id, now)
            ticked.settled[how] = ticked.settled.get(how, 0) + 1

    def _settle(self, session: TenantSession, effect_id: str, now: datetime) -> moves.Stalled:
        how = moves.settle_stalled(session, effect_id, now=now, grace=self._timing.grace)
        if how is moves.Stalled.PARKED:
            raise_alert(
                session,
                kind="effect_parked",
                sentence="Something could not be carried out: the worker stopped three times before it was offered. "
                "Look into it, then try it again.",
                subject=effect_id,
                key=f"parked:{effect_id}:{now.isoformat()}",
                now=now,
            )
        return how

    def _wake_due(self, ticked: Ticked, now: datetime) -> None:
        with across_tenants(self._container.planner_engine) as connection:
            steps = [] if ticked.halted else due.due_steps(connection, now=now, each=EACH)
            effects = [] if ticked.halted else due.due_effects(connection, now=now, each=EACH)
            doubtful = due.doubtful_effects(connection, now=now, each=EACH)
            cursors = [] if ticked.halted else due.due_cursors(connection, now=now)
        later = now + self._timing.push

        def push_effects(session: TenantSession, ids: list[str]) -> list[tuple[str, int]]:
            return moves.push_next(session, ids, now=now, to=later)

        self._wake(ticked, WakeupKind.EFFECTS, effects + doubtful, push_effects)
        self._wake(ticked, WakeupKind.STEPS, steps, lambda session, ids: push_steps(session, ids, now=now, to=later))
        self._wake(ticked, WakeupKind.SYNC, cursors, lambda session, ids: push_cursors(session, ids, now=now, to=later))

    def _wake(self, ticked: Ticked, kind: WakeupKind, rows: Iterable[DueRow], push: Push) -> None:
        for tenant_id, ids in by_tenant(rows).items():
            for start in range(0, len(ids), BATCH):
                with self._container.writing(tenant_id) as session:
                    pushed = push(session, ids[start : start + BATCH])
                crash_point("tick_pushed")
                if pushed:
                    names = [row_id for row_id, _fence in pushed]
                    self._container.wakeups.wake(kind, tenant_id, names, fence=pushed[0][1])
                    ticked.woken[kind] = ticked.woken.get(kind, 0) + len(names)


def by_tenant(rows: Iterable[DueRow]) -> dict[str, list[str]]:
    """Ids by tenant, both in the order given, each once."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        found[row.tenant_id][row.id] = None
    return {tenant_id: list(ids) for tenant_id, ids in found.items()}
