"""Holds what leaves a requests session, and what answers it, against Atlassian's official OpenAPI.

    observer = openapi_observer(["http://localhost:8700"])     # skips loudly where the specification is missing
    observer.watch(site.session)
    ...
    observer.assert_clean()

Beyond the specification's own schemas it refuses unknown query parameters, operations that are removed, deprecated or
closed to Connect apps, bodies with GET, and requests without a token.
"""

import copy
import io
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.exceptions import OpenAPIError
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

SPECIFICATION = Path(os.environ.get("JIRA_OPENAPI") or Path(__file__).parents[3] / "shared" / "jira" / "openapi.json")
METHODS = ("get", "post", "put", "delete", "patch")
ROOTS = ("/rest/api/3/", "/rest/atlassian-connect/1/", "/rest/forge/1/")
REMOVED = frozenset(
    {
        ("GET", "/rest/api/3/search"),
        ("POST", "/rest/api/3/search"),
        ("POST", "/rest/api/3/search/id"),
        ("POST", "/rest/api/3/expression/eval"),
    }
)
"""Answered with 410 since 2025 although the specification still lists them."""


@dataclass(frozen=True, slots=True)
class SpecifiedOperation:
    """One operation of the specification. ``connect_scope`` is READ, WRITE, …, NONE or INACCESSIBLE."""

    id: str
    method: str
    path: str
    connect_scope: str
    query_names: frozenset[str]
    is_multipart: bool
    is_removed: bool

    def matches(self, method: str, path: str) -> bool:
        """Whether a request's method and path are this operation's."""
        return method == self.method and _pattern(self.path).fullmatch(path) is not None


class Specification:
    """The official document, read once."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = copy.deepcopy(document)
        self.operations = tuple(_operations(self._document))
        # Each JWT scheme there is one that openapi-core does not know; tokens are checked by the observer.
        self._document.pop("security", None)
        self._document.get("components", {}).pop("securitySchemes", None)
        for operation in (
            path[method] for path in self._document["paths"].values() for method in METHODS if method in path
        ):
            operation.pop("security", None)
        # Jira writes +0000, as the document's own examples do; its date-time format would want +00:00.
        _drop_date_time(self._document)

    def validator(self, base_urls: Iterable[str]) -> OpenAPI:
        """A validator for requests to these addresses."""
        document = {**self._document, "servers": [{"url": url.rstrip("/")} for url in base_urls]}
        # The strict load fails on one invalid default in the official document.
        return OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))

    def operation(self, method: str, path: str) -> SpecifiedOperation | None:
        """The operation of a request; of several templates that fit, the one with most literal text."""
        fitting = [one for one in self.operations if one.matches(method, path)]
        return max(fitting, key=lambda one: len(re.sub(r"{[^}]+}", "", one.path)), default=None)


@dataclass
class OpenApiObserver:
    """Collects what is wrong with the requests and answers it sees; it never changes or stops one."""

    specification: Specification
    base_urls: tuple[str, ...]
    seen: int = 0
    operations: set[str] = field(default_factory=set)
    removed_operations: int = 0
    invalid: list[str] = field(default_factory=list)
    invalid_answers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._validator = self.specification.validator(self.base_urls)

    def watch(self, session: requests.Session) -> None:
        """Looks at every request of a session from now on, just before it leaves, and at its answer."""
        for prefix, adapter in list(session.adapters.items()):
            session.mount(prefix, _Watching(adapter, self))

    def see_request(self, request: requests.PreparedRequest) -> None:
        """Notes what the specification, or our own rules, have against a request."""
        self.seen += 1
        method, path = request.method or "", self._path(request)
        operation = self.specification.operation(method, path)
        problems = list(_house_rules(request, path))
        if operation is None:
            problems.append("no such operation")
        else:
            self.operations.add(operation.id)
            self.removed_operations += operation.is_removed
            problems += _rules_of(operation, request)
            problems += [] if operation.is_multipart else self._schema_problems(request)
        self.invalid += [f"{method} {path}: {problem}" for problem in problems]

    def see_answer(self, request: requests.PreparedRequest, answer: requests.Response) -> None:
        """Notes where an answer is not what the specification promises; 429 is hardly declared anywhere."""
        operation = self.specification.operation(request.method or "", self._path(request))
        if answer.status_code in (401, 429) or answer.status_code >= 500 or operation is None or operation.is_multipart:
            return
        try:
            self._validator.validate_response(RequestsOpenAPIRequest(request), RequestsOpenAPIResponse(answer))
        except OpenAPIError as error:
            self.invalid_answers.append(f"{operation.id} {answer.status_code}: {_explain(error)}")

    def assert_clean(self) -> None:
        """Fails with every problem, or where nothing was seen at all."""
        assert self.seen, "the observer saw no request"
        assert not self.invalid, "\n".join(self.invalid)
        assert not self.invalid_answers, "\n".join(self.invalid_answers)

    def _schema_problems(self, request: requests.PreparedRequest) -> list[str]:
        try:
            self._validator.validate_request(RequestsOpenAPIRequest(request))
        except OpenAPIError as error:
            return [_explain(error)]
        return []

    def _path(self, request: requests.PreparedRequest) -> str:
        base = next((one for one in self.base_urls if (request.url or "").startswith(one)), "")
        return urlsplit(request.url or "").path.removeprefix(urlsplit(base).path.rstrip("/"))


def openapi_observer(base_urls: Iterable[str]) -> OpenApiObserver:
    """An observer for these addresses. Skips the test, loudly, where the official specification is not at hand."""
    return OpenApiObserver(specification=official_specification(), base_urls=tuple(base_urls))


def official_specification() -> Specification:
    """The official specification; skips the test where the file is missing (``JIRA_OPENAPI`` names another place)."""
    if not SPECIFICATION.is_file():
        pytest.skip(f"CONFORMANCE NOT CHECKED: Atlassian's OpenAPI is not at {SPECIFICATION}; set JIRA_OPENAPI")
    return _load(SPECIFICATION)


class _Watching(BaseAdapter):
    def __init__(self, inner: BaseAdapter, observer: OpenApiObserver) -> None:
        super().__init__()
        self._inner = inner
        self._observer = observer

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self._observer.see_request(request)
        answer = self._inner.send(request, *args, **kwargs)
        content = answer.raw.read(decode_content=True)
        # Looking consumes the answer, so it is put back for the session.
        answer.raw = _unread(content)
        self._observer.see_answer(request, answer)
        answer.raw = _unread(content)
        return answer

    def close(self) -> None:
        self._inner.close()


def _unread(content: bytes) -> HTTPResponse:
    return HTTPResponse(body=io.BytesIO(content), preload_content=False)


@cache
def _load(file: Path) -> Specification:
    return Specification(json.loads(file.read_text(encoding="utf-8")))


def _operations(document: dict[str, Any]) -> Iterator[SpecifiedOperation]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            operation = item[method]
            parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
            content = operation.get("requestBody", {}).get("content", {})
            is_removed = operation.get("deprecated", False) or (method.upper(), path) in REMOVED
            yield SpecifiedOperation(
                id=operation["operationId"],
                method=method.upper(),
                path=path,
                connect_scope=operation.get("x-atlassian-connect-scope", "NONE"),
                query_names=frozenset(one["name"] for one in parameters if one.get("in") == "query"),
                is_multipart="multipart/form-data" in content,
                is_removed=is_removed,
            )


def _drop_date_time(node: object) -> None:
    if isinstance(node, dict):
        if node.get("format") == "date-time":
            del node["format"]
        for child in node.values():
            _drop_date_time(child)
    elif isinstance(node, list):
        for child in node:
            _drop_date_time(child)


def _house_rules(request: requests.PreparedRequest, path: str) -> Iterator[str]:
    if not path.startswith(ROOTS):
        yield "outside of the allowed roots"
    if request.method == "GET" and request.body:
        yield "a body with GET"
    if not request.headers.get("Authorization"):
        yield "no token"


def _rules_of(operation: SpecifiedOperation, request: requests.PreparedRequest) -> list[str]:
    problems = []
    if operation.is_removed:
        problems.append(f"{operation.id} is removed or deprecated")
    if operation.connect_scope == "INACCESSIBLE":
        problems.append(f"{operation.id} is closed to Connect apps")
    names = {name for name, _ in parse_qsl(urlsplit(request.url or "").query, keep_blank_values=True)}
    return problems + [f"unknown query parameter {name}" for name in sorted(names - operation.query_names)]


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(template)))


def _explain(error: OpenAPIError) -> str:
    cause = error.__cause__
    details = getattr(cause, "schema_errors", None)
    return "; ".join(one.message for one in details) if details else f"{error} {cause or ''}".strip()
