"""Webhooks of the pretend Jira: queued when the world changes, sent on its clock, with faults on demand."""

import json
import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import requests

from sandbox.clock import milliseconds
from sandbox.jira import tokens
from sandbox.jira.jql import BadJql
from sandbox.jira.model import Event, Installation, JsonObject
from sandbox.jira.search import Search

if TYPE_CHECKING:
    from sandbox.jira.site import Site

RETRIED = {408, 409, 425, 429}
MOST_RETRIES = 5
RETRY_AFTER = timedelta(minutes=5)
TIME_OUT = 10
FAILURES_KEPT = timedelta(hours=72)
SEED = 20260131


@dataclass(frozen=True, slots=True)
class Delivery:
    """What becomes of events from now on. ``drop`` is the share (0-1) lost in silence, ``fail`` the share that ends
    in ``/webhook/failed`` untried; either may be a function of the event. ``reverse`` turns the order of what is due.
    """

    copies: int = 1
    delay: timedelta = timedelta(0)
    drop: float | Callable[[Event], bool] = 0.0
    fail: float | Callable[[Event], bool] = 0.0
    reverse: bool = False
    flow: str = "Primary"


@dataclass(slots=True)
class Pending:
    """One delivery that is still to be made."""

    identifier: str
    event: str
    url: str
    body: str
    due_at: datetime
    flow: str
    retry: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a delivery. ``status`` is None where no answer came."""

    identifier: str
    event: str
    url: str
    status: int | None
    retry: int


@dataclass(frozen=True, slots=True)
class Failure:
    """An entry of ``/webhook/failed``."""

    identifier: str
    url: str
    body: str
    failed_at: datetime


class Webhooks:
    """The queue of one site. Nothing leaves until ``deliver`` is called or ``start`` began to call it."""

    def __init__(self, site: "Site") -> None:
        self._site = site
        self._lock = threading.RLock()
        self._delivering = threading.Lock()
        self._random = random.Random(SEED)
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self.policy = Delivery()
        self.pending: list[Pending] = []
        self.failed: list[Failure] = []

    def hear(self, event: Event) -> None:
        """Queues an event for every subscription of the installed app that wants it."""
        installation = self._site.installation
        if installation is None or not installation.enabled:
            return
        for subscription in _subscriptions(installation):
            if subscription.get("event") == event.name and self._passes(subscription, event):
                self._queue(installation, str(subscription["url"]), event)

    def deliver(self) -> list[Attempt]:
        """Sends everything that is due on the world's clock, once; failures that are retried stay queued."""
        with self._delivering:
            now = self._site.clock.now()
            with self._lock:
                due = sorted((each for each in self.pending if each.due_at <= now), key=lambda each: each.due_at)
                self.pending = [each for each in self.pending if each.due_at > now]
            if self.policy.reverse:
                due.reverse()
            return [self._send(each) for each in due]

    def start(self) -> None:
        """Delivers in the background from now on (for the demo)."""
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the background delivery."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=TIME_OUT)

    def wait_until_idle(self, *, timeout: float) -> None:
        """Returns when the background delivery has nothing due any more. TimeoutError after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with self._delivering, self._lock:
                if not any(each.due_at <= self._site.clock.now() for each in self.pending):
                    return
            self._stop.wait(0.02)
        raise TimeoutError(f"{len(self.pending)} webhooks are still waiting")

    def recent_failures(self) -> list[Failure]:
        """Those of the last 72 hours, oldest first."""
        start = self._site.clock.now() - FAILURES_KEPT
        return [failure for failure in self.failed if failure.failed_at >= start]

    def _run(self) -> None:
        while not self._stop.wait(0.2):
            self.deliver()

    def _passes(self, subscription: JsonObject, event: Event) -> bool:
        jql = subscription.get("filter")
        if not jql or event.issue is None:
            return True
        search = Search(self._site.world, self._site.installation)
        try:
            return event.issue.id in search.run(str(jql), sees=lambda _: True, reconciled={event.issue.id})
        except BadJql:
            return False

    def _queue(self, installation: Installation, path: str, event: Event) -> None:
        identifier = str(uuid.uuid4())
        url = (
            f"{installation.app_url}{path}?user_id={event.actor}&user_key={event.actor}"
            if event.actor
            else (f"{installation.app_url}{path}")
        )
        body = json.dumps(self._body(event))
        with self._lock:
            if self._happens(self.policy.drop, event):
                return
            if self._happens(self.policy.fail, event):
                self.failed.append(Failure(identifier, url, body, self._site.clock.now()))
                return
            due_at = self._site.clock.now() + self.policy.delay
            self.pending.extend(
                Pending(identifier, event.name, url, body, due_at, self.policy.flow) for _ in range(self.policy.copies)
            )

    def _happens(self, share: float | Callable[[Event], bool], event: Event) -> bool:
        return share(event) if callable(share) else self._random.random() < share

    def _body(self, event: Event) -> JsonObject:
        render = self._site.render
        body: JsonObject = {"timestamp": milliseconds(event.at), "webhookEvent": event.name}
        if event.worklog is not None:
            return {**body, "worklog": render.worklog(event.worklog)}
        if event.comment is not None:
            body["comment"] = render.comment(event.comment)
        if event.issue is not None:
            body["issue"] = render.issue(event.issue, ["*all"] if event.issue.id in self._site.world.issues else [], [])
        if event.project is not None:
            body["project"] = render.project(event.project)
        if event.property_key is not None:
            body["property"] = {"key": event.property_key}
        if event.actor in self._site.world.people:
            body["user"] = render.person(event.actor)
        return body

    def _send(self, pending: Pending) -> Attempt:
        installation = self._site.installation
        if installation is None:
            return Attempt(pending.identifier, pending.event, pending.url, None, pending.retry)
        claims = tokens.claims(
            installation.client_key,
            now=self._site.token_clock.now(),
            qsh=tokens.query_hash("POST", pending.url, installation.app_url),
        )
        headers = {
            "Authorization": f"JWT {tokens.sign(claims, installation.secret)}",
            "Content-Type": "application/json",
            "X-Atlassian-Webhook-Identifier": pending.identifier,
            "X-Atlassian-Webhook-Flow": pending.flow,
        }
        if pending.retry:
            headers["X-Atlassian-Webhook-Retry"] = str(pending.retry)
        status = self._post(pending, headers)
        attempt = Attempt(pending.identifier, pending.event, pending.url, status, pending.retry)
        if status is None or status in RETRIED or status >= 500:
            self._again(pending)
        return attempt

    def _post(self, pending: Pending, headers: dict[str, str]) -> int | None:
        try:
            answer = self._site.session.post(
                pending.url, data=pending.body.encode(), headers=headers, timeout=TIME_OUT, allow_redirects=False
            )
        except requests.RequestException:
            return None
        return answer.status_code

    def _again(self, pending: Pending) -> None:
        now = self._site.clock.now()
        with self._lock:
            if pending.retry >= MOST_RETRIES:
                self.failed.append(Failure(pending.identifier, pending.url, pending.body, now))
                return
            pending.retry += 1
            pending.due_at = now + RETRY_AFTER
            self.pending.append(pending)


def _subscriptions(installation: Installation) -> list[JsonObject]:
    modules = installation.descriptor.get("modules")
    declared = modules.get("webhooks") if isinstance(modules, dict) else None
    return [each for each in declared if isinstance(each, dict)] if isinstance(declared, list) else []
