"""One pretend Jira site: its world, the app installed on it, and everything that can go wrong with it."""

import secrets
import threading
import uuid
from collections.abc import Callable

import requests
from flask import Request, Response

from sandbox.clock import MachineClock, WorldClock
from sandbox.jira.faults import FaultPlan
from sandbox.jira.keys import KeyRing
from sandbox.jira.limits import Limits
from sandbox.jira.model import ADMIN_GROUP, USER_GROUP, Group, Installation
from sandbox.jira.recorder import Recorder
from sandbox.jira.render import Renderer
from sandbox.jira.webhooks import Webhooks
from sandbox.jira.world import World

Witness = Callable[[Request, Response | None], None]
"""Sees each REST request and its answer as meant, before a fault spoils it; None where a fault kept it from being."""


class Site:
    """``token_clock`` is machine time: tokens live there, whatever the world's calendar says.

    ``licence`` is what pages are told: ``active`` or ``none``, and always ``none`` where the app costs nothing.
    """

    def __init__(
        self, *, name: str, base_url: str, clock: WorldClock, keys: KeyRing, client_key: str | None = None
    ) -> None:
        self.name = name
        self.base_url = base_url
        self.clock = clock
        self.token_clock: WorldClock = MachineClock()
        self.keys = keys
        self.client_key = client_key or str(uuid.uuid4())
        self.cloud_id = str(uuid.uuid5(uuid.NAMESPACE_URL, self.client_key))
        self.world = World(clock)
        self.installation: Installation | None = None
        self.limits = Limits(clock)
        self.faults = FaultPlan()
        self.licence = "none"
        self.recorder = Recorder()
        self.witnesses: list[Witness] = []
        self.session = requests.Session()
        self.cursors: dict[str, tuple[str, list[int]]] = {}
        self.stopping = threading.Event()
        self.webhooks = Webhooks(self)
        self.world.subscribe(self.webhooks.hear)
        for group in (ADMIN_GROUP, USER_GROUP):
            self.world.groups[group] = Group(group, str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.client_key}/{group}")))

    @property
    def render(self) -> Renderer:
        """With the site's present address."""
        return Renderer(self.world, self.base_url)

    def close(self) -> None:
        """Ends what waits: hanging answers and the delivery of webhooks."""
        self.stopping.set()
        self.webhooks.stop()
        self.session.close()


def new_secret() -> str:
    """A shared secret as long as Atlassian's."""
    return secrets.token_urlsafe(48)
