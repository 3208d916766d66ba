"""Names: asked for once a minute, never an error, never more than one tenant's."""

from collections.abc import Sequence

from plugin.domain.errors import Transient
from plugin.services.jira_facts import User
from plugin.ui.people import SOMEBODY, People


class Jira:
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.away = False

    def users(self, ids: Sequence[str]) -> list[User]:
        self.asked.append(list(ids))
        if self.away:
            raise Transient("Jira is away.")
        return [
            User(account_id=account, display_name=f"Name of {account}", active=True, time_zone=None, locale=None)
            for account in ids
            if account != "gone"
        ]


def test_names_are_asked_for_once_a_minute() -> None:
    jira, now = Jira(), [0.0]
    people = People(monotonic=lambda: now[0])
    assert people.names("t", ["b", "a", None, ""], jira.users)["a"] == "Name of a"
    assert people.names("t", ["a"], jira.users)["a"] == "Name of a"
    assert jira.asked == [["a", "b"]]
    now[0] = 61.0
    people.names("t", ["a"], jira.users)
    assert jira.asked == [["a", "b"], ["a"]]


def test_another_tenant_asks_for_itself() -> None:
    jira = Jira()
    people = People(monotonic=lambda: 0.0)
    people.names("one", ["a"], jira.users)
    people.names("two", ["a"], jira.users)
    assert jira.asked == [["a"], ["a"]]


def test_who_is_gone_or_cannot_be_asked_for_is_somebody() -> None:
    jira = Jira()
    people = People(monotonic=lambda: 0.0)
    assert people.names("t", ["gone"], jira.users)["gone"] == SOMEBODY
    jira.away = True
    assert people.names("t", ["c"], jira.users)["c"] == SOMEBODY
    jira.away = False
    assert people.names("t", ["c"], jira.users)["c"] == "Name of c"


def test_our_own_actors_are_not_asked_for() -> None:
    jira = Jira()
    names = People(monotonic=lambda: 0.0).names("t", ["", "dunlin", "jira"], jira.users)
    assert (names["dunlin"], names["jira"]) == ("Dunlin", "Jira")
    assert jira.asked == []
