"""The store of the pretend Jira: plain objects behind one lock, with the indexes that keep large worlds quick."""

import copy
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sandbox.clock import WorldClock, whole_milliseconds
from sandbox.jira.model import Comment, Event, Group, Issue, Notification, Person, Project, Tombstone, Worklog

FIRST_ID = 10000
REMEMBERED = (
    "people",
    "groups",
    "projects",
    "project_keys",
    "issues",
    "issue_keys",
    "worklogs",
    "comments",
    "tombstones",
    "field_names",
    "version",
    "_ids",
)


class World:
    """People, projects, issues, worklogs and comments of one site, and who wants to hear of changes."""

    def __init__(self, clock: WorldClock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.people: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}
        self.projects: dict[int, Project] = {}
        self.project_keys: dict[str, int] = {}
        self.issues: dict[int, Issue] = {}
        self.issue_keys: dict[str, int] = {}
        self.worklogs: dict[int, Worklog] = {}
        self.comments: dict[int, Comment] = {}
        self.tombstones: list[Tombstone] = []
        self.field_names: dict[str, str] = {}
        self.workflows: dict[int, tuple[str, ...]] = {}
        self.notifications: list[Notification] = []
        self.search_lag = timedelta(0)
        self.stale: dict[int, tuple[Issue | None, datetime]] = {}
        self.version = 0
        self._listeners: list[Callable[[Event], None]] = []
        self._ids: dict[str, int] = {}
        self._by_update: list[tuple[datetime, int]] | None = None
        self._quiet = 0
        self._last_bulk: datetime | None = None

    # -- time, ids, events

    def now(self) -> datetime:
        """The world's present, cut to milliseconds. Inside ``bulk`` no two calls give the same instant."""
        present = whole_milliseconds(self.clock.now())
        if not self._quiet:
            return present
        floor = present - timedelta(days=1)
        last = self._last_bulk
        self._last_bulk = floor if last is None or last < floor else last + timedelta(milliseconds=1)
        return self._last_bulk

    def next_id(self, kind: str) -> int:
        """Ids count up per kind of thing, from the same start on every site, so that two sites share many of them."""
        self._ids[kind] = self._ids.get(kind, FIRST_ID - 1) + 1
        return self._ids[kind]

    def subscribe(self, listener: Callable[[Event], None]) -> None:
        """``listener`` hears every change after it was made, except those inside ``bulk``."""
        self._listeners.append(listener)

    def emit(self, event: Event) -> None:
        """Tells the listeners; the things of the event are copies, so later changes do not reach them."""
        self.version += 1
        if self._quiet:
            return
        frozen = replace(event, issue=copy.copy(event.issue), worklog=copy.copy(event.worklog))
        for listener in self._listeners:
            listener(frozen)

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """Many changes without webhooks, dated yesterday, each record with a millisecond of its own."""
        with self.lock:
            self._quiet += 1
            try:
                yield
            finally:
                self._quiet -= 1

    def export(self) -> dict[str, object]:
        """A copy of everything that is remembered over a restart; to be pickled."""
        with self.lock:
            return copy.deepcopy({name: getattr(self, name) for name in REMEMBERED})

    def restore(self, kept: dict[str, object]) -> None:
        """Takes back what ``export`` gave."""
        with self.lock:
            for name in REMEMBERED:
                setattr(self, name, kept[name])
            self.touch_worklogs()

    # -- looking things up

    def project(self, id_or_key: str | int) -> Project | None:
        """By key or by id."""
        text = str(id_or_key)
        found = self.project_keys.get(text.upper())
        if found is None and text.isdecimal():
            found = int(text)
        return self.projects.get(found) if found is not None else None

    def issue(self, id_or_key: str | int) -> Issue | None:
        """By key, by a key it had before it moved, or by id."""
        text = str(id_or_key)
        found = self.issue_keys.get(text.upper())
        if found is None and text.isdecimal():
            found = int(text)
        return self.issues.get(found) if found is not None else None

    def project_of(self, issue: Issue) -> Project:
        """Every issue has one."""
        return self.projects[issue.project_id]

    # -- indexes

    def touch_worklogs(self) -> None:
        """The order by update is made anew when it is next asked for."""
        self._by_update = None

    def worklogs_updated(self, since: datetime, until: datetime) -> list[tuple[datetime, int]]:
        """``(updated, id)`` of worklogs with ``since <= updated <= until``, oldest first."""
        if self._by_update is None:
            self._by_update = sorted((log.updated, log.id) for log in self.worklogs.values())
        start = bisect_left(self._by_update, (since, 0))
        end = bisect_right(self._by_update, (until, 1 << 62))
        return self._by_update[start:end]

    def touch_issue(self, issue: Issue, *, existed: bool = True) -> None:
        """To be called before an issue changes: while the search lags, it goes on seeing the issue as it was."""
        if not self.search_lag or self._quiet:
            return
        before = copy.deepcopy(issue) if existed else None
        fresh_at = self.clock.now() + self.search_lag
        kept = self.stale.get(issue.id)
        self.stale[issue.id] = (kept[0] if kept is not None else before, fresh_at)

    def seen_by_search(self, issue: Issue, *, reconciled: bool) -> Issue | None:
        """The issue as the search index knows it: the present one, an older one, or none yet."""
        kept = self.stale.get(issue.id)
        if kept is None or reconciled:
            return issue
        if self.clock.now() >= kept[1]:
            del self.stale[issue.id]
            return issue
        return kept[0]
