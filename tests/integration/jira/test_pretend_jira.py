"""Hosts and client against the pretend Jira: an independent signer and real HTTP, held against the OpenAPI."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from plugin.clock import FrozenClock, machine_now, monotonic
from plugin.hosts.connect.authenticate import ConnectHost
from plugin.hosts.connect.base_urls import BaseUrls
from plugin.hosts.connect.descriptor import APP_KEY, descriptor_bytes
from plugin.hosts.connect.keys import InstallKeys
from plugin.hosts.connect.lifecycle import LifecycleEvent
from plugin.hosts.connect.signing import ConnectAuth
from plugin.hosts.permissions import PermissionCache
from plugin.hosts.ports import ConnectInstallation, HostRequest, InstallationState, SharedSecret, TokenRefused
from plugin.hosts.principal import Principal, TokenKind
from plugin.jira.site import JiraSite
from plugin.services.installation_events import ConnectInstalled
from plugin.services.jira_errors import JiraGone, JiraLimited, JiraRejectedToken, JiraUnavailable, LimitScope
from plugin.services.jira_facts import HistoryComment, Lozenge, LozengeColour
from sandbox import PretendJira
from sandbox.jira.faults import Fault
from tests.conformance.openapi import OpenApiObserver, openapi_observer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
APP = "https://dunlin.test"
HISTORY = HistoryComment(
    lead=("Invoice INV-1", Lozenge(text="Overdue", colour=LozengeColour.RED)),
    columns=("Date", "Step"),
    rows=((date(2026, 3, 1), "Friendly reminder"),),
)


class App(BaseAdapter):
    """Our host behind a requests adapter: what ui/hosts does with Flask, in a few lines."""

    def __init__(self, jira: PretendJira, clock: FrozenClock) -> None:
        super().__init__()
        self.jira, self.clock = jira, clock
        self.installations: dict[str, ConnectInstallation] = {}
        self.webhooks: list[tuple[str, Principal]] = []
        self.host = ConnectHost(
            app_key=APP_KEY,
            base_url=APP,
            directory=self,
            install_keys=InstallKeys([jira.keys_url]),
            base_urls=BaseUrls([jira.base_url], production=False),
            checker_for=self.site_of,
            permission_cache=PermissionCache(monotonic=monotonic),
        )

    def find(self, client_key: str) -> ConnectInstallation | None:
        return self.installations.get(client_key)

    def site_of(self, installation: ConnectInstallation) -> JiraSite:
        auth = ConnectAuth(
            app_key=APP_KEY,
            client_key=installation.client_key,
            base_url=installation.base_url,
            secret=lambda: self.installations[installation.client_key].secrets[0].value,
            now=machine_now,
        )
        return JiraSite(installation.base_url, auth)

    def authenticate(self, url: str, kind: TokenKind) -> Principal:
        address = urlsplit(url)
        request = HostRequest(method="GET", path=address.path, query=address.query)
        return self.host.authenticate(request, kind=kind, now=machine_now())

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        address = urlsplit(request.url or "")
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        arrived = HostRequest(
            method=request.method or "",
            path=address.path,
            query=address.query,
            headers=list(request.headers.items()),
            body=body,
        )
        response = requests.Response()
        response.request, response.url = request, request.url or ""
        response.status_code, content = self._answer(arrived)
        response.raw = HTTPResponse(body=io.BytesIO(content), preload_content=False)
        return response

    def close(self) -> None:
        """Nothing is open."""

    def _answer(self, request: HostRequest) -> tuple[int, bytes]:
        name = request.path.rsplit("/", 1)[-1]
        try:
            if name == "atlassian-connect.json":
                return 200, descriptor_bytes(APP)
            if request.path.startswith("/connect/webhooks/"):
                principal = self.host.authenticate(request, kind=TokenKind.WEBHOOK, now=machine_now())
                self.webhooks.append((name, principal))
                return 204, b""
            self._apply(request, LifecycleEvent(name))
        except TokenRefused as refusal:
            return 401, refusal.sentence.encode()
        return 204, b""

    def _apply(self, request: HostRequest, name: LifecycleEvent) -> None:
        event = self.host.lifecycle(request, event=name, now=machine_now())
        if isinstance(event, ConnectInstalled):
            self.installations[event.client_key] = ConnectInstallation(
                tenant_id="t",
                installation_id="i",
                client_key=event.client_key,
                base_url=event.base_url,
                display_url=event.display_url,
                secrets=(SharedSecret(event.shared_secret),),
                state=InstallationState.ENABLED,
            )


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def jira(clock: FrozenClock) -> Iterator[PretendJira]:
    with PretendJira(clock=clock) as pretend:
        yield pretend


@pytest.fixture
def app(jira: PretendJira, clock: FrozenClock) -> App:
    app = App(jira, clock)
    jira.session.mount(APP, app)
    jira.install(f"{APP}/atlassian-connect.json")
    return app


@pytest.fixture
def unwatched(app: App, jira: PretendJira) -> Iterator[JiraSite]:
    """A site whose answers are wrong on purpose."""
    site = app.site_of(app.installations[jira.client_key])
    with site.session:
        yield site


@pytest.fixture
def site(app: App, jira: PretendJira) -> Iterator[JiraSite]:
    site = app.site_of(app.installations[jira.client_key])
    observer: OpenApiObserver = openapi_observer([jira.base_url])
    observer.watch(site.session)
    with site.session:
        yield site
    observer.assert_clean()


def test_the_handshake_ends_with_a_token_that_jira_accepts(site: JiraSite) -> None:
    assert site.myself().account_id


def test_pages_and_fragments_are_entered_with_the_pretend_jiras_own_tokens(app: App, jira: PretendJira) -> None:
    alice, bob = jira.add_person("Alice", admin=True), jira.add_person("Bob")
    project = jira.add_project("ACM", "Acme", lead=alice, members=[bob], admins=[alice])
    issue = jira.add_issue(project, "Login page")
    admin = app.authenticate(jira.page_url("panel", alice, issue=issue), TokenKind.PAGE)
    member = app.authenticate(jira.page_url("panel", bob, issue=issue), TokenKind.PAGE)
    assert (admin.account_id, member.account_id) == (alice.account_id, bob.account_id)
    assert admin.permissions.is_site_admin()
    assert not member.permissions.is_site_admin()
    assert admin.permissions.is_project_admin(str(project.id))
    assert not member.permissions.is_project_admin(str(project.id))
    assert member.permissions.can_browse_issue(str(issue.id))
    assert not member.permissions.can_browse_issue("999999")
    headers = [("Authorization", f"JWT {jira.context_token(bob, issue=issue)}")]
    fragment = HostRequest(method="GET", path="/ui/fragment/panel", query="", headers=headers)
    entered = app.host.authenticate(fragment, kind=TokenKind.FRAGMENT, now=machine_now())
    assert entered.account_id == bob.account_id
    with pytest.raises(TokenRefused):
        app.host.authenticate(fragment, kind=TokenKind.PAGE, now=machine_now())


def test_webhooks_arrive_with_a_token_that_fits(app: App, jira: PretendJira) -> None:
    alice = jira.add_person("Alice", admin=True)
    issue = jira.add_issue(jira.add_project("ACM", "Acme", lead=alice), "Login page")
    jira.add_worklog(issue, started=NOW, seconds=3600, author=alice)
    assert {attempt.status for attempt in jira.deliver_webhooks()} == {204}
    assert "worklog_created" in {name for name, _ in app.webhooks}


def test_pitfall_03_a_reinstall_with_a_new_secret_heals_a_rejected_token(
    app: App, jira: PretendJira, site: JiraSite
) -> None:
    good = app.installations[jira.client_key]
    wrong = SharedSecret("stale-secret-0123456789-0123456789-01")
    app.installations[jira.client_key] = ConnectInstallation(
        tenant_id=good.tenant_id,
        installation_id=good.installation_id,
        client_key=good.client_key,
        base_url=good.base_url,
        display_url=None,
        secrets=(wrong,),
        state=good.state,
    )
    with pytest.raises(JiraRejectedToken):
        site.myself()
    jira.reinstall()
    assert site.myself().account_id


def test_a_sync_reads_every_second_that_was_logged(jira: PretendJira, site: JiraSite, clock: FrozenClock) -> None:
    alice, bob = jira.add_person("Alice", admin=True), jira.add_person("Bob")
    project = jira.add_project("ACM", "Acme", lead=alice, members=[bob])
    issue = jira.add_issue(project, "Login page", labels=["vip"])
    with jira.bulk():
        for number in range(2_300):
            jira.add_worklog(issue, started=NOW - timedelta(hours=number), seconds=60 + number, author=bob)
    clock.advance(timedelta(days=1))
    ids: list[str] = []
    since: int | None = 0
    while since is not None:
        delta = site.worklogs_updated(since_ms=since)
        ids += [change.worklog_id for change in delta.changes]
        since = delta.next_since
    unique = list(dict.fromkeys(ids))
    worklogs = [one for start in range(0, len(unique), 1_000) for one in site.worklogs(unique[start : start + 1_000])]
    assert sum(one.seconds for one in worklogs) == sum(60 + number for number in range(2_300))
    assert {one.author_id for one in worklogs} == {bob.account_id}
    (read,) = site.search('project = "ACM"', fields=("status",)).issues
    assert (read.id, read.key, read.summary, read.labels) == (str(issue.id), issue.key, "Login page", ("vip",))
    assert "status" in read.extra
    assert [one.key for one in site.issues([issue.key])] == [issue.key]
    assert [one.key for one in site.projects().projects] == ["ACM"]
    people = site.users([alice.account_id, bob.account_id])
    assert {one.display_name for one in people} == {"Alice", "Bob"}


def test_pitfall_16_fault_F28_the_comment_of_a_broken_call_is_found_and_edited(
    jira: PretendJira, site: JiraSite
) -> None:
    alice = jira.add_person("Alice", admin=True)
    issue = jira.add_issue(jira.add_project("ACM", "Acme", lead=alice), "Login page")
    jira.faults.add("addComment", Fault.drop_after_effect(), times=1)
    with pytest.raises(JiraUnavailable) as caught:
        site.add_comment(issue.key, HISTORY, marker="effect-1", visibility=None)
    assert caught.value.ambiguous
    found = site.find_comment(issue.key, marker="effect-1", since=NOW - timedelta(minutes=5))
    assert found is not None
    assert site.find_comment(issue.key, marker="effect-2") is None
    site.update_comment(issue.key, found.id, HISTORY, visibility=None)
    (only,) = jira.comments(issue)
    assert str(only.id) == found.id
    jira.delete_comment(only)
    with pytest.raises(JiraGone):
        site.update_comment(issue.key, found.id, HISTORY, visibility=None)


def test_the_issue_property_is_set_and_set_again(jira: PretendJira, site: JiraSite) -> None:
    alice = jira.add_person("Alice", admin=True)
    issue = jira.add_issue(jira.add_project("ACM", "Acme", lead=alice), "Login page")
    for hours in (1.5, 2.25):
        site.put_issue_property(issue.key, "dunlin", {"unbilledHours": hours, "invoices": []})
    assert jira.property(issue, "dunlin") == {"unbilledHours": 2.25, "invoices": []}


def test_fault_F26_limits_of_the_pretend_jira_come_through_with_their_scope(jira: PretendJira, site: JiraSite) -> None:
    jira.limits.exhaust("jira-quota-tenant-based", retry_after=30)
    with pytest.raises(JiraLimited) as caught:
        site.myself()
    assert (caught.value.scope, caught.value.retry_after) == (LimitScope.TENANT, 30.0)


@pytest.mark.parametrize(
    "fault", [Fault.html(), Fault.truncated(), Fault.huge(mb=11), Fault.drop(), Fault.redirect("http://127.0.0.1:9/")]
)
def test_fault_F31_rubbish_from_the_wire_is_a_failure(jira: PretendJira, unwatched: JiraSite, fault: Fault) -> None:
    assert unwatched.myself().account_id
    jira.faults.add("getCurrentUser", fault, times=1)
    with pytest.raises(JiraUnavailable):
        unwatched.myself()
