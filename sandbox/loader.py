"""Puts a history of logged time (a CSV of the SiP shape) into the pretend Jira, as issues and worklogs.

One row is the time of one developer on one task: the task becomes the issue ``project-task``, the row a worklog.
"""

import csv
from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from sandbox.builder import WorldBuilder
from sandbox.jira.model import MEMBERS, Issue, Person, Project, Worklog

SECONDS_PER_HOUR = 3600
START_OF_DAY = time(9, tzinfo=UTC)
DONE = {"FINISHED", "COMPLETED", "RELEASED", "CANCELLED", "CHRONICLE"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file brought in."""

    projects: int
    people: int
    issues: int
    worklogs: int
    undated: int
    seconds: int


def load(builder: WorldBuilder, path: Path, *, projects: Container[str] | None = None) -> Loaded:
    """Adds everything, or some projects by key, without webhooks. Rows without a start become worklogs without one.

    Raises ValueError with the line number for a row that cannot be read.
    """
    loading = _Loading(builder)
    with path.open(encoding="utf-8-sig", newline="") as file, builder.bulk():
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                if projects is None or row["project"].strip() in projects:
                    loading.add(row)
            except (ArithmeticError, KeyError, ValueError) as error:
                raise ValueError(f"line {line} of {path.name}: {error}") from error
    return loading.result()


class _Loading:
    def __init__(self, builder: WorldBuilder) -> None:
        self._builder = builder
        self._people: dict[str, Person] = {}
        self._projects: dict[str, Project] = {}
        self._issues: dict[str, Issue] = {}
        self._logs: list[Worklog] = []

    def add(self, row: dict[str, str]) -> None:
        """One row of the file."""
        author = self._person(row["developer"].strip())
        issue = self._issue(row)
        started = row["started_on"].strip()
        self._logs.append(
            self._builder.add_worklog(
                issue,
                seconds=seconds(row["hours_actual"]),
                started=datetime.combine(datetime.fromisoformat(started).date(), START_OF_DAY) if started else None,
                author=author,
            )
        )

    def result(self) -> Loaded:
        return Loaded(
            projects=len(self._projects),
            people=len(self._people),
            issues=len(self._issues),
            worklogs=len(self._logs),
            undated=sum(1 for log in self._logs if log.started is None),
            seconds=sum(log.seconds for log in self._logs),
        )

    def _person(self, developer: str) -> Person:
        if developer not in self._people:
            person = self._builder.add_person(f"Developer {developer}", account_id=f"712020:developer-{developer}")
            self._people[developer] = person
            for project in self._projects.values():
                project.roles[MEMBERS].add(person.account_id)
        return self._people[developer]

    def _project(self, key: str) -> Project:
        if key not in self._projects:
            known = self._builder.world.project(key)
            self._projects[key] = known or self._builder.add_project(
                key, f"Project {key}", members=self._people.values()
            )
        return self._projects[key]

    def _issue(self, row: dict[str, str]) -> Issue:
        project = self._project(row["project"].strip())
        key = f"{project.key}-{row['task'].strip()}"
        if key not in self._issues:
            self._issues[key] = self._builder.add_issue(
                project,
                row["summary"],
                key=key,
                type_name="Bug" if row["subcategory"].strip() == "Bug" else "Task",
                status="Done" if row["status"].strip() in DONE else "In Progress",
                labels=[label.replace(" ", "-") for label in (row["category"], row["subcategory"]) if label],
                description=f"Breakdown {row['breakdown']}",
            )
        return self._issues[key]


def seconds(hours: str) -> int:
    """Hours as decimal text to whole seconds, half up: the only rounding there is."""
    return int((Decimal(hours) * SECONDS_PER_HOUR).quantize(Decimal(1), rounding=ROUND_HALF_UP))
