"""A tenant with rows, a mailbox that can be asked for evidence, a queue, and the processes between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from plugin.clock import machine_now
from sandbox import Mailbox, PretendJira
from tests.support.databases import Urls
from tests.support.delivery import DeliveryWorld, delivery_world
from tests.support.processes import Processes, until

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
        return self.world.add_mail(name, invoices=(self.world.add_invoice(name),))

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


@pytest.fixture
def delivery(urls: Urls, valkey_url: str, tmp_path: Path) -> Iterator[Delivery]:
    """Both databases in turn; leases of seconds. The clock process runs, workers are the test's."""
    with Mailbox() as box, PretendJira(mailbox=box) as jira:
        environment = {
            **QUICK,
            "SMTP_URL": box.smtp_url,
            "REDIS_URL": valkey_url,
            "MAIL_EVIDENCE_URL": f"{jira.base_url}/mailbox/api/messages",
        }
        with delivery_world(urls, **environment) as world:
            world.clock.instant = machine_now() - timedelta(seconds=1)
            everything = {"DUNLIN_ENV": "test", "BASE_URL": world.settings.base_url, **urls.environment, **environment}
            processes = Processes(everything, tmp_path)
            try:
                processes.start("clock")
                yield Delivery(world, box, processes, valkey_url)
            finally:
                processes.close()
