"""Deny by default, on every route of the map: no token, the wrong kind of token, and three people."""

from dataclasses import replace
from urllib.parse import quote

import pytest
from flask import Flask

from plugin.hosts.ports import UNAUTHENTICATED
from plugin.hosts.principal import TokenKind
from plugin.ui.routes import kinds_of
from sandbox.jira.model import Person
from tests.attack.catalogue import HEADERS, METHODS, Way, snapshot, ways
from tests.support.app import APP_URL
from tests.support.app_seed import Business

OWN_IDS = (
    "invoice",
    "draft",
    "payment",
    "hold",
    "task",
    "rate",
    "alert",
    "effect",
    "voice",
    "target",
    "letter",
    "policy_row",
    "policy_draft",
)
OF_OURS = {
    "invoice_id",
    "payment_id",
    "hold_id",
    "task_id",
    "rate_id",
    "alert_id",
    "effect_id",
    "target_id",
    "message_id",
    "note_id",
    "debit_note_id",
    "voice_id",
    "policy_id",
    "draft_id",
}
PUBLIC = {"built_file", "health.healthz", "health.readyz", "health.icon", "connect.descriptor"}
EMPTY_FRAMES = {"dialogs.log_call", "dialogs.record_payment"}
"""Pages that name nothing yet; their form comes by a fragment."""
PAPERS = {"project.pdf", "project.letter", "debit_notes.pdf"}
FOR_BILLERS = {
    *("settings.tab", "project.preview", "project.pdf", "project.letter", "mail_preview.mail"),
    *("own_words.show_step", "own_words.show_mail", "debit_notes.pdf"),
}
"""Reading that a member may not: prices and documents (of the settings only the tab of rates)."""


@pytest.fixture
def routes(business: Business) -> list[Way]:
    return ways(business.world.app, business.ours)


def framed(routes: list[Way]) -> list[Way]:
    return [way for way in routes if way.kind in (TokenKind.PAGE, TokenKind.FRAGMENT)]


def call(business: Business, way: Way, person: Person) -> tuple[int, str]:
    """The answer that a person gets, with a token of the right kind."""
    world = business.world
    if way.kind is TokenKind.PAGE:
        query = {
            "panel.panel": f"?issue={business.ours.issue}",
            "project.project": f"?project={business.ours.project}",
            "settings.settings": f"?project={business.ours.project}",
        }.get(way.endpoint, "")
        token = world.site_of(person).page_token(f"{APP_URL}{way.path}{query}", person)
        answer = world.client.get(f"{way.path}{query}{'&' if query else '?'}jwt={token}")
    elif way.method == "GET":
        data = quote(f'{{"task": "{business.ours.task}", "invoice": "{business.ours.invoice}"}}')
        answer = world.get(way.path, person, **{"X-Dialog-Data": data})
    else:
        answer = world.post(way.path, person)
    return answer.status_code, "" if way.endpoint in PAPERS else answer.get_data(as_text=True)


def test_every_endpoint_declares_its_token(business: Business) -> None:
    app: Flask = business.world.app
    declared = kinds_of(app)
    endpoints = {str(rule.endpoint) for rule in app.url_map.iter_rules()}
    assert endpoints == set(declared)
    assert {endpoint for endpoint, kind in declared.items() if kind is TokenKind.PUBLIC} == PUBLIC


def test_an_endpoint_that_declares_nothing_is_refused(business: Business) -> None:
    app = business.world.app
    app.add_url_rule("/ui/forgotten", "forgotten", lambda: "open")
    assert business.world.client.get("/ui/forgotten").status_code == 401


def test_attack_A01_no_token(business: Business, routes: list[Way]) -> None:
    before = snapshot(business.world.container.engine)
    by_path: dict[str, dict[str, Way]] = {}
    for way in routes:
        by_path.setdefault(way.path, {})[way.method] = way
    for path, known in by_path.items():
        for method in METHODS:
            answer = business.world.client.open(path, method=method)
            allowed = known.get(method)
            if allowed is None:
                assert answer.status_code == 405, f"{method} {path}"
            elif allowed.kind is TokenKind.LINK:
                # Whoever opens it is a client and no user: a kind page, which tells nothing either.
                assert answer.status_code == 404, f"{method} {path}"
                assert "does not lead anywhere" in answer.get_data(as_text=True)
            elif allowed.kind is not TokenKind.PUBLIC:
                assert answer.status_code == 401, f"{method} {path}"
                assert answer.get_data(as_text=True) == UNAUTHENTICATED
            for name, value in HEADERS.items():
                if answer.status_code != 200:
                    assert answer.headers[name] == value, f"{method} {path} {name}"
            assert "X-Frame-Options" not in answer.headers
            assert "Set-Cookie" not in answer.headers
    assert snapshot(business.world.container.engine) == before


def test_attack_A16_A17_A18_a_context_token_opens_fragments_only(business: Business, routes: list[Way]) -> None:
    token = business.world.jira.context_token(business.world.sites.alice)
    for way in routes:
        if way.kind in (TokenKind.PUBLIC, TokenKind.FRAGMENT, TokenKind.LINK):
            continue
        in_header = business.world.client.open(
            way.path, method=way.method, headers={"Authorization": f"JWT {token}"}, json={"clientKey": "x"}
        )
        in_query = business.world.client.open(f"{way.path}?jwt={token}", method=way.method)
        assert (in_header.status_code, in_query.status_code) == (401, 401), str(way)


def test_attack_A19_a_page_token_opens_no_fragment(business: Business, routes: list[Way]) -> None:
    world = business.world
    for way in routes:
        if way.kind is not TokenKind.FRAGMENT:
            continue
        token = world.jira.page_token(f"{APP_URL}{way.path}", world.sites.alice)
        answers = [
            world.client.open(way.path, method=way.method, headers={"Authorization": f"JWT {token}"}),
            world.client.open(f"{way.path}?jwt={token}", method=way.method),
        ]
        assert [answer.status_code for answer in answers] == [401, 401], str(way)


def test_attack_A23_a_cookie_is_no_token(business: Business) -> None:
    token = business.world.jira.context_token(business.world.sites.alice)
    business.world.client.set_cookie("jwt", token, domain="127.0.0.1")
    answer = business.world.client.get(f"/ui/fragment/panel/{business.ours.issue}")
    assert answer.status_code == 401


def test_attack_A52_nothing_changes_by_get(business: Business, routes: list[Way]) -> None:
    before = snapshot(business.world.container.engine)
    readable = {way.path for way in routes if way.method == "GET"}
    for way in framed(routes):
        if way.method == "POST" and way.path not in readable:
            assert business.world.get(way.path, business.world.sites.alice).status_code == 405, str(way)
        elif way.method == "GET":
            call(business, way, business.world.sites.alice)
    assert snapshot(business.world.container.engine) == before


def test_attack_A00_alice_is_let_in_everywhere(business: Business, routes: list[Way]) -> None:
    last = ("project.delete", "project.issue", "admin_webhooks.remove", "connect.", "webhooks.")
    for way in sorted(framed(routes), key=lambda way: way.endpoint.startswith(last)):
        status, body = call(business, way, business.world.sites.alice)
        assert status in (200, 409, 422), f"{way}: {status} {body[:400]}"


def test_attack_A40_bob_the_member_may_look_but_not_change(business: Business, routes: list[Way]) -> None:
    world = business.world
    before = snapshot(world.container.engine)
    for way in framed(routes):
        status, _ = call(business, way, world.sites.bob)
        assert status == for_a_member(way), f"{way}: {status}"
    assert snapshot(world.container.engine) == before


def test_attack_A39_who_may_not_see_the_project_finds_nothing_of_it(business: Business, routes: list[Way]) -> None:
    world = business.world
    eve = world.jira.add_person("Eve Marsh")
    for project in (world.sites.acme, world.sites.secret_project):
        world.jira.deny(eve.account_id, "BROWSE_PROJECTS", project)
    before = snapshot(world.container.engine)
    for way in framed(routes):
        status, body = call(business, way, eve)
        assert (status in (403, 404)) is (way.endpoint not in EMPTY_FRAMES), f"{way}: {status}"
        assert "Northwind" not in body, str(way)
        assert "INV-2026" not in body, str(way)
    assert snapshot(world.container.engine) == before


def test_attack_A37_A38_charlie_of_another_site_finds_nothing(business: Business, routes: list[Way]) -> None:
    world = business.world
    before = snapshot(world.container.engine, tenant=world.tenant)
    for way in framed(routes):
        status, body = call(business, way, world.sites.charlie)
        if _arguments(world.app, way) & OF_OURS:
            assert status == 404, f"{way}: {status}"
        # Ids of Jira are the same on many sites: what he sees under them is his own.
        assert "Northwind" not in body, str(way)
        assert "INV-2026" not in body, str(way)
    assert snapshot(world.container.engine, tenant=world.tenant) == before


def test_attack_A37_A38_a_foreign_id_is_as_unknown_as_a_made_up_one(business: Business) -> None:
    world = business.world
    before = snapshot(world.container.engine)
    made_up = replace(business.foreign, **dict.fromkeys(OWN_IDS, "0" * 32))
    project = business.ours.project
    foreign, unknown = (ways(world.app, ids, project=project) for ids in (business.foreign, made_up))
    checked = 0
    for way, twin in zip(foreign, unknown, strict=True):
        if way.path == twin.path:
            continue
        answer, other = call(business, way, world.sites.alice), call(business, twin, world.sites.alice)
        assert answer[0] == 404, f"{way}: {answer[0]}"
        assert answer == other, str(way)
        checked += 1
    assert checked >= 20
    assert snapshot(world.container.engine) == before


def _arguments(app: Flask, way: Way) -> set[str]:
    return set().union(*(rule.arguments for rule in app.url_map.iter_rules() if rule.endpoint == way.endpoint))


def for_a_member(way: Way) -> int:
    """What Bob gets: an empty outcome of a call is refused as a form, not as a person."""
    if way.endpoint in ("invoices.close", "dialogs.save_call"):
        return 422
    if way.endpoint.startswith(("admin.", "policies.", "sender_check.")) or "/board/site/" in way.path:
        return 403
    if way.method == "POST" or way.endpoint == "dialogs.payment_form":
        return 403
    prices = way.endpoint in FOR_BILLERS and (way.endpoint != "settings.tab" or way.path.endswith("/rates"))
    return 403 if prices else 200
