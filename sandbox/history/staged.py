"""The demo's company on a stage of its own: history lived, pages open, a worker at work; for tests and pictures.

What a story changed is undone by ``restore``, in a moment: the database, the site, the mails, the clock.
"""

import copy
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from plugin.clock import FrozenClock
from plugin.services.wakeups import WakeupKind
from plugin.store.tables.invoices import Invoice
from sandbox.history.life import ALICE, Life
from sandbox.history.living import live_through
from sandbox.history.plot import plot
from sandbox.jira.model import adf_text
from sandbox.mailbox.mail import Mail
from sandbox.seed.company import SITE_NAME
from sandbox.seed.plant import plant
from sandbox.stage.office import Office
from sandbox.stage.provider import let_mail_in
from sandbox.stage.stage import Stage

TODAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
"""A Tuesday in mid-morning, so that October is the month that nobody has billed yet."""
LOOK_SECONDS = 0.5


class Bell:
    """Rings for the worker when a page made something due. It is the container's ``wakeups``."""

    failures = 0

    def __init__(self) -> None:
        self.rung = threading.Event()

    def wake(self, kind: WakeupKind, tenant_id: str, ids: Sequence[str], *, fence: int = 0) -> None:  # noqa: ARG002
        """Never lost: the worker also looks by itself now and then."""
        self.rung.set()


class RingingClock(FrozenClock):
    """Stands still until somebody moves it, and says so."""

    def __init__(self, instant: datetime, bell: Bell) -> None:
        super().__init__(instant)
        self._bell = bell

    def advance(self, step: timedelta) -> None:
        """The time machine's way; the worker looks at once."""
        super().advance(step)
        self._bell.rung.set()


@dataclass(frozen=True, slots=True)
class Kept:
    """The world as it was when its history had been lived."""

    database: sqlite3.Connection
    site: dict[str, object]
    mails: list[Mail]
    now: datetime


class StagedCompany:
    """Use it as a context manager; entering takes some seconds, in which the last months are lived through."""

    def __init__(self, *, now: datetime = TODAY) -> None:
        self._bell = Bell()
        self._now = now
        self.clock = RingingClock(now, self._bell)
        self.stage = Stage(clock=self.clock, site_name=SITE_NAME)
        self.life: Life
        self._working = threading.Lock()
        self._ended = threading.Event()
        self._worker = threading.Thread(target=self._work, daemon=True)
        self.troubles: list[BaseException] = []
        self._kept: Kept

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.enter_context(self.stage)
            self._furnish()
            undo.pop_all()
        self._worker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._bell.rung.set()
        self._worker.join(timeout=30)
        self._kept.database.close()
        self.stage.__exit__(kind, error, trace)

    @property
    def url(self) -> str:
        """The pretend Jira, where a browser begins."""
        return self.stage.jira.base_url

    def restore(self) -> None:
        """Puts everything back to the moment after the history."""
        with self._working:
            with closing(sqlite3.connect(self._database())) as live:
                self._kept.database.backup(live)
            self.stage.jira.world.restore(copy.deepcopy(self._kept.site))
            self.stage.mailbox.restore(self._kept.mails)
            self.clock.instant = self._kept.now
        self._begin_the_guide()

    @property
    def awaiting_call(self) -> str:
        """The number of the invoice whose client is to be called."""
        (task,) = Office(self.stage.container, self.stage.tenant_id).tasks()
        with self.stage.container.reading(self.stage.tenant_id) as session:
            number = session.get_one(Invoice, (session.tenant_id, task.invoice_id)).number
        return number or ""

    def issue_of(self, number: str) -> str:
        """The path of the issue that tells the history of an invoice."""
        for comment in self.stage.jira.comments():
            if number in adf_text(comment.body):
                return f"/browse/{self.stage.jira.world.issues[comment.issue_id].key}"
        raise LookupError(f"no issue tells of {number}")

    def settle(self) -> None:
        """Does all that is due now and waits for it."""
        with self._working:
            self.stage.drain()

    def _furnish(self) -> None:
        self.stage.container.wakeups = self._bell
        plant(self.stage.jira, today=self._now.date())
        self.life = Life(self.stage.container, self.stage.install())
        self.stage.drain()
        self.life.furnish()
        let_mail_in(self.stage.container, self.stage.tenant_id, self.stage.state, actor=ALICE)
        self._live()
        self._kept = Kept(
            database=_copied(self._database()),
            site=self.stage.jira.world.export(),
            mails=self.stage.mailbox.mails,
            now=self._now,
        )
        self._begin_the_guide()

    def _live(self) -> None:
        def stand_at(instant: datetime) -> None:
            self.clock.instant = instant

        live_through(self.stage.container, self.life, plot(self.life.today), stand_at=stand_at)
        stand_at(self._now)
        self.life.catch_up()
        self.stage.drain()

    def _work(self) -> None:
        """What tick, worker and supervisor do in their processes. What goes wrong is kept for ``troubles``."""
        while not self._ended.is_set():
            self._bell.rung.wait(LOOK_SECONDS)
            self._bell.rung.clear()
            try:
                if self.stage.reset_flag.exists():
                    self.restore()
                    self.stage.reset_flag.unlink()
                with self._working:
                    self.stage.drain()
            except Exception as error:  # noqa: BLE001 - whoever looks at the stage is told
                self.troubles.append(error)

    def _begin_the_guide(self) -> None:
        ours = {"X-Pretend": "1"}
        requests.delete(f"{self.url}/_host/calls", headers=ours, timeout=10)
        requests.post(f"{self.url}/_host/guide", json={}, headers=ours, timeout=10)

    def _database(self) -> Path:
        return Path(self.stage.container.settings.database_url.removeprefix("sqlite:///"))


def _copied(path: Path) -> sqlite3.Connection:
    """The database in memory."""
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    with closing(sqlite3.connect(path)) as live:
        live.backup(kept)
    return kept
