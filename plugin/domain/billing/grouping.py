"""What goes together on one line. Different prices or taxes never do, whatever the grouping."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from plugin.domain.billing.worklogs import WorklogFact


class Grouping(StrEnum):
    """The thing that gets one line each."""

    ISSUE = "issue"
    EPIC = "epic"
    PERSON = "person"
    ROLE = "role"
    DAY = "day"
    WEEK = "week"
    WORKLOG = "worklog"
    ONE_LINE = "one_line"


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for line descriptions in the client's language; patterns take the names in braces."""

    no_epic: str = "Other work"
    unknown_person: str = "Team member"
    no_role: str = "Services"
    day: str = "Services on {day}"
    week: str = "Services in week {week} of {year}"
    one_line: str = "Services from {first} to {last}"


@dataclass(frozen=True, slots=True)
class Labels:
    """Names the domain does not keep: people by account id, epics by key. They are shown, never stored here."""

    people: Mapping[str, str] = field(default_factory=dict)
    epics: Mapping[str, str] = field(default_factory=dict)
    wording: Wording = field(default_factory=Wording)


def group_key(fact: WorklogFact, grouping: Grouping, *, roles: Sequence[str] = ()) -> str:
    """The value that facts of one line share ("" for one line); ``roles`` are the author's, the main one first."""
    match grouping:
        case Grouping.ISSUE:
            return fact.issue_key
        case Grouping.EPIC:
            return fact.epic_key or ""
        case Grouping.PERSON:
            return fact.author or ""
        case Grouping.ROLE:
            return roles[0] if roles else ""
        case Grouping.DAY:
            return fact.day.isoformat() if fact.day else ""
        case Grouping.WEEK:
            return _iso_week(fact)
        case Grouping.WORKLOG:
            return fact.worklog_id
        case Grouping.ONE_LINE:
            return ""


def describe(key: str, grouping: Grouping, facts: Sequence[WorklogFact], labels: Labels) -> str:
    """The line's text: issue key with summary, a name from ``labels``, or a phrase with dates."""
    first, wording = facts[0], labels.wording
    days = [fact.day.isoformat() for fact in facts if fact.day]
    match grouping:
        case Grouping.ISSUE:
            text = f"{first.issue_key} {first.issue_summary}"
        case Grouping.WORKLOG:
            text = f"{first.issue_key} {first.issue_summary} ({min(days, default='')})"
        case Grouping.EPIC:
            text = f"{key} {labels.epics.get(key, '')}" if key else wording.no_epic
        case Grouping.PERSON:
            text = labels.people.get(key, wording.unknown_person)
        case Grouping.ROLE:
            text = key or wording.no_role
        case Grouping.DAY:
            text = wording.day.format(day=key)
        case Grouping.WEEK:
            year, _, week = key.partition("-W")
            text = wording.week.format(week=int(week), year=year)
        case Grouping.ONE_LINE:
            text = wording.one_line.format(first=min(days, default=""), last=max(days, default=""))
    return clean_text(text)


def clean_text(text: str) -> str:
    """``text`` on one line without control characters and lone surrogates, which XML and PDF cannot carry."""
    printable = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]", " ", text)
    return " ".join(printable.split())


def natural_order(text: str) -> tuple[tuple[int, int | str], ...]:
    """Sort key that puts AB-2 before AB-10."""
    parts = re.split(r"(\d+)", text)
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)


def _iso_week(fact: WorklogFact) -> str:
    if fact.day is None:
        return ""
    year, week, _ = fact.day.isocalendar()
    return f"{year}-W{week:02d}"
