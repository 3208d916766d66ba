"""Spreads the logged hours over working days, people and issues: the same for the same day, nothing left to chance."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.seed.company import Member
from sandbox.seed.plan import PlannedIssue, PlannedProject

HOURS = 1200
MONTHS = 4
SEED = 4711
# Minutes people log, and how often: mostly whole and half hours, now and then the odd ones.
LENGTHS = (
    (30, 3),
    (45, 3),
    (60, 6),
    (90, 6),
    (105, 2),
    (120, 7),
    (150, 4),
    (180, 5),
    (240, 3),
    (20, 1),
    (50, 1),
    (100, 1),
)
STARTS = (8 * 60, 9 * 60, 9 * 60 + 30, 10 * 60 + 15, 11 * 60, 13 * 60, 13 * 60 + 45, 14 * 60 + 30, 15 * 60 + 30)
LONGEST_DAY = 8 * 60
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """Time one person logged: minutes after midnight in their zone, and how long."""

    day: date
    member: Member
    project: PlannedProject
    issue: PlannedIssue
    start: int
    minutes: int
    note: str


def first_day(today: date) -> date:
    """The first of the month that lies ``MONTHS`` before this one."""
    months = today.year * 12 + today.month - 1 - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def working_days(today: date) -> list[date]:
    """Weekdays from the first day to yesterday."""
    first = first_day(today)
    days = [first + timedelta(days=number) for number in range((today - first).days)]
    return [day for day in days if day.weekday() < SATURDAY]


def entries(today: date, members: Sequence[Member], projects: Sequence[PlannedProject]) -> list[Entry]:
    """About ``HOURS`` hours, evenly over the days, in the order of the days."""
    chance = random.Random(SEED)
    days = working_days(today)
    by_key = {project.key: project for project in projects}
    made: list[Entry] = []
    logged = 0
    for number, day in enumerate(days, start=1):
        target = HOURS * 60 * number // len(days)
        busy: dict[str, int] = {}
        while logged < target:
            entry = _entry(chance, day, 100 * number // len(days), members, by_key, busy)
            busy[entry.member.account_id] = busy.get(entry.member.account_id, 0) + entry.minutes
            logged += entry.minutes
            made.append(entry)
    return made


def _entry(
    chance: random.Random,
    day: date,
    progress: int,
    members: Sequence[Member],
    projects: dict[str, PlannedProject],
    busy: dict[str, int],
) -> Entry:
    free = [member for member in members if busy.get(member.account_id, 0) < LONGEST_DAY] or list(members)
    member = chance.choices(free, [each.share for each in free])[0]
    project = projects[chance.choice(member.projects)]
    issue = _issue(chance, project, progress)
    minutes = chance.choices([length for length, _ in LENGTHS], [weight for _, weight in LENGTHS])[0]
    return Entry(day, member, project, issue, chance.choice(STARTS), minutes, chance.choice(project.notes[issue.kind]))


def _issue(chance: random.Random, project: PlannedProject, progress: int) -> PlannedIssue:
    active = [
        issue
        for epic in project.epics
        for issue in epic.issues
        if issue.first <= progress <= max(issue.last, issue.first)
    ]
    return chance.choices(active, [issue.weight for issue in active])[0]
