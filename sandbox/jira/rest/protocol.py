"""What an operation of the pretend REST API is, what it is given and what it may answer."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Literal

from werkzeug.datastructures import MultiDict

from sandbox.jira.access import may_browse, may_in_project
from sandbox.jira.model import Installation, Issue, Json, JsonObject, Project
from sandbox.jira.render import Renderer
from sandbox.jira.site import Site
from sandbox.jira.world import World

Scope = Literal["READ", "WRITE", "DELETE", "PROJECT_ADMIN", "ADMIN", "NONE", "ANYONE"]
NOBODY = Installation("", "", "", {}, "", "")


class JiraError(Exception):
    """An error answer in Jira's own form."""

    def __init__(self, status: int, *messages: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(status, *messages)
        self.status = status
        self.messages = list(messages)
        self.errors = dict(errors or {})

    def body(self) -> JsonObject:
        return {"errorMessages": self.messages, "errors": self.errors}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and its price: the ``objects`` and ``identities`` it returns (a write costs one point)."""

    body: Json = None
    status: int = 200
    objects: int = 0
    identities: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A checked request: the caller is the app."""

    site: Site
    installation: Installation
    args: MultiDict[str, str]
    body: Json
    url: str

    @property
    def world(self) -> World:
        return self.site.world

    @property
    def render(self) -> Renderer:
        return self.site.render

    @property
    def account(self) -> str:
        return self.installation.account_id

    def number(self, name: str, default: int, *, most: int | None = None) -> int:
        """A whole number of the query; 400 for anything else, cut at ``most``."""
        raw = self.args.get(name)
        if raw is None:
            return default
        try:
            value = int(raw)
        except ValueError as error:
            raise JiraError(400, f"Failed to convert '{raw}' into an integer for parameter '{name}'.") from error
        return value if most is None else min(value, most)

    def names(self, name: str) -> list[str]:
        """A list of the query: repeated or separated by commas."""
        return [part for value in self.args.getlist(name) for part in value.split(",") if part]

    def json_object(self, known: Set[str], *, required: Set[str] = frozenset()) -> JsonObject:
        """The body as an object that has only ``known`` keys; 400 where it is not."""
        if not isinstance(self.body, dict):
            raise JiraError(400, "The request body must be a JSON object.")
        for key in self.body:
            if key not in known:
                raise JiraError(400, f'Unrecognized field "{key}", not marked as ignorable.')
        missing = required - set(self.body)
        if missing:
            raise JiraError(400, f"The field '{min(missing)}' is required.")
        return self.body

    def issue(self, id_or_key: str) -> Issue:
        """The issue if the app may see it; 404 otherwise, without telling which of both."""
        found = self.world.issue(id_or_key)
        if found is None or not may_browse(self.world, self.account, found):
            raise JiraError(404, "Issue does not exist or you do not have permission to see it.")
        return found

    def project(self, id_or_key: str) -> Project:
        """The project if the app may see it; else 404."""
        found = self.world.project(id_or_key)
        if found is None or not may_in_project(self.world, self.account, "BROWSE_PROJECTS", found):
            raise JiraError(404, f"No project could be found with key '{id_or_key}'.")
        return found

    def needs(self, permission: str, issue: Issue) -> None:
        """403 where the app lacks a project permission on the issue."""
        if not may_in_project(self.world, self.account, permission, self.world.project_of(issue)):
            raise JiraError(403, f"You do not have the permission {permission} on this issue.")


Handler = Callable[..., Reply]


@dataclass(frozen=True, slots=True)
class Operation:
    """A route under its operationId in the official specification.."""

    id: str
    method: str
    rule: str
    scope: Scope
    handler: Handler = field(repr=False)


OPERATIONS: list[Operation] = []


def operation(operation_id: str, method: str, rule: str, *, scope: Scope) -> Callable[[Handler], Handler]:
    """Registers a handler ``(call, **path parts) -> Reply``."""

    def register(handler: Handler) -> Handler:
        OPERATIONS.append(Operation(operation_id, method, rule, scope, handler))
        return handler

    return register


def strings(value: Json, name: str) -> list[str]:
    """A JSON list of strings; 400 for anything else."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise JiraError(400, f"'{name}' must be a list of strings.")
    return [str(each) for each in value]


def numbers(value: Json, name: str) -> list[int]:
    """A JSON list of whole numbers; 400 for anything else."""
    if not isinstance(value, list) or not all(isinstance(each, int) and not isinstance(each, bool) for each in value):
        raise JiraError(400, f"'{name}' must be a list of integers.")
    return [int(each) for each in value]
