"""One call to Jira: accounted for before, signed and sent once, read strictly. It never sleeps and never repeats."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import quote

import msgspec
import requests
from atlassian.jira import JiraCloud

from plugin.domain.errors import InvalidInput
from plugin.jira.errors import failure_of, failure_without_answer, unreadable
from plugin.jira.operations import Operation
from plugin.services.jira_errors import JiraLimited
from plugin.services.jira_gateway import CallBudget

TIMEOUT_SECONDS = 10
ANSWERS = frozenset({200, 201, 204})

Answer = TypeVar("Answer")

# The library writes whole answers, personal data included, to its log at DEBUG.
logging.getLogger("atlassian").setLevel(logging.INFO)


class Unlimited:
    """The budget of a site that nobody accounts for."""

    def before_call(self, operation: str, worst_cost: int) -> None:
        """Everything may go."""

    def after_call(self, operation: str, *, worst_cost: int, cost: int, near_limit: bool) -> None:
        """Nothing is kept."""

    def refused(self, problem: JiraLimited) -> None:
        """Whoever called waits."""


class JiraClient:
    """Talks to one site through the library's cloud client; what in it waits or repeats is switched off."""

    def __init__(self, *, base_url: str, session: requests.Session, budget: CallBudget) -> None:
        self._library = JiraCloud(
            base_url, session=session, timeout=TIMEOUT_SECONDS, retry_with_header=False, backoff_and_retry=False
        )
        self._budget = budget

    def call(
        self,
        operation: Operation,
        answer: type[Answer],
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str | int | Sequence[str]] | None = None,
        body: Mapping[str, object] | None = None,
        at_most: int = 0,
        count: Callable[[Answer], int] = lambda _: 0,
    ) -> Answer:
        """The answer as ``answer``. ``at_most`` objects may come back; ``count`` says how many did.

        Raises what ``plugin.services.jira_errors`` lists. ``answer`` is ``NoneType`` where the body does not matter.
        """
        worst = operation.cost(at_most)
        self._budget.before_call(operation.id, worst)
        thing = operation.thing.format_map(path or {})
        response = self._send(operation, thing, path or {}, query, body)
        near_limit = response.headers.get("X-RateLimit-NearLimit") == "true"
        if response.status_code not in ANSWERS:
            self._budget.after_call(operation.id, worst_cost=worst, cost=1, near_limit=near_limit)
            problem = failure_of(response, operation, thing)
            if isinstance(problem, JiraLimited):
                self._budget.refused(problem)
            raise problem
        result = _read(response, answer, operation, thing)
        self._budget.after_call(
            operation.id, worst_cost=worst, cost=operation.cost(count(result)), near_limit=near_limit
        )
        return result

    def _send(
        self,
        operation: Operation,
        thing: str,
        path: Mapping[str, str],
        query: Mapping[str, str | int | Sequence[str]] | None,
        body: Mapping[str, object] | None,
    ) -> requests.Response:
        resource = operation.path.format_map({name: _segment(value) for name, value in path.items()})
        try:
            response: requests.Response = self._library.request(
                method=operation.method,
                path=self._library.endpoint(resource),
                params=dict(query) if query else None,
                data=dict(body) if body is not None else None,
                advanced_mode=True,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise failure_without_answer(error, operation, thing) from error
        return response


def _read(response: requests.Response, answer: type[Answer], operation: Operation, thing: str) -> Answer:
    if answer is type(None):
        return answer()
    try:
        return msgspec.json.decode(response.content, type=answer)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise unreadable(
            operation, thing, f"something else than its documented JSON ({type(error).__name__})"
        ) from None


def _segment(value: str) -> str:
    # A key from outside must not climb to another resource.
    if not value or value in (".", ".."):
        raise InvalidInput("An empty or dotted name cannot stand in a Jira address.")
    return quote(value, safe="")
