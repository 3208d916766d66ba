"""A licence is what Jira says of it on a signed page load, and of an app that costs nothing Jira says nothing."""

import json
from pathlib import Path

import pytest

from plugin.hosts.connect.descriptor import DESCRIPTOR_FILE
from plugin.hosts.connect.licence import LicenceReader, licence_of_page, licence_reader, says_nothing
from plugin.hosts.ports import TokenRefused
from plugin.hosts.principal import Principal, TokenKind
from tests.unit.hosts.world import NOW, World, claims, fragment, hs256, installation, page


@pytest.mark.parametrize(
    ("query", "licensed"),
    [
        ("issue=1&lic=active", True),
        ("issue=1&lic=none", False),
        ("issue=1&lic=", False),
        ("issue=1&lic=ACTIVE", False),
        ("issue=1&lic=active&lic=none", False),
        ("issue=1", None),
    ],
)
def test_anything_but_one_active_is_no_licence(query: str, licensed: bool | None) -> None:
    assert licence_of_page(page("x", query=query)) is licensed


@pytest.mark.parametrize(("enabled", "reader"), [(True, licence_of_page), (False, says_nothing)])
def test_licences_are_read_only_where_the_descriptor_has_them(
    enabled: bool, reader: LicenceReader, tmp_path: Path
) -> None:
    descriptor = json.loads(DESCRIPTOR_FILE.read_text(encoding="utf-8")) | {"enableLicensing": enabled}
    file = tmp_path / "atlassian-connect.json"
    file.write_text(json.dumps(descriptor), encoding="utf-8")
    assert licence_reader(file) is reader


def enter(world: World, query: str, *, signed: str | None = None) -> Principal:
    token = hs256(claims(f"GET&/ui/panel&{query if signed is None else signed}"))
    return world.host.authenticate(page(token, query=query), kind=TokenKind.PAGE, now=NOW)


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize(("query", "said"), [("issue=1&lic=active", True), ("issue=1&lic=none", False)])
def test_what_a_page_says_goes_before_what_is_stored(query: str, said: bool, stored: bool) -> None:
    world = World(licence=licence_of_page)
    world.sites["acme"] = installation(licensed=stored)
    principal = enter(world, query)
    assert (principal.licensed, principal.is_licence_news) == (said, said is not stored)


@pytest.mark.parametrize("stored", [True, False])
def test_an_app_that_costs_nothing_never_loses_its_licence(stored: bool) -> None:
    world = World()
    world.sites["acme"] = installation(licensed=stored)
    principal = enter(world, "issue=1&lic=none")
    assert (principal.licensed, principal.is_licence_news) == (stored, False)


def test_a_fragment_cannot_renew_a_licence() -> None:
    world = World(licence=licence_of_page)
    world.sites["acme"] = installation(licensed=False)
    token = hs256(claims("context-qsh"))
    request = fragment(token, query="issue=10001&lic=active")
    principal = world.host.authenticate(request, kind=TokenKind.FRAGMENT, now=NOW)
    assert (principal.licensed, principal.is_licence_news) == (False, False)


def test_nobody_renews_a_licence_by_changing_an_address() -> None:
    world = World(licence=licence_of_page)
    with pytest.raises(TokenRefused) as refused:
        enter(world, "issue=1&lic=active", signed="issue=1&lic=none")
    assert "qsh" in refused.value.reason
