"""``PretendJira``: one pretend Jira site as a running HTTP server, with everything a story needs to direct it."""

import uuid
from datetime import timedelta
from types import TracebackType
from typing import Self

import requests

from sandbox.app import create_app
from sandbox.builder import WorldBuilder
from sandbox.clock import MachineClock, WorldClock
from sandbox.jira import lifecycle, modules, tokens
from sandbox.jira.faults import FaultPlan
from sandbox.jira.keys import KeyRing
from sandbox.jira.lifecycle import HONEST, Forgery, LifecycleEvent
from sandbox.jira.limits import Limits
from sandbox.jira.model import Installation, Issue, JsonObject, Person, Project
from sandbox.jira.modules import CONTEXT_LIFE, Place
from sandbox.jira.recorder import Recorded
from sandbox.jira.rest.gone import REMOVED, UNKNOWN
from sandbox.jira.site import Site, new_secret
from sandbox.jira.webhooks import Attempt, Webhooks
from sandbox.mailbox.sink import Mailbox
from sandbox.options import Options
from sandbox.server import LoopbackServer


class PretendJira(WorldBuilder):
    """A site on loopback; use it as a context manager. Several may run in one process.

    ``keys`` shares the install keys of another site, as all sites of Atlassian do: one ``CONNECT_KEYS_URL`` serves all.
    """

    def __init__(
        self,
        *,
        clock: WorldClock | None = None,
        keys: KeyRing | None = None,
        mailbox: Mailbox | None = None,
        name: str = "Pretend Jira",
        port: int = 0,
        host: str = "localhost",
        client_key: str | None = None,
        options: Options | None = None,
    ) -> None:
        present = clock or MachineClock()
        self.keys = keys or KeyRing()
        self.site = Site(name=name, base_url="", clock=present, keys=self.keys, client_key=client_key)
        self.mailbox = mailbox
        self._server = LoopbackServer(create_app(self.site, mailbox=mailbox, options=options or Options()), port=port)
        self.port = self._server.port
        self.site.base_url = f"http://{host}:{self.port}"

    def start(self) -> Self:
        self._server.start()
        return self

    def close(self) -> None:
        self.site.close()
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- what it is

    @property
    def base_url(self) -> str:
        return self.site.base_url

    @property
    def keys_url(self) -> str:
        """What ``CONNECT_KEYS_URL`` must be."""
        return f"http://localhost:{self.port}/install-keys"

    @property
    def client_key(self) -> str:
        return self.site.client_key

    @property
    def session(self) -> requests.Session:
        """Makes all calls to the app."""
        return self.site.session

    @property
    def installation(self) -> Installation:
        """LookupError where no app is installed."""
        return lifecycle.required(self.site)

    @property
    def app_person(self) -> Person:
        """The user under which the app acts."""
        return self.world.people[self.installation.account_id]

    # -- the app's life

    def install(self, descriptor_url: str, *, secret: str | None = None) -> Installation:
        """Fetches the descriptor and tells ``installed`` and ``enabled``. ``InstallRefused`` with the app's answer."""
        return lifecycle.install(self.site, descriptor_url, secret=secret)

    def reinstall(self) -> Installation:
        """The same app again, with a new secret."""
        return lifecycle.install(self.site, self._descriptor_url(), secret=new_secret())

    def upgrade(self) -> Installation:
        """The same app again, with the secret it has and its present descriptor."""
        return lifecycle.install(self.site, self._descriptor_url())

    def rename(self, base_url: str) -> Installation:
        """A new address for the same site; the old one no longer answers. ``installed`` tells it."""
        self.site.base_url = base_url.rstrip("/")
        return lifecycle.install(self.site, self._descriptor_url())

    def import_site(self) -> Installation:
        """Restores the site elsewhere: a new ``clientKey`` and secret, and not a word about the old one."""
        descriptor_url = self._descriptor_url()
        self.site.client_key = str(uuid.uuid4())
        self.site.installation = None
        return lifecycle.install(self.site, descriptor_url)

    def enable(self) -> None:
        lifecycle.enable(self.site)

    def disable(self) -> None:
        lifecycle.disable(self.site)

    def uninstall(self) -> None:
        lifecycle.uninstall(self.site)

    def lifecycle(self, event: LifecycleEvent, *, forgery: Forgery = HONEST) -> requests.Response:
        """One call, honest or forged, without a check of the answer."""
        return lifecycle.call(self.site, event, forgery=forgery)

    def _descriptor_url(self) -> str:
        return f"{self.installation.app_url}/atlassian-connect.json"

    # -- what a browser would carry

    def page_url(
        self,
        module_key: str,
        person: Person,
        *,
        issue: Issue | None = None,
        project: Project | None = None,
        claims: JsonObject | None = None,
    ) -> str:
        """The signed address of a frame; ``claims`` replaces claims, None takes one out."""
        return modules.page_url(self.site, module_key, self._place(person, issue, project), claims=claims)

    def page_token(self, url: str, person: Person, *, claims: JsonObject | None = None) -> str:
        """A token for one address of the app."""
        return modules.page_token(self.site, url, person.account_id, claims=claims)

    def context_token(
        self,
        person: Person,
        *,
        issue: Issue | None = None,
        project: Project | None = None,
        ttl: timedelta = CONTEXT_LIFE,
        claims: JsonObject | None = None,
    ) -> str:
        """What ``AP.context.getToken`` gives that person there."""
        return modules.context_token(self.site, self._place(person, issue, project), life=ttl, claims=claims)

    def sign(self, claims: JsonObject, *, secret: str | None = None, algorithm: str = "HS256") -> str:
        """Any claims with the installation's secret or another."""
        return tokens.sign(claims, secret or self.installation.secret, algorithm=algorithm)

    def _place(self, person: Person, issue: Issue | None, project: Project | None) -> Place:
        around = self.world.project_of(issue) if issue is not None else None
        return Place(person.account_id, issue, project or around)

    # -- directing and counting

    @property
    def webhooks(self) -> Webhooks:
        return self.site.webhooks

    def deliver_webhooks(self) -> list[Attempt]:
        """Sends all that is due on the world's clock."""
        return self.site.webhooks.deliver()

    @property
    def faults(self) -> FaultPlan:
        return self.site.faults

    @property
    def limits(self) -> Limits:
        return self.site.limits

    @property
    def search_lag(self) -> timedelta:
        return self.world.search_lag

    @search_lag.setter
    def search_lag(self, lag: timedelta) -> None:
        self.world.search_lag = lag

    def requests(self, operation: str | None = None) -> list[Recorded]:
        """REST calls so far, in the order of their answers."""
        return self.site.recorder.calls(operation)

    def removed_operations(self) -> list[Recorded]:
        """Calls of what Atlassian removed; there should be none."""
        return self.site.recorder.calls(REMOVED)

    def unknown_operations(self) -> list[Recorded]:
        """Calls of what the pretend Jira does not have."""
        return self.site.recorder.calls(UNKNOWN)
