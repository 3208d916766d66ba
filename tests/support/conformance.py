"""Watches pretend sites, so that all that Dunlin says to Jira in a story is held against Atlassian's OpenAPI.

Without the specification a story runs unwatched, and the end of the run says so. The sandbox's own tests are not
watched: they say wrong things on purpose.
"""

from dataclasses import dataclass, field

import pytest

from sandbox import PretendJira
from sandbox.jira.site import Witness
from tests.conformance.openapi import OpenApiObserver
from tests.conformance.specification import NOT_CHECKED, specification_at_hand

OUTPUT = "jira_conformance"


@dataclass
class Totals:
    """What a process, or all workers of a run, watched."""

    requests: int = 0
    operations: set[str] = field(default_factory=set)
    unwatched: int = 0


_observers: list[OpenApiObserver | None] = []
_totals = Totals()


@dataclass(frozen=True, slots=True)
class Watch:
    """The eye on one site; blind where the specification is missing."""

    observer: OpenApiObserver | None

    @property
    def witnesses(self) -> list[Witness]:
        """For the site that is to be watched."""
        return [self.observer.witness] if self.observer else []

    def problems(self) -> list[str]:
        """What was wrong since the last time this was asked."""
        return self.observer.take_problems() if self.observer else []


def new_watch() -> Watch:
    """An eye for a site that is not there yet."""
    specification = specification_at_hand()
    _observers.append(OpenApiObserver(specification) if specification else None)
    return Watch(_observers[-1])


def watched(jira: PretendJira) -> Watch:
    """Watches all that reaches a site from now on, from whichever process."""
    watch = new_watch()
    jira.site.witnesses.extend(watch.witnesses)
    return watch


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Counts what this process watched, and hands it to the one that started it, if there is one."""
    seeing = [each for each in _observers if each is not None]
    _add(sum(each.seen for each in seeing), {name for each in seeing for name in each.operations})
    _totals.unwatched += len(_observers) - len(seeing)
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[OUTPUT] = [_totals.requests, sorted(_totals.operations), _totals.unwatched]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Adds what a worker of xdist watched."""
    requests, operations, unwatched = getattr(node, "workeroutput", {}).get(OUTPUT, [0, [], 0])
    _add(requests, set(operations))
    _totals.unwatched += unwatched


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what was watched, or that nothing could be."""
    if _totals.unwatched:
        terminalreporter.write_line(NOT_CHECKED, yellow=True)
    if _totals.requests:
        terminalreporter.write_line(
            f"{_totals.requests} requests to Jira, {len(_totals.operations)} operations, held against its OpenAPI"
        )


def _add(requests: int, operations: set[str]) -> None:
    _totals.requests += requests
    _totals.operations |= operations
