"""How things of the pretend world look in REST v3 answers and webhook bodies."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.jira.model import ROLE_IDS, Comment, Issue, JsonObject, Person, Project, Visibility, Worklog
from sandbox.jira.world import World

STATUS_CATEGORIES = {"To Do": ("new", 2), "In Progress": ("indeterminate", 4), "Done": ("done", 3)}
ISSUE_TYPES = {"Task": 10001, "Bug": 10002, "Story": 10003, "Epic": 10000, "Service request": 10004, "Sub-task": 10005}
SUBTASK = "Sub-task"
WORKLOGS_IN_FIELDS = 20
OTHER_TYPE = 10009


def type_id(issue: Issue) -> str:
    """The id of the issue's type."""
    return str(ISSUE_TYPES.get(issue.type_name, OTHER_TYPE))


def stamp(instant: datetime) -> str:
    """Jira's own date format: milliseconds and an offset without colon."""
    text = instant.isoformat(timespec="milliseconds")
    return text[:-3] + text[-2:]


def duration(seconds: int) -> str:
    """Jira's pretty text (8 h a day, 5 days a week): for display only."""
    minutes, parts = seconds // 60, []
    for unit, size in (("w", 2400), ("d", 480), ("h", 60), ("m", 1)):
        count, minutes = divmod(minutes, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0m"


class Renderer:
    """Makes JSON of one site's things; addresses begin with the site's present base URL."""

    def __init__(self, world: World, base_url: str) -> None:
        self._world = world
        self._api = f"{base_url}/rest/api/3"

    def person(self, account_id: str) -> JsonObject:
        """The short form, as author or assignee. An account that is gone becomes Jira's "Former user"."""
        person = self._world.people.get(account_id) or Person(account_id, "Former user", active=False)
        shown: JsonObject = {
            "self": f"{self._api}/user?accountId={account_id}",
            "accountId": account_id,
            "displayName": person.name,
            "active": person.active,
            "accountType": person.account_type,
            "timeZone": person.time_zone,
        }
        return {**shown, "emailAddress": person.email} if person.email_visible and person.email else shown

    def user(self, account_id: str) -> JsonObject:
        """The long form of the user resource."""
        person = self._world.people[account_id]
        return {**self.person(account_id), "locale": person.locale}

    def project(self, project: Project) -> JsonObject:
        """The form used in lists and inside issues."""
        shown: JsonObject = {
            "self": f"{self._api}/project/{project.id}",
            "id": str(project.id),
            "key": project.key,
            "name": project.name,
            "projectTypeKey": project.type_key,
            "simplified": False,
        }
        if project.category:
            category_id = sorted({each.category for each in self._world.projects.values() if each.category}).index(
                project.category
            )
            shown["projectCategory"] = {"id": str(10000 + category_id), "name": project.category, "description": ""}
        return shown

    def project_in_full(self, project: Project) -> JsonObject:
        """The form of ``GET /project/{key}``."""
        full: JsonObject = {**self.project(project), "description": project.description, "style": "classic"}
        full["isPrivate"] = False
        if project.lead:
            full["lead"] = self.person(project.lead)
        full["roles"] = {name: f"{self._api}/project/{project.id}/role/{ROLE_IDS[name]}" for name in project.roles}
        full["components"] = [self._component(project, name) for name in project.components]
        return full

    def _component(self, project: Project, name: str) -> JsonObject:
        component_id = project.components.get(name, 0)
        return {"self": f"{self._api}/component/{component_id}", "id": str(component_id), "name": name}

    def issue(self, issue: Issue, wanted: list[str], properties: list[str]) -> JsonObject:
        """An issue bean with the fields asked for (``*all``, ``*navigable``, names, ``-name``)."""
        shown: JsonObject = {
            "id": str(issue.id),
            "key": issue.key,
            "self": f"{self._api}/issue/{issue.id}",
            "expand": "renderedFields,names,schema,operations,editmeta,changelog",
        }
        if wanted:
            shown["fields"] = self._chosen_fields(issue, wanted)
        if properties:
            every = "*all" in properties
            shown["properties"] = {k: v for k, v in issue.properties.items() if every or k in properties}
        return shown

    def _chosen_fields(self, issue: Issue, wanted: list[str]) -> JsonObject:
        everything = self.fields(issue)
        unwanted = {name[1:] for name in wanted if name.startswith("-")}
        if {"*all", "*navigable"} & set(wanted):
            return {name: value for name, value in everything.items() if name not in unwanted}
        return {name: everything[name] for name in wanted if name in everything}

    def fields(self, issue: Issue) -> JsonObject:
        """All fields of an issue. ``worklog`` is cut at 20 entries, as in Jira: nobody may bill from it."""
        project = self._world.project_of(issue)
        logs = [self._world.worklogs[each] for each in issue.worklog_ids]
        spent = sum(log.seconds for log in logs)
        return {
            "summary": issue.summary,
            "project": self.project(project),
            "issuetype": {
                "id": type_id(issue),
                "name": issue.type_name,
                "subtask": issue.type_name == SUBTASK,
            },
            "status": self.status(issue.status),
            "assignee": self.person(issue.assignee) if issue.assignee else None,
            "reporter": self.person(issue.reporter) if issue.reporter else None,
            "created": stamp(issue.created),
            "updated": stamp(issue.updated),
            "description": issue.description,
            "components": [self._component(project, name) for name in issue.components],
            "labels": issue.labels,
            "parent": self._parent(issue),
            "timespent": spent or None,
            "aggregatetimespent": spent or None,
            "timetracking": {"timeSpentSeconds": spent, "timeSpent": duration(spent)} if spent else {},
            "worklog": {
                "startAt": 0,
                "maxResults": WORKLOGS_IN_FIELDS,
                "total": len(logs),
                "worklogs": [self.worklog(log) for log in logs[:WORKLOGS_IN_FIELDS]],
            },
            **issue.fields,
        }

    def status(self, name: str) -> JsonObject:
        """A status; one of somebody's own invention is in progress."""
        category, category_id = STATUS_CATEGORIES.get(name, ("indeterminate", 4))
        shown = next((known for known, kind in STATUS_CATEGORIES.items() if kind[1] == category_id), name)
        return {
            "self": f"{self._api}/status/{10000 + category_id}",
            "id": str(10000 + category_id),
            "name": name,
            "statusCategory": {"id": category_id, "key": category, "name": shown},
        }

    def _parent(self, issue: Issue) -> JsonObject | None:
        epic = self._world.issues.get(issue.epic) if issue.epic else None
        if epic is None:
            return None
        fields = {"summary": epic.summary, "issuetype": {"name": epic.type_name}}
        return {"id": str(epic.id), "key": epic.key, "self": f"{self._api}/issue/{epic.id}", "fields": fields}

    def visibility(self, visibility: Visibility) -> JsonObject:
        """Type, name and identifier (a role's name, a group's id)."""
        group = self._world.groups.get(visibility.name) if visibility.kind == "group" else None
        identifier = group.group_id if group is not None else visibility.name
        return {"type": visibility.kind, "value": visibility.name, "identifier": identifier}

    def worklog(self, log: Worklog) -> JsonObject:
        """A worklog. What it does not have (author, start, comment) is absent."""
        shown: JsonObject = {
            "self": f"{self._api}/issue/{log.issue_id}/worklog/{log.id}",
            "id": str(log.id),
            "issueId": str(log.issue_id),
            "created": stamp(log.created),
            "updated": stamp(log.updated),
            "timeSpent": duration(log.seconds),
            "timeSpentSeconds": log.seconds,
        }
        if log.author is not None:
            shown["author"] = shown["updateAuthor"] = self.person(log.author)
        if log.started is not None:
            shown["started"] = stamp(log.started)
        if log.comment is not None:
            shown["comment"] = log.comment
        if log.visibility is not None:
            shown["visibility"] = self.visibility(log.visibility)
        return shown

    def comment(self, comment: Comment, *, expand: str = "") -> JsonObject:
        """A comment; ``properties`` only where the operation expands them."""
        shown: JsonObject = {
            "self": f"{self._api}/issue/{comment.issue_id}/comment/{comment.id}",
            "id": str(comment.id),
            "author": self.person(comment.author),
            "updateAuthor": self.person(comment.update_author),
            "body": comment.body,
            "created": stamp(comment.created),
            "updated": stamp(comment.updated),
            "jsdPublic": comment.properties.get("sd.public.comment") != {"internal": True},
        }
        if comment.visibility is not None:
            shown["visibility"] = self.visibility(comment.visibility)
        if "properties" in expand.split(","):
            shown["properties"] = [{"key": key, "value": value} for key, value in comment.properties.items()]
        return shown


def local(instant: datetime, zone: str) -> datetime:
    """The instant with the offset of a zone, as people type it."""
    return instant.astimezone(ZoneInfo(zone))
