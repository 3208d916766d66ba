"""Every call is accounted for before it leaves."""

import pytest

from plugin.services.jira_errors import JiraLimited, JiraUnavailable, LimitScope
from tests.unit.jira.test_issues import issue
from tests.unit.jira.wire import Answer, Wire, site_on


class Ledger:
    """A budget that writes down what it is told, and refuses above a limit."""

    def __init__(self, limit: int = 10_000) -> None:
        self.limit = limit
        self.lines: list[tuple[object, ...]] = []

    def before_call(self, operation: str, worst_cost: int) -> None:
        if worst_cost > self.limit:
            raise JiraLimited("The tenant's share is used up.", scope=LimitScope.TENANT, operation=operation)
        self.lines.append(("before", operation, worst_cost))

    def refused(self, problem: JiraLimited) -> None:
        self.lines.append(("refused", problem.operation, problem.scope))

    def after_call(self, operation: str, *, worst_cost: int, cost: int, near_limit: bool) -> None:
        self.lines.append(("after", operation, worst_cost, cost, near_limit))


def test_a_call_is_accounted_at_its_worst_before_and_corrected_after() -> None:
    ledger = Ledger()
    answer = Answer({"issues": [issue(1), issue(2)], "isLast": True}, headers={"X-RateLimit-NearLimit": "true"})
    site_on(Wire(answer), budget=ledger).search("project = ABC", page_size=50)
    name = "searchAndReconsileIssuesUsingJqlPost"
    assert ledger.lines == [("before", name, 51), ("after", name, 51, 3, True)]


def test_people_cost_two_points_each() -> None:
    ledger = Ledger()
    page = {"startAt": 0, "isLast": True, "values": [{"accountId": "a"}]}
    site_on(Wire(Answer(page)), budget=ledger).users(["a", "b", "c"])
    assert ledger.lines == [("before", "bulkGetUsers", 7), ("after", "bulkGetUsers", 7, 3, False)]


def test_a_used_up_budget_stops_the_call_before_it_leaves() -> None:
    wire = Wire(Answer([]))
    with pytest.raises(JiraLimited):
        site_on(wire, budget=Ledger(limit=5)).worklogs([str(one) for one in range(10)])
    assert wire.sent == []


def test_a_failed_call_costs_one_and_one_without_answer_keeps_its_worst() -> None:
    ledger = Ledger()
    with pytest.raises(JiraUnavailable):
        site_on(Wire(Answer({}, status=503)), budget=ledger).worklogs(["1", "2"])
    assert ledger.lines[-1] == ("after", "getWorklogsForIds", 3, 1, False)


def test_jiras_own_refusal_is_told_to_the_budget_and_no_other_failure_is() -> None:
    ledger = Ledger()
    limited = Answer({}, status=429, headers={"RateLimit-Reason": "jira-quota-global-based"})
    site = site_on(Wire(limited, Answer({}, status=503)), budget=ledger)
    for kind in (JiraLimited, JiraUnavailable):
        with pytest.raises(kind):
            site.worklogs(["1"])
    told = [line for line in ledger.lines if line[0] == "refused"]
    assert told == [("refused", "getWorklogsForIds", LimitScope.APP)]
