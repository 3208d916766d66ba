"""A tenant on both databases in turn; no mail server, since nothing is sent here."""

from collections.abc import Iterator

import pytest

from tests.support.databases import Urls
from tests.support.delivery import DeliveryWorld, delivery_world


@pytest.fixture
def world(urls: Urls) -> Iterator[DeliveryWorld]:
    """A tenant with one issued invoice."""
    with delivery_world(urls) as made:
        made.add_invoice()
        yield made
