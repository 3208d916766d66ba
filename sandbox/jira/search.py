"""Searching issues: JQL clauses asked of the world, including the aliases of indexed entity properties."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sandbox.clock import milliseconds
from sandbox.jira.jql import BadJql, Clause, Query, Tree, clauses, holds, parse
from sandbox.jira.model import Installation, Issue, Json, adf_text
from sandbox.jira.world import World

_PROPERTY = re.compile(r"issue\.property\[(?P<key>[^\]]+)\]\.(?P<path>.+)", re.IGNORECASE)
_RELATIVE = re.compile(r"(?P<sign>[+-]?)(?P<count>\d+)(?P<unit>[mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
Extraction = tuple[str, str]


def aliases(installation: Installation | None) -> dict[str, Extraction]:
    """JQL name -> (property key, path) as the descriptor's ``jiraEntityProperties`` declare them."""
    found: dict[str, Extraction] = {}
    modules = installation.descriptor.get("modules") if installation is not None else None
    declared = modules.get("jiraEntityProperties") if isinstance(modules, dict) else None
    for module in declared if isinstance(declared, list) else []:
        for configuration in module.get("keyConfigurations", []):
            for extraction in configuration.get("extractions", []):
                if "alias" in extraction:
                    place = (str(configuration["propertyKey"]), str(extraction["objectName"]))
                    found[str(extraction["alias"]).lower()] = place
    return found


def values_at(value: Json, path: str) -> list[Json]:
    """The values at a dotted path; arrays on the way are walked through."""
    if isinstance(value, list):
        return [found for element in value for found in values_at(element, path)]
    if not path:
        return [] if value is None else [value]
    head, _, rest = path.partition(".")
    return values_at(value[head], rest) if isinstance(value, dict) and head in value else []


class Search:
    """One search over one world, seen by one account."""

    def __init__(self, world: World, installation: Installation | None, *, zone: str = "UTC") -> None:
        self._world = world
        self._aliases = aliases(installation)
        self._zone = ZoneInfo(zone)
        self._readers: dict[str, Callable[[Issue], list[Json]]] = {
            "id": lambda issue: [issue.id, issue.key],
            "summary": lambda issue: [issue.summary],
            "description": lambda issue: [adf_text(issue.description)],
            "text": lambda issue: [issue.summary, adf_text(issue.description)],
            "status": lambda issue: [issue.status],
            "issuetype": lambda issue: [issue.type_name],
            "labels": lambda issue: list(issue.labels),
            "component": lambda issue: list(issue.components),
            "assignee": lambda issue: [issue.assignee] if issue.assignee else [],
            "reporter": lambda issue: [issue.reporter] if issue.reporter else [],
            "created": lambda issue: [issue.created],
            "updated": lambda issue: [issue.updated],
            "parent": lambda issue: [issue.epic] if issue.epic else [],
            "project": self._project,
            "worklogauthor": lambda issue: [self._world.worklogs[each].author for each in issue.worklog_ids],
            "worklogdate": self._worklog_dates,
            "timespent": lambda issue: [sum(self._world.worklogs[each].seconds for each in issue.worklog_ids)],
        }
        for name, same in {"key": "id", "issue": "id", "issuekey": "id", "type": "issuetype"}.items():
            self._readers[name] = self._readers[same]
        for name, same in {"createddate": "created", "updateddate": "updated"}.items():
            self._readers[name] = self._readers[same]

    def run(self, jql: str, *, sees: Callable[[Issue], bool], reconciled: set[int]) -> list[int]:
        """Ids in the order asked for (by default newest first). ``BadJql`` for what Jira would refuse."""
        query = parse(jql)
        if query.where is None:
            raise BadJql("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
        self._refuse_unknown(query.where)
        found = []
        for issue in list(self._world.issues.values()):
            seen = self._world.seen_by_search(issue, reconciled=issue.id in reconciled)
            if seen is not None and sees(issue) and holds(query.where, partial(self._asks, seen)):
                found.append(seen)
        return [issue.id for issue in self._sorted(found, query)]

    def _sorted(self, found: list[Issue], query: Query) -> list[Issue]:
        found.sort(key=lambda issue: -issue.id)
        for field, direction in reversed(query.order):
            reader = self._reader(field)
            found.sort(key=lambda issue: _sortable(reader(issue)), reverse=direction == "desc")
        return found

    def _project(self, issue: Issue) -> list[Json]:
        project = self._world.project_of(issue)
        return [project.id, project.key, project.name]

    def _worklog_dates(self, issue: Issue) -> list[Json]:
        starts = [self._world.worklogs[each].started for each in issue.worklog_ids]
        return [started for started in starts if started is not None]

    def _reader(self, field: str) -> Callable[[Issue], list[Json]]:
        known = self._readers.get(field.lower())
        if known is not None:
            return known
        place = self._aliases.get(field.lower())
        written_out = _PROPERTY.fullmatch(field)
        if written_out is not None:
            place = (written_out["key"], written_out["path"])
        if place is None:
            raise BadJql(f"Field '{field}' does not exist or you do not have permission to view it.")
        key, path = place
        return lambda issue: values_at(issue.properties.get(key), path)

    def _refuse_unknown(self, tree: Tree) -> None:
        names = {project.name for project in self._world.projects.values()}
        for clause in clauses(tree):
            self._reader(clause.field)
            for value in clause.values if clause.field.lower() == "project" else ():
                if self._world.project(value) is None and value not in names:
                    raise BadJql(f"The value '{value}' does not exist for the field 'project'.")

    def _asks(self, issue: Issue, clause: Clause) -> bool:
        have = self._reader(clause.field)(issue)
        if clause.operator in ("is", "is not"):
            return (not have) == (clause.operator == "is")
        if clause.operator in ("!=", "not in"):
            return bool(have) and not any(self._equal(each, value) for each in have for value in clause.values)
        if clause.operator in ("=", "in"):
            return any(self._equal(each, value) for each in have for value in clause.values)
        wanted = clause.values[0]
        if clause.operator in ("~", "!~"):
            contained = any(wanted.lower().strip("*") in str(each).lower() for each in have)
            return contained == (clause.operator == "~")
        return any(self._ordered(each, clause.operator, wanted) for each in have)

    def _equal(self, have: Json, wanted: str) -> bool:
        if isinstance(have, datetime):
            return have == self._instant(wanted)
        if isinstance(have, int | float) and not isinstance(have, bool):
            return _number(wanted) == have
        return str(have).lower() == wanted.lower()

    def _ordered(self, have: Json, operator: str, wanted: str) -> bool:
        if isinstance(have, datetime):
            return _compare(float(milliseconds(have)), operator, float(milliseconds(self._instant(wanted))))
        if _RELATIVE.fullmatch(wanted) and isinstance(have, str):
            return _compare_text(have, operator, self._instant(wanted).date().isoformat())
        number = _number(wanted)
        if isinstance(have, int | float) and number is not None:
            return _compare(float(have), operator, number)
        return _compare_text(str(have), operator, wanted)

    def _instant(self, text: str) -> datetime:
        relative = _RELATIVE.fullmatch(text)
        if relative is not None:
            step = timedelta(**{_UNITS[relative["unit"]]: int(relative["count"])})
            return self._world.clock.now() + (step if relative["sign"] == "+" else -step)
        if text.isdecimal() and len(text) > 8:
            return datetime.fromtimestamp(int(text) / 1000, tz=self._zone)
        try:
            return datetime.fromisoformat(text.replace("/", "-")).replace(tzinfo=self._zone)
        except ValueError as error:
            raise BadJql(f"Date value '{text}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm'.") from error


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _compare(left: float, operator: str, right: float) -> bool:
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


def _compare_text(left: str, operator: str, right: str) -> bool:
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


def _sortable(values: list[Json]) -> tuple[int, float, str]:
    if not values:
        return (1, 0.0, "")
    first = values[0]
    if isinstance(first, datetime):
        return (0, first.timestamp(), "")
    if isinstance(first, int | float):
        return (0, float(first), "")
    return (0, 0.0, str(first).lower())
