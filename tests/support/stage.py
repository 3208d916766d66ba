"""Opens stories on the stage. Every story ends with ``dunlin verify``: whatever it did, the invariants hold."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from functools import cache
from typing import Protocol

import pytest

from plugin.services.settings.clients import ClientForm
from sandbox.jira.keys import KeyRing
from sandbox.stage import Stage
from sandbox.stage.house import bill_to, furnish, rates_by_person
from tests.support.conformance import Watch, watched
from tests.support.databases import Urls
from tests.support.story import ENGLISH, PRICE, START, Story

__all__ = ["ENGLISH", "START", "NewStory", "Story", "new_story", "new_story_on_both", "open_story", "story"]


@cache
def install_keys() -> KeyRing:
    """Atlassian's keys, made once a process: a pair costs as much as twenty requests."""
    return KeyRing()


class NewStory(Protocol):
    """Opens a story; a client, a start and a sandbox mode of its own if the story is about them."""

    def __call__(self, *, start: datetime = START, client: ClientForm = ENGLISH, live: bool = True) -> Story: ...


def open_story(stage: Stage, *, client: ClientForm, live: bool) -> Story:
    """Builds the world, installs the app with a signed call, reads Jira, and furnishes the company."""
    jira = stage.jira
    alice = jira.add_person("Alice Berger", admin=True)
    bob = jira.add_person("Bob Stone")
    project = jira.add_project("ACM", "Acme relaunch", lead=alice, members=[bob], admins=[alice])
    issue = jira.add_issue(project, "Login page")
    tenant = stage.install()
    story = Story(stage=stage, tenant=tenant, alice=alice, bob=bob, project=project, issue=issue)
    story.drain(sync=True)
    with story.writing() as session:
        furnish(session, now=story.now, live=live)
        story.client_id = bill_to(session, story.billed, client, now=story.now).id
        rates_by_person(session, story.billed, {bob.account_id: PRICE}, since=date(2026, 1, 1), now=story.now)
    return story


def _stories(urls: Urls) -> Iterator[NewStory]:
    opened: list[Story] = []
    watches: list[Watch] = []
    with ExitStack() as stack:

        def start_one(*, start: datetime = START, client: ClientForm = ENGLISH, live: bool = True) -> Story:
            stage = stack.enter_context(
                Stage(start=start, database_url=urls.app, environ=urls.environment, keys=install_keys())
            )
            watches.append(watched(stage.jira))
            opened.append(open_story(stage, client=client, live=live))
            return opened[-1]

        yield start_one
        assert [finding for story in opened for finding in story.findings()] == []
        assert [mistake for story in opened for mistake in story.mistakes()] == []
    assert [problem for watch in watches for problem in watch.problems()] == []


@pytest.fixture
def new_story(sqlite_urls: Urls) -> Iterator[NewStory]:
    """Opens a story on SQLite."""
    yield from _stories(sqlite_urls)


@pytest.fixture
def new_story_on_both(urls: Urls) -> Iterator[NewStory]:
    """Opens a story once on SQLite and once on PostgreSQL, there with row security and three roles."""
    yield from _stories(urls)


@pytest.fixture
def story(new_story: NewStory) -> Story:
    """The usual story."""
    return new_story()
