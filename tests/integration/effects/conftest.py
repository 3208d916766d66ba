"""A tenant on SQLite and on PostgreSQL, and a real mailbox."""

from collections.abc import Iterator

import pytest

from sandbox import Mailbox
from tests.integration.effects.documents import CountingRenderer
from tests.integration.effects.history import two_billed_issues
from tests.support.databases import Urls
from tests.support.delivery import DeliveryWorld, delivery_world
from tests.support.scripted_jira import ScriptedJira


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real SMTP server on loopback."""
    with Mailbox() as box:
        yield box


@pytest.fixture
def world(urls: Urls, mailbox: Mailbox) -> Iterator[DeliveryWorld]:
    """A tenant with one due mail's worth of rows, on both databases in turn."""
    with delivery_world(urls, SMTP_URL=mailbox.smtp_url) as made:
        made.add_invoice()
        yield made


@pytest.fixture
def jira(world: DeliveryWorld) -> ScriptedJira:
    """A scripted Jira for the world's tenant, whose invoice bills two issues."""
    return two_billed_issues(world)


@pytest.fixture
def renderer(world: DeliveryWorld) -> CountingRenderer:
    """A renderer that counts what it makes."""
    made = CountingRenderer()
    world.made_renderer = made
    return made
