"""Holds what Dunlin says to Jira, and what is answered, against Atlassian's official OpenAPI.

    observer = openapi_observer(["http://localhost:8700"])     # skips loudly where the specification is missing
    observer.watch(site.session)                               # a client of this process, or:
    jira.witnesses.append(observer.witness)                    # a pretend site, whoever calls it from which process
    ...
    observer.assert_clean()

Beyond the specification's own schemas it refuses unknown query parameters, operations that are removed, deprecated or
closed to Connect apps, bodies with GET, and requests without a token.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import flask
import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from tests.conformance.specification import (
    SeenAnswer,
    SeenRequest,
    Specification,
    SpecifiedOperation,
    official_specification,
)

ROOTS = ("/rest/api/3/", "/rest/atlassian-connect/1/", "/rest/forge/1/")


@dataclass
class OpenApiObserver:
    """Collects what is wrong with the requests and answers it sees; it never changes or stops one."""

    specification: Specification
    base_urls: tuple[str, ...] = ()
    seen: int = 0
    operations: set[str] = field(default_factory=set)
    removed_operations: int = 0
    invalid: list[str] = field(default_factory=list)
    invalid_answers: list[str] = field(default_factory=list)
    _noting: Lock = field(default_factory=Lock, repr=False)

    def watch(self, session: requests.Session) -> None:
        """Looks at every request of a session from now on, just before it leaves, and at its answer."""
        for prefix, adapter in list(session.adapters.items()):
            session.mount(prefix, _Watching(adapter, self))

    def witness(self, request: flask.Request, response: flask.Response | None) -> None:
        """Looks at a request where it arrives, and at the answer that was meant, if any was."""
        target = str(request.environ.get("REQUEST_URI") or request.full_path)
        seen = SeenRequest(method=request.method, target=target, headers=dict(request.headers), body=request.get_data())
        self.see_request(seen)
        if response is not None:
            self.see_answer(
                seen, SeenAnswer(response.status_code, response.headers.get("Content-Type", ""), response.get_data())
            )

    def see_request(self, request: SeenRequest) -> None:
        """Notes what the specification, or our own rules, have against a request."""
        method, path = request.method.upper(), request.path
        operation = self.specification.operation(method, path)
        problems = list(_house_rules(request))
        if operation is None:
            problems.append("no such operation")
        else:
            problems += _rules_of(operation, request)
            wrong = "" if operation.is_multipart else self.specification.wrong_with_request(request)
            problems += [wrong] if wrong else []
        with self._noting:
            self.seen += 1
            self.operations |= {operation.id} if operation else set()
            self.removed_operations += operation is not None and operation.is_removed
            self.invalid += [f"{method} {path}: {problem}" for problem in problems]

    def see_answer(self, request: SeenRequest, answer: SeenAnswer) -> None:
        """Notes where an answer is not what the specification promises; 429 is hardly declared anywhere."""
        operation = self.specification.operation(request.method.upper(), request.path)
        if answer.status_code in (401, 429) or answer.status_code >= 500 or operation is None or operation.is_multipart:
            return
        wrong = self.specification.wrong_with_answer(request, answer)
        if wrong:
            with self._noting:
                self.invalid_answers.append(f"{operation.id} {answer.status_code}: {wrong}")

    def assert_clean(self) -> None:
        """Fails with every problem, or where nothing was seen at all."""
        assert self.seen, "the observer saw no request"
        assert not self.invalid, "\n".join(self.invalid)
        assert not self.invalid_answers, "\n".join(self.invalid_answers)

    def take_problems(self) -> list[str]:
        """What was wrong since the last time, each said once."""
        with self._noting:
            found = list(dict.fromkeys([*self.invalid, *self.invalid_answers]))
            self.invalid.clear()
            self.invalid_answers.clear()
        return found

    def seen_of(self, request: requests.PreparedRequest) -> SeenRequest:
        """A request of a client, its address without the site's own. What leaves for another host is noted."""
        address = urlsplit(request.url or "")
        base = next((one for one in self.base_urls if (request.url or "").startswith(f"{one.rstrip('/')}/")), None)
        if base is None:
            with self._noting:
                self.invalid.append(f"{request.method} {address.netloc}{address.path}: not an address of the site")
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        target = f"{address.path.removeprefix(urlsplit(base or '').path.rstrip('/'))}?{address.query}"
        return SeenRequest(method=request.method or "", target=target, headers=dict(request.headers), body=bytes(body))


def openapi_observer(base_urls: Iterable[str] = ()) -> OpenApiObserver:
    """An observer for these addresses. Skips the test, loudly, where the official specification is not at hand."""
    return OpenApiObserver(specification=official_specification(), base_urls=tuple(base_urls))


class _Watching(BaseAdapter):
    def __init__(self, inner: BaseAdapter, observer: OpenApiObserver) -> None:
        super().__init__()
        self._inner = inner
        self._observer = observer

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        seen = self._observer.seen_of(request)
        self._observer.see_request(seen)
        answer = self._inner.send(request, *args, **kwargs)
        content = answer.raw.read(decode_content=True)
        # Looking consumes the answer, so it is put back for the session.
        answer.raw = HTTPResponse(body=io.BytesIO(content), preload_content=False)
        self._observer.see_answer(seen, SeenAnswer(answer.status_code, answer.headers.get("Content-Type", ""), content))
        return answer

    def close(self) -> None:
        self._inner.close()


def _house_rules(request: SeenRequest) -> Iterator[str]:
    if not request.path.startswith(ROOTS):
        yield "outside of the allowed roots"
    if request.method == "get" and request.body:
        yield "a body with GET"
    if not request.headers.get("Authorization"):
        yield "no token"


def _rules_of(operation: SpecifiedOperation, request: SeenRequest) -> list[str]:
    problems = []
    if operation.is_removed:
        problems.append(f"{operation.id} is removed or deprecated")
    if operation.connect_scope == "INACCESSIBLE":
        problems.append(f"{operation.id} is closed to Connect apps")
    names = {name for name, _ in request.query}
    return problems + [f"unknown query parameter {name}" for name in sorted(names - operation.query_names)]
