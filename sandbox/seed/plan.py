"""What a seeded project is made of."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class PlannedIssue:
    """An issue and when it was worked on: ``first`` and ``last`` in percent of the seeded months."""

    summary: str
    kind: Literal["Task", "Bug", "Story"]
    component: str
    first: int
    last: int
    weight: int = 3
    description: str = ""


@dataclass(frozen=True, slots=True)
class PlannedEpic:
    """A piece of work the client ordered."""

    summary: str
    issues: tuple[PlannedIssue, ...]


@dataclass(frozen=True, slots=True)
class PlannedProject:
    """A client's project. ``notes`` are what people write when they log time, by kind of issue."""

    key: str
    name: str
    description: str
    type_key: Literal["software", "service_desk"]
    epics: tuple[PlannedEpic, ...]
    notes: dict[str, tuple[str, ...]]
