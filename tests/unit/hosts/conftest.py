"""A fresh world for each test."""

import pytest

from tests.unit.hosts.world import World


@pytest.fixture
def world() -> World:
    return World()
