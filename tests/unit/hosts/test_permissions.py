"""Rights come from Jira, are asked for late, and an unanswered question is a no."""

from collections.abc import Callable

import pytest

from plugin.domain.errors import NotAllowed
from plugin.hosts.permissions import CACHE_ENTRIES, PermissionCache, Permissions
from plugin.hosts.principal import TokenKind
from plugin.services.jira_errors import JiraUnavailable
from tests.unit.hosts.world import FRAGMENT, NOW, PAGE, Rights, World, claims, fragment, hs256, page


class Desk:
    """One person's permissions with a clock that a test sets."""

    def __init__(self, rights: Rights, account_id: str | None = "ann", seconds: float = 60.0) -> None:
        self.rights, self.now = rights, 0.0
        self.cache = PermissionCache(monotonic=lambda: self.now, seconds=seconds)
        self.of = self.person(account_id)

    def person(self, account_id: str | None, installation: str = "i") -> Permissions:
        return Permissions(
            installation_id=installation, account_id=account_id, checker=lambda: self.rights, cache=self.cache
        )


QUESTIONS: list[tuple[tuple[str, str], Callable[[Permissions], bool], Callable[[Permissions], None] | None]] = [
    (("ann", "ADMINISTER"), lambda of: of.is_site_admin(), lambda of: of.require_site_admin()),
    (("ann", "10"), lambda of: of.is_project_admin("10"), None),
    (("ann", "10"), lambda of: of.can_browse_project("10"), lambda of: of.require_browse_project("10")),
    (("ann", "77"), lambda of: of.can_browse_issue("77"), lambda of: of.require_browse_issue("77")),
]


@pytest.mark.parametrize(("right", "asks", "requires"), QUESTIONS)
def test_attack_A40_a_right_is_what_jira_grants_and_nothing_else(
    right: tuple[str, str], asks: Callable[[Permissions], bool], requires: Callable[[Permissions], None] | None
) -> None:
    granted, denied = Desk(Rights(right)).of, Desk(Rights(("bob", right[1]), ("ann", "other"))).of
    assert asks(granted)
    assert not asks(denied)
    if requires is not None:
        requires(granted)
        with pytest.raises(NotAllowed):
            requires(denied)


@pytest.mark.parametrize(("right", "asks", "_"), QUESTIONS)
def test_attack_A89_when_jira_does_not_answer_nobody_is_let_in_and_nothing_is_remembered(
    right: tuple[str, str], asks: Callable[[Permissions], bool], _: object
) -> None:
    desk = Desk(Rights(right))
    desk.rights.failure = JiraUnavailable("Jira is down.", ambiguous=False)
    with pytest.raises(JiraUnavailable):
        asks(desk.of)
    desk.rights.failure = None
    assert asks(desk.of)


def test_nobody_in_particular_may_nothing_and_jira_is_not_even_asked() -> None:
    desk = Desk(Rights(("ann", "10")), account_id=None)
    assert not any(asks(desk.of) for _, asks, _ in QUESTIONS)
    assert desk.rights.questions == 0


@pytest.mark.parametrize("odd", ["", "ABC", "-1", "1e3", "10,11", "٣", "1" * 19])
def test_an_id_that_is_none_is_denied_without_asking(odd: str) -> None:
    desk = Desk(Rights(("ann", odd)))
    assert not desk.of.can_browse_issue(odd)
    assert not desk.of.is_project_admin(odd)
    assert desk.rights.questions == 0


def test_an_answer_is_kept_for_a_minute_at_most_and_for_this_person_and_site_only() -> None:
    desk = Desk(Rights(("ann", "ADMINISTER")), seconds=3600.0)
    for moment, questions in ((0.0, 1), (59.9, 1), (60.0, 2)):
        desk.now = moment
        assert desk.of.is_site_admin()
        assert desk.rights.questions == questions
    desk.rights.rights.clear()
    assert desk.of.is_site_admin()
    assert not desk.person("ann", installation="other").is_site_admin()
    assert not desk.person("bob").is_site_admin()
    desk.now = 121.0
    assert not desk.of.is_site_admin()


def test_the_cache_does_not_grow_without_end() -> None:
    desk = Desk(Rights())
    for number in range(CACHE_ENTRIES + 10):
        desk.cache.answer(number, lambda: False)
    assert len(desk.cache._answers) <= CACHE_ENTRIES


def test_a_principal_asks_for_its_own_account_and_only_when_asked(world: World) -> None:
    world.rights.rights = {("5be24ad8:ann", "ADMINISTER")}
    ann = world.host.authenticate(page(hs256(claims(PAGE))), kind=TokenKind.PAGE, now=NOW)
    bob = world.host.authenticate(fragment(hs256(claims(FRAGMENT, sub="bob"))), kind=TokenKind.FRAGMENT, now=NOW)
    assert world.rights.questions == 0
    assert ann.permissions.is_site_admin()
    assert not bob.permissions.is_site_admin()
