"""One service, one or two pretend sites and a mailbox on a clock that a story moves."""

import tempfile
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from flask import Flask

from plugin.app import create_app
from plugin.bootstrap import Container, build_container
from plugin.clock import Clock, FrozenClock
from plugin.services.wakeups import NoWakeups
from plugin.settings import Settings
from plugin.store.migrate import upgrade
from plugin.store.queries.installations import installation_by_client_key
from sandbox import Mailbox, PretendJira
from sandbox.jira.keys import KeyRing
from sandbox.options import Options
from sandbox.server import LoopbackServer
from sandbox.stage.drain import drain
from sandbox.stage.laps import Laps

NODE_MODULES = Path(__file__).resolve().parents[2] / "frontend" / "node_modules"


class Stage:
    """A context manager. ``clock`` is business time for both sides; a story moves it and drains the outbox."""

    def __init__(
        self,
        *,
        start: datetime = datetime(2026, 9, 1, 8, tzinfo=UTC),
        clock: Clock | None = None,
        database_url: str | None = None,
        environ: dict[str, str] | None = None,
        site_name: str = "Pretend Jira",
        keys: KeyRing | None = None,
    ) -> None:
        self.clock = clock or FrozenClock(start)
        self._folder = tempfile.TemporaryDirectory(prefix="dunlin-stage-")
        self.mailbox = Mailbox(clock=self.clock)
        folder = Path(self._folder.name)
        self.reset_flag = folder / "reset"
        self.state = folder / "sandbox"
        options = Options(state=self.state, node_modules=NODE_MODULES, reset_flag=self.reset_flag)
        self.jira = PretendJira(clock=self.clock, mailbox=self.mailbox, options=options, name=site_name, keys=keys)
        self._database_url = database_url
        self._environ = environ or {}
        self.container: Container
        self._server: LoopbackServer

    def __enter__(self) -> Self:
        self.mailbox.__enter__()
        self.jira.start()
        self._server = LoopbackServer(Flask("not-yet"), port=0)
        settings = Settings.from_environment(self.environment)
        if self._database_url is None:
            upgrade(settings.database_owner_url)
        self.container = build_container(settings, wakeups=NoWakeups(), clock=self.clock)
        self._server.serve(create_app(self.container))
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
        self.jira.close()
        # Before the mailbox: a server that is gone does not answer a goodbye, and it is waited for.
        self.container.close_mail()
        self.mailbox.__exit__(kind, error, trace)
        self.container.planner_engine.dispose()
        self.container.engine.dispose()
        self._folder.cleanup()

    @property
    def base_url(self) -> str:
        """Where the service answers."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make another process one of this service."""
        var = Path(self._folder.name)
        return {
            "DUNLIN_ENV": "test",
            "DUNLIN_VAR": str(var),
            "DATABASE_URL": self._database_url or f"sqlite:///{var / 'stage.db'}",
            "BASE_URL": self.base_url,
            "SMTP_URL": self.mailbox.smtp_url,
            "CONNECT_KEYS_URL": self.jira.keys_url,
            "ALLOWED_HOSTS": f"{self.jira.base_url},http://127.0.0.1:{self.jira.port}",
            "MAIL_EVIDENCE_URL": f"{self.jira.base_url}/mailbox/api/messages",
            "AP_SCRIPT_URL": f"{self.jira.base_url}/atlassian-connect/all.js",
            **self._environ,
        }

    def install(self) -> str:
        """Installs the app on the site by its descriptor, and gives the tenant's id."""
        self.jira.install(f"{self.base_url}/atlassian-connect.json")
        return self.tenant_id

    @property
    def tenant_id(self) -> str:
        """The tenant of the main site."""
        row = installation_by_client_key(self.container.engine, self.jira.client_key)
        if row is None:
            raise LookupError("the app is not installed on the main site")
        return row.tenant_id

    def drain(self, *, with_sync: bool = True, reads: Collection[str] | None = None, laps: Laps | None = None) -> int:
        """Does all that is due now, as tick and worker would, and gives how many rows were worked on."""
        return drain(self.container, with_sync=with_sync, reads=reads, laps=laps)

    def walk(self, days: int, *, each_day: Callable[[datetime], None] | None = None, hour: int = 10) -> None:
        """Lives through days: moves the frozen clock to ``hour`` UTC of each next day and drains."""
        clock = self.clock
        if not isinstance(clock, FrozenClock):
            raise TypeError("only a frozen clock can be walked")
        for _ in range(days):
            clock.instant = (clock.instant + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
            self.drain()
            if each_day is not None:
                each_day(clock.instant)
                self.drain()
