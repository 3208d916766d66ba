"""A pretend Jira that frames the small app, both on loopback, as two sites: localhost and 127.0.0.1."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from plugin.embedded import free_port
from sandbox import FrozenWorldClock, Mailbox, PretendJira
from sandbox.jira.model import Comment, Issue
from sandbox.options import Options
from sandbox.server import LoopbackServer
from tests.integration.ui.app import START, Records, make_app
from tests.support.browser import Watched, open_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Stage:
    """The running pair."""

    jira: PretendJira
    issue: Issue
    comment: Comment
    app: Records
    mailbox: Mailbox
    clock: FrozenWorldClock

    def send(self, mail: EmailMessage) -> None:
        """Over SMTP, as the product does it."""
        address = urlsplit(self.mailbox.smtp_url)
        with smtplib.SMTP(address.hostname or "", address.port or 0) as server:
            server.send_message(mail)


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    if not (ROOT / "build" / "static" / "manifest.json").exists():
        pytest.fail("the front-end is not built; run `make setup`")
    port = free_port()
    app_url = f"http://127.0.0.1:{port}"
    options = Options(
        app_url=app_url, state=tmp_path_factory.mktemp("state"), node_modules=ROOT / "frontend/node_modules"
    )
    clock = FrozenWorldClock(START)
    box = Mailbox(clock=clock)
    with box, PretendJira(options=options, name="Fernwood Services", clock=clock, mailbox=box) as jira:
        app, records = make_app(host_url=jira.base_url, base_url=app_url, clock=clock)
        server = LoopbackServer(app, host="127.0.0.1", port=port)
        server.start()
        alice = jira.add_person("Alice Berger", admin=True)
        bob = jira.add_person("Bob Ito")
        project = jira.add_project("ACM", "Acme relaunch", lead=alice, members=[bob])
        issue = jira.add_issue(project, "Login page for the customer portal", assignee=bob)
        comment = jira.add_comment(issue, "The header is done.", author=bob)
        jira.install(f"{app_url}/atlassian-connect.json")
        yield Stage(jira=jira, issue=issue, comment=comment, app=records, mailbox=box, clock=clock)
        server.stop()


@pytest.fixture
def watched(browser: "Browser", stage: Stage) -> Iterator[Watched]:
    """A fresh person at a fresh browser window; what the app recorded begins anew."""
    stage.app.calls.clear()
    stage.app.refuse = 0
    stage.app.due.clear()
    context = browser.new_context(viewport={"width": 1280, "height": 1600}, locale="en-GB", accept_downloads=True)
    yield open_page(context)
    context.close()
