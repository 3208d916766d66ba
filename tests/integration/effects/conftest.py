"""A tenant on SQLite and on PostgreSQL, and a real mailbox."""

from collections.abc import Iterator

import pytest

from sandbox import Mailbox
from tests.support.databases import Urls
from tests.support.delivery import DeliveryWorld, delivery_world


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
