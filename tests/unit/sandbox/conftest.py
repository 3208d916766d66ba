"""A pretend site without a server, for tests of its rules."""

from datetime import UTC, datetime

import pytest

from sandbox.clock import FrozenWorldClock
from sandbox.control.lookups import Builder
from sandbox.jira.keys import KeyRing
from sandbox.jira.site import Site

NOW = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FrozenWorldClock:
    return FrozenWorldClock(NOW)


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing()


@pytest.fixture
def builder(clock: FrozenWorldClock, keys: KeyRing) -> Builder:
    return Builder(Site(name="Unit", base_url="http://localhost:1", clock=clock, keys=keys))
