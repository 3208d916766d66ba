"""A stand-in for the wire: an adapter that keeps what was sent and answers what the test laid out. No sockets."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.auth import AuthBase
from urllib3 import HTTPResponse

from plugin.jira.site import JiraSite
from plugin.services.jira_gateway import CallBudget

BASE = "https://acme.atlassian.net"


@dataclass
class Answer:
    """What the wire gives back; ``failure`` is raised in its place."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    failure: Exception | None = None

    def to_response(self, request: requests.PreparedRequest) -> requests.Response:
        content = self.content
        if content is None:
            content = b"" if self.body is None else json.dumps(self.body).encode()
        response = requests.Response()
        response.status_code = self.status
        response.headers.update({"Content-Type": "application/json", **self.headers})
        response.request = request
        response.url = request.url or ""
        response.raw = HTTPResponse(body=io.BytesIO(content), preload_content=False)
        return response


@dataclass(frozen=True)
class Sent:
    """A request that left: method, path, query with lists of values, JSON body, headers."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    headers: Mapping[str, str]
    raw_body: bytes | str | None


class Wire(BaseAdapter):
    """Answers in order; the last answer stays. A function in place of an answer sees the request."""

    def __init__(self, *answers: Answer | Callable[[Sent], Answer]) -> None:
        super().__init__()
        self._answers = list(answers)
        self.sent: list[Sent] = []
        self.timeouts: list[object] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        address = urlsplit(request.url or "")
        body = json.loads(request.body) if request.body else None
        query = parse_qs(address.query, keep_blank_values=True)
        sent = Sent(request.method or "", address.path, query, body, dict(request.headers), request.body)
        self.sent.append(sent)
        self.timeouts.append(kwargs.get("timeout"))
        planned = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        answer = planned if isinstance(planned, Answer) else planned(sent)
        if answer.failure is not None:
            raise answer.failure
        return answer.to_response(request)

    def close(self) -> None:
        """Nothing is open."""


class Stamp(AuthBase):
    """Marks requests with a number, so that a test sees that each attempt is signed anew."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        self.count += 1
        request.headers["Authorization"] = f"JWT {self.count}"
        return request


def site_on(wire: Wire, *, budget: CallBudget | None = None) -> JiraSite:
    """A site whose requests all go to the stand-in."""
    site = JiraSite(BASE, Stamp(), budget=budget)
    site.session.mount("https://", wire)
    return site
