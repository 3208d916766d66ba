"""Atlassian's official OpenAPI, read once a process: its operations, and what it has against a request or an answer.

The file is not ours and not in this repository. ``JIRA_OPENAPI`` names another place; a missing file skips loudly.
"""

import copy
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

SPECIFICATION = Path(os.environ.get("JIRA_OPENAPI") or Path(__file__).parents[3] / "shared" / "jira" / "openapi.json")
NOT_CHECKED = f"CONFORMANCE NOT CHECKED: Atlassian's OpenAPI is not at {SPECIFICATION}; set JIRA_OPENAPI"
SERVER = "https://jira.example"
"""Every site is this one to the validator, so that one serves a whole process."""
METHODS = ("get", "post", "put", "delete", "patch")
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


class SeenRequest:
    """A request as the validator wants it, whoever saw it. ``target`` is path and query, still percent-encoded."""

    host_url = SERVER

    def __init__(self, *, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        parts = urlsplit(target)
        self.method = method.lower()
        self.path = parts.path
        self.query = parse_qsl(parts.query, keep_blank_values=True)
        self.headers = Headers(dict(headers))
        self.body = body or None
        self.content_type = self.headers.get("Content-Type", "").lower()
        self.parameters = RequestParameters(query=ImmutableMultiDict(self.query), header=self.headers)


@dataclass(frozen=True, slots=True)
class SeenAnswer:
    """An answer as the validator wants it."""

    status_code: int
    content_type: str
    data: bytes
    headers: Headers = field(default_factory=Headers)


class Specification:
    """The official document. Safe to ask from several threads."""

    def __init__(self, document: dict[str, Any]) -> None:
        copied = copy.deepcopy(document)
        self.operations = tuple(_operations(copied))
        self._asking = Lock()
        # Each JWT scheme there is one that openapi-core does not know; tokens are checked by the observer.
        copied.pop("security", None)
        copied.get("components", {}).pop("securitySchemes", None)
        for operation in (path[method] for path in copied["paths"].values() for method in METHODS if method in path):
            operation.pop("security", None)
            # The document gives some answers without a body the type of JSON; 204 has none by definition.
            operation.get("responses", {}).get("204", {}).pop("content", None)
        # Jira writes +0000, as the document's own examples do; its date-time format would want +00:00.
        _drop_date_time(copied)
        copied["servers"] = [{"url": SERVER}]
        # The strict load fails on one invalid default in the official document.
        self._validator = OpenAPI.from_dict(copied, config=Config(spec_validator_cls=None))

    @cache  # noqa: B019 - one object lives as long as the process
    def operation(self, method: str, path: str) -> SpecifiedOperation | None:
        """The operation of a request; of several templates that fit, the one with most literal text."""
        fitting = [one for one in self.operations if one.matches(method, path)]
        return max(fitting, key=lambda one: len(re.sub(r"{[^}]+}", "", one.path)), default=None)

    def wrong_with_request(self, request: SeenRequest) -> str:
        """What path, query and body have against the schemas; empty where they fit."""
        with self._asking:
            try:
                self._validator.validate_request(request)
            except OpenAPIError as error:
                return _explain(error)
        return ""

    def wrong_with_answer(self, request: SeenRequest, answer: SeenAnswer) -> str:
        """The same for an answer."""
        with self._asking:
            try:
                self._validator.validate_response(request, answer)
            except OpenAPIError as error:
                return _explain(error)
        return ""


def official_specification() -> Specification:
    """The official specification; skips the test where the file is missing (``JIRA_OPENAPI`` names another place)."""
    specification = specification_at_hand()
    if specification is None:
        pytest.skip(NOT_CHECKED)
    return specification


@cache
def specification_at_hand() -> Specification | None:
    """The official specification, or None where the file is missing: for tests that are about more than it."""
    return Specification(json.loads(SPECIFICATION.read_text(encoding="utf-8"))) if SPECIFICATION.is_file() else None


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


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(template)))


def _explain(error: OpenAPIError) -> str:
    cause = error.__cause__
    details = getattr(cause, "schema_errors", None)
    return "; ".join(one.message for one in details) if details else f"{error} {cause or ''}".strip()
