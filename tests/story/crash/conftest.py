"""A tenant with rows or a whole company, a mailbox and a Jira to be asked for evidence, a queue, and the processes."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from plugin.clock import SystemClock, machine_now
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Effect
from sandbox import Mailbox, PretendJira
from sandbox.stage import Stage
from tests.support.conformance import watched
from tests.support.databases import Urls
from tests.support.delivery import DeliveryWorld, delivery_world
from tests.support.processes import Processes, until
from tests.support.stage import ENGLISH, Story, install_keys, open_story
from tests.support.zygote import Zygote

QUICK = {
    "CLAIM_LEASE_SECONDS": "1.5",
    "SENDING_LEASE_SECONDS": "8",
    "JOB_SECONDS": "30",
    "TICK_SECONDS": "0.2",
    "LOG_LEVEL": "WARNING",
}


@dataclass
class Delivery:
    """What a crash test works with."""

    world: DeliveryWorld
    mailbox: Mailbox
    processes: Processes
    valkey_url: str

    def mail(self, name: str = "one") -> str:
        """A due mail about an invoice of its own; gives its effect's id."""
        due = machine_now().date() + timedelta(days=14)
        return self.world.add_mail(name, invoices=(self.world.add_invoice(name, due=due),))

    def until_accepted(self, name: str, times: int) -> None:
        """Waits until the mailbox has accepted the mail of that name so often."""
        wanted = self.world.message_id(name)
        until(lambda: self.message_ids.count(wanted) == times, what=f"the mail {name} is accepted {times} times")

    def state(self, effect_id: str) -> str:
        return self.world.effect(effect_id).state

    def until_state(self, effect_id: str, *states: str) -> None:
        """Waits until the row stands in one of the states."""
        log = self.processes.started[-1] if self.processes.started else None
        until(lambda: self.state(effect_id) in states, what=f"the effect is {' or '.join(states)}", log=log)

    @property
    def message_ids(self) -> list[str]:
        """What the mailbox has accepted."""
        return [mail.message_id for mail in self.mailbox.mails]


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """All processes of a run are forked from it."""
    with Zygote() as zygote:
        yield zygote


@pytest.fixture
def delivery(urls: Urls, valkey_url: str, tmp_path: Path, zygote: Zygote) -> Iterator[Delivery]:
    """Both databases in turn; leases of seconds. The clock process runs, workers are the test's."""
    with Mailbox() as box, PretendJira(mailbox=box, keys=install_keys()) as jira:
        environment = {
            **QUICK,
            "SMTP_URL": box.smtp_url,
            "REDIS_URL": valkey_url,
            "MAIL_EVIDENCE_URL": f"{jira.base_url}/mailbox/api/messages",
        }
        with delivery_world(urls, **environment) as world:
            world.clock.instant = machine_now() - timedelta(seconds=1)
            everything = {"DUNLIN_ENV": "test", "BASE_URL": world.settings.base_url, **urls.environment, **environment}
            processes = Processes(zygote, everything, tmp_path)
            try:
                processes.start("clock")
                yield Delivery(world, box, processes, valkey_url)
            finally:
                processes.close()
                _tell(world.reading(world.tenant_id))


@dataclass
class Company:
    """A company on a stage of its own, on the machine's clock, and the processes that work for it."""

    story: Story
    processes: Processes

    def unfinished(self) -> list[tuple[str, str]]:
        """Kind and state of all effects that are not done."""
        with self.story.reading() as session:
            query = select(Effect.kind, Effect.state).where(Effect.state.not_in(("sent", "skipped")))
            return [(kind, state) for kind, state in session.execute(query)]


@pytest.fixture
def company(urls: Urls, valkey_url: str, tmp_path: Path, zygote: Zygote) -> Iterator[Company]:
    """Both databases in turn. Afterwards the invariants hold, and what was said to Jira keeps to its OpenAPI."""
    environment = {**urls.environment, **QUICK, "REDIS_URL": valkey_url}
    with Stage(clock=SystemClock(), database_url=urls.app, environ=environment, keys=install_keys()) as stage:
        watch = watched(stage.jira)
        story = open_story(stage, client=ENGLISH, live=True)
        processes = Processes(zygote, stage.environment, tmp_path)
        try:
            processes.start("clock")
            yield Company(story, processes)
        finally:
            processes.close()
            _tell(story.reading())
        assert story.findings() == []
        assert story.mistakes() == []
    assert watch.problems() == []


def _tell(reading: AbstractContextManager[TenantSession]) -> None:
    """What the rows say at the end; pytest shows it where a test failed."""
    with reading as session:
        for row in session.scalars(select(Effect).order_by(Effect.created_at)):
            told = (row.kind, row.id, row.state, row.attempts, row.next_at, row.lease_until, row.reason, row.evidence)
            sys.stdout.write(f"{told}\n")
