"""The JQL of the pretend Jira: how it is read, and what it finds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.clock import FrozenWorldClock
from sandbox.control.lookups import Builder
from sandbox.jira.jql import BadJql, Both, Clause, Either, Negated, parse
from sandbox.jira.model import Installation
from sandbox.jira.search import Search

Find = Callable[[str], list[str]]
DESCRIPTOR: dict[str, object] = {
    "modules": {
        "jiraEntityProperties": [
            {
                "keyConfigurations": [
                    {
                        "propertyKey": "dunlin",
                        "extractions": [
                            {"objectName": "invoices.state", "type": "string", "alias": "invoiceState"},
                            {"objectName": "invoices.due", "type": "date", "alias": "invoiceDue"},
                            {"objectName": "unbilledHours", "type": "number", "alias": "unbilledHours"},
                        ],
                    }
                ]
            }
        ]
    }
}


@pytest.fixture
def find(builder: Builder, clock: FrozenWorldClock) -> Find:
    """Two projects with three issues; gives the keys a query finds."""
    acme, other = builder.add_project("ACM", "Acme relaunch"), builder.add_project("OTH", "Other")
    login = builder.add_issue(acme, "Login page", labels=["web"], status="Done")
    clock.advance(timedelta(days=2))
    builder.add_issue(acme, "Search page")
    builder.add_issue(other, "Login of partners", components=["Portal"])
    login.properties["dunlin"] = {
        "invoices": [{"state": "overdue", "due": "2026-05-01"}, {"state": "paid", "due": "2026-04-01"}],
        "unbilledHours": 3.5,
    }
    installation = Installation("app", "client", "s" * 32, DESCRIPTOR, "http://app", "bot")
    search = Search(builder.world, installation)

    def run(jql: str) -> list[str]:
        ids = search.run(jql, sees=lambda _: True, reconciled=set())
        return [builder.world.issues[each].key for each in ids]

    return run


def test_and_binds_more_tightly_than_or_and_not_more_tightly_than_both() -> None:
    tree = parse("a = 1 OR b = 2 AND NOT c in (3, '4 5')").where
    expected = Either(
        (Clause("a", "=", ("1",)), Both((Clause("b", "=", ("2",)), Negated(Clause("c", "in", ("3", "4 5"))))))
    )
    assert tree == expected


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = ACM", ["ACM-2", "ACM-1"]),
        ("project = 'Acme relaunch' ORDER BY key ASC", ["ACM-1", "ACM-2"]),
        ("project in (ACM, OTH) ORDER BY created DESC, id ASC", ["ACM-2", "OTH-1", "ACM-1"]),
        ("key in (ACM-1, OTH-1)", ["OTH-1", "ACM-1"]),
        ("id in (10000, 10002)", ["OTH-1", "ACM-1"]),
        ("issue = ACM-2", ["ACM-2"]),
        ("issuekey = acm-2", ["ACM-2"]),
        ("project = ACM AND updated >= '2026-06-12'", ["ACM-2"]),
        ("project = ACM AND updated >= -1d", ["ACM-2"]),
        ("project = ACM AND updated < '2026/06/12 00:00'", ["ACM-1"]),
        ("summary ~ login", ["OTH-1", "ACM-1"]),
        ("status = done OR component = Portal", ["OTH-1", "ACM-1"]),
        ("labels is EMPTY AND project = ACM", ["ACM-2"]),
        ("project = ACM AND labels not in (web)", []),
        ("NOT project = ACM", ["OTH-1"]),
        ("invoiceState = overdue", ["ACM-1"]),
        ("invoiceState = paid", ["ACM-1"]),
        ("invoiceState = draft", []),
        ("invoiceState is not EMPTY", ["ACM-1"]),
        ("invoiceDue < '2026-04-15'", ["ACM-1"]),
        ("invoiceDue < '2026-03-15'", []),
        ("invoiceDue < -30d", ["ACM-1"]),
        ("unbilledHours > 3", ["ACM-1"]),
        ("unbilledHours > 3.5", []),
        ("issue.property[dunlin].unbilledHours = 3.5", ["ACM-1"]),
    ],
)
def test_jql_finds(find: Find, jql: str, keys: list[str]) -> None:
    assert find(jql) == keys


@pytest.mark.parametrize(
    ("jql", "sentence"),
    [
        ("", "Unbounded"),
        ("ORDER BY key", "Unbounded"),
        ("project = NOPE", "does not exist for the field 'project'"),
        ("colour = red", "Field 'colour' does not exist"),
        ("project ACM", "Expecting an operator"),
        ("project =", "ends too early"),
        ("project in (ACM", "Expecting ')'"),
        ("(project = ACM", "Expecting ')'"),
        ("project = ACM extra = 1", "Expecting operator"),
        ("project = ACM AND updated > yesterday", "Date value 'yesterday' is invalid"),
        ("project = ACM ORDER BY a, b, c, d, e, f, g, h", "maximum number of fields"),
    ],
)
def test_jql_that_jira_would_refuse_is_refused_with_a_sentence(find: Find, jql: str, sentence: str) -> None:
    with pytest.raises(BadJql) as refused:
        find(jql)
    assert sentence in str(refused.value)


def test_while_the_index_lags_a_search_sees_the_issue_as_it_was(builder: Builder, clock: FrozenWorldClock) -> None:
    project = builder.add_project("ACM", "Acme")
    old = builder.add_issue(project, "Old")
    builder.world.search_lag = timedelta(seconds=30)
    builder.edit_issue(old, status="Done")
    builder.add_issue(project, "New")
    search = Search(builder.world, None)

    def keys(jql: str, reconciled: set[int]) -> list[int]:
        return search.run(jql, sees=lambda _: True, reconciled=reconciled)

    assert keys("project = ACM", set()) == [old.id]
    assert keys("status = Done", set()) == []
    assert keys("status = Done", {old.id}) == [old.id]
    clock.advance(timedelta(seconds=30))
    assert len(keys("project = ACM", set())) == 2
    assert keys("status = Done", set()) == [old.id]


def test_a_search_at_the_instant_of_a_date_with_an_offset_compares_instants(builder: Builder) -> None:
    project = builder.add_project("ACM", "Acme")
    made = builder.add_issue(project, "At noon", created=datetime(2026, 6, 1, 12, tzinfo=UTC))
    search = Search(builder.world, None, zone="Europe/Berlin")
    assert search.run("created >= '2026-06-01 14:00'", sees=lambda _: True, reconciled=set()) == [made.id]
    assert search.run("created > '2026-06-01 14:00'", sees=lambda _: True, reconciled=set()) == []
