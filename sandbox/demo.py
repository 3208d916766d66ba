"""The pretend world of the demo: two sites, a mailbox, seed data, and a memory that outlives a restart."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self

import requests

from sandbox.clock import OffsetFileClock
from sandbox.jira.keys import KeyRing
from sandbox.jira.lifecycle import InstallRefused
from sandbox.mailbox.sink import Mailbox
from sandbox.memory import Memory
from sandbox.options import Options
from sandbox.pretend import PretendJira
from sandbox.seed.company import CLIENT_KEY, SECOND_CLIENT_KEY, SECOND_SITE_NAME, SITE_NAME
from sandbox.seed.plant import plant, plant_second

SAVE_EVERY = 2.0
ASK_EVERY = 0.5


class Demo:
    """Use it as a context manager; what happened is kept in ``options.state`` and found again at the next start."""

    def __init__(self, options: Options) -> None:
        self._options = options = replace(options, keeper=self)
        self._running = ExitStack()
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self.clock = OffsetFileClock(options.clock_file)
        self.mailbox = Mailbox(clock=self.clock, port=options.smtp_port)
        keys = KeyRing()
        self.main = PretendJira(
            clock=self.clock,
            keys=keys,
            mailbox=self.mailbox,
            name=SITE_NAME,
            port=options.port,
            client_key=CLIENT_KEY,
            options=options,
        )
        self.sites = [self.main]
        if options.second_port:
            second = PretendJira(
                clock=self.clock,
                keys=keys,
                mailbox=self.mailbox,
                name=SECOND_SITE_NAME,
                port=options.second_port,
                client_key=SECOND_CLIENT_KEY,
                options=options,
            )
            self.sites.append(second)
        self._installed = [threading.Event() for _ in self.sites]
        self._memory = Memory(options.state, self.sites, self.mailbox, self.clock)

    def __enter__(self) -> Self:
        if not self._memory.recall():
            today = self.clock.now().date()
            plant(self.main, today=today)
            for second in self.sites[1:]:
                plant_second(second, today=today)
        self._running.enter_context(self.mailbox)
        for jira in self.sites:
            jira.limits.enforce()
            self._running.enter_context(jira)
            jira.webhooks.start()
        self._in_background(self._save_now_and_then)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self._running.close()
        self.save()

    def addresses(self) -> list[str]:
        """What to open, a line each."""
        return [
            *(f"{jira.site.name}: {jira.base_url}" for jira in self.sites),
            f"Mailbox: {self.main.base_url}/mailbox/ (SMTP on {self.mailbox.port})",
        ]

    def install_when_it_answers(self) -> None:
        """Installs the app on each site as soon as its descriptor can be fetched."""
        for jira, installed in zip(self.sites, self._installed, strict=True):
            self._in_background(partial(self._install, jira, installed))

    def wait_until_installed(self, *, timeout: float) -> None:
        """Returns when every site has the app. TimeoutError after ``timeout`` seconds."""
        for installed in self._installed:
            if not installed.wait(timeout):
                raise TimeoutError("the app could not be installed on every site")

    def save(self) -> None:
        """Writes the world to the state folder, if it changed since."""
        self._memory.save()

    def keep(self) -> None:
        """This is the world that a reset brings back."""
        self._memory.keep()

    def restore(self) -> bool:
        """Back to the kept world, in place; False where none was kept."""
        return self._memory.restore()

    def _save_now_and_then(self) -> None:
        while not self._ended.wait(SAVE_EVERY):
            self.save()

    def _install(self, jira: PretendJira, installed: threading.Event) -> None:
        url = f"{self._options.app_url}/atlassian-connect.json"
        said = ""
        while not self._ended.is_set():
            try:
                jira.install(url)
            except (InstallRefused, requests.RequestException) as error:
                if isinstance(error, InstallRefused) and str(error) != said:
                    said = str(error)
                    print(f"{jira.site.name}: {said}", flush=True)
                self._ended.wait(ASK_EVERY)
                continue
            print(f"{jira.site.name}: app installed", flush=True)
            installed.set()
            return

    def _in_background(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()
