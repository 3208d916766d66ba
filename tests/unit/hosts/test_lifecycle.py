"""Installs and their end: only Atlassian's signature counts, and nothing of a bad message gets through."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
import requests

from plugin.domain.errors import InvalidInput, Transient, Unauthenticated
from plugin.hosts.connect.lifecycle import LifecycleEvent
from plugin.hosts.ports import UNAUTHENTICATED, HostRequest, InstallationState, TokenRefused
from plugin.services.installation_events import (
    ConnectDisabled,
    ConnectEnabled,
    ConnectEvent,
    ConnectInstalled,
    ConnectUninstalled,
    rank,
)
from tests.unit.hosts.world import (
    KEY_ID,
    KEY_SERVER,
    NOW,
    OTHER_SECRET,
    OURS,
    SECRET,
    World,
    hs256,
    installation,
    lifecycle,
    lifecycle_claims,
    public_pem,
    raw_token,
    rs256,
)

INSTALLED, UNINSTALLED = LifecycleEvent.INSTALLED, LifecycleEvent.UNINSTALLED
ENABLED, DISABLED = LifecycleEvent.ENABLED, LifecycleEvent.DISABLED
signed_by_atlassian = pytest.mark.parametrize("event", [INSTALLED, UNINSTALLED])
NEW_SECRET = "new-secret-of-acme-0123456789abcdef0123"


def send(world: World, request: HostRequest, event: LifecycleEvent = INSTALLED) -> ConnectEvent:
    return world.host.lifecycle(request, event=event, now=NOW)


def refused(world: World, request: HostRequest, event: LifecycleEvent = INSTALLED) -> None:
    with pytest.raises(TokenRefused) as caught:
        send(world, request, event)
    assert caught.value.sentence == UNAUTHENTICATED


def good(event: LifecycleEvent, **changes: object) -> HostRequest:
    return lifecycle(event, rs256(lifecycle_claims(event)), **changes)


def test_attack_A00_control_a_signed_install_gives_everything_the_site_said(world: World) -> None:
    event = send(world, good(INSTALLED, installationId="ari:1", cloudId="cloud-1", oauthClientId="oauth-1"))
    assert event == ConnectInstalled(
        client_key="acme",
        shared_secret=NEW_SECRET,
        base_url="https://acme.atlassian.net",
        display_url="https://jira.acme.test",
        oauth_client_id="oauth-1",
        installation_id="ari:1",
        cloud_id="cloud-1",
        issued_at=NOW,
    )
    assert NEW_SECRET not in repr(event)
    assert world.key_server.asked == [f"{KEY_SERVER}/{KEY_ID}"]


def test_attack_A00_control_the_other_three(world: World) -> None:
    assert send(world, good(UNINSTALLED), UNINSTALLED) == ConnectUninstalled(client_key="acme", issued_at=NOW)
    for event, expected in ((ENABLED, ConnectEnabled), (DISABLED, ConnectDisabled)):
        request = lifecycle(event, hs256(lifecycle_claims(event, aud=None)))
        assert send(world, request, event) == expected(client_key="acme", issued_at=NOW)


def test_the_key_of_an_install_is_fetched_once(world: World) -> None:
    for _ in range(3):
        send(world, good(INSTALLED))
    assert len(world.key_server.asked) == 1


@signed_by_atlassian
def test_attack_A34_A01_no_token(world: World, event: LifecycleEvent) -> None:
    refused(world, lifecycle(event, None), event)
    assert world.key_server.asked == []


@signed_by_atlassian
@pytest.mark.parametrize("secret", [SECRET, OTHER_SECRET, "fake" * 8])
def test_attack_A06_A34_an_hs256_token_never_installs_or_removes(
    world: World, event: LifecycleEvent, secret: str
) -> None:
    refused(world, lifecycle(event, hs256(lifecycle_claims(event), secret=secret, headers={"kid": KEY_ID})), event)


@signed_by_atlassian
def test_attack_A05_the_public_key_as_hmac_secret(world: World, event: LifecycleEvent) -> None:
    header = json.dumps({"alg": "HS256", "kid": KEY_ID})
    payload = json.dumps(lifecycle_claims(event))
    refused(world, lifecycle(event, raw_token(header, payload, secret=public_pem("atlassian").decode())), event)


@signed_by_atlassian
@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "RS512", "HS256", "", None, ["RS256"]])
def test_attack_A03_the_algorithm_is_a_literal(world: World, event: LifecycleEvent, algorithm: object) -> None:
    header = json.dumps({"alg": algorithm, "kid": KEY_ID})
    refused(world, lifecycle(event, raw_token(header, json.dumps(lifecycle_claims(event)))), event)


@signed_by_atlassian
def test_attack_A07_an_own_key_under_an_invented_id(world: World, event: LifecycleEvent) -> None:
    token = rs256(lifecycle_claims(event), key="attacker", key_id="fake-kid")
    for _ in range(5):
        refused(world, lifecycle(event, token), event)
    assert world.key_server.asked == [f"{KEY_SERVER}/fake-kid"]
    refused(world, lifecycle(event, rs256(lifecycle_claims(event), key="attacker")), event)


@signed_by_atlassian
@pytest.mark.parametrize(
    "key_id",
    [
        "../../x",
        "..%2f",
        "http://127.0.0.1/",
        "a/b",
        "x" * 5000,
        "x" * 129,
        "a\r\nHost: evil",
        "a\x00",
        "",
        "é",
        "a.b",
        "a?b",
        "key-1\n",
    ],
)
def test_attack_A08_an_odd_key_id_is_never_asked_for(world: World, event: LifecycleEvent, key_id: str) -> None:
    refused(world, lifecycle(event, rs256(lifecycle_claims(event), key_id=key_id)), event)
    refused(world, lifecycle(event, rs256(lifecycle_claims(event), key_id=None)), event)
    assert world.key_server.asked == []


@signed_by_atlassian
@pytest.mark.parametrize(
    "audience", ["https://evil.test", ["https://evil.test", OURS], [OURS, OURS], f"{OURS}/", None, []]
)
def test_attack_A12_another_audience(world: World, event: LifecycleEvent, audience: object) -> None:
    refused(world, lifecycle(event, rs256(lifecycle_claims(event, aud=audience))), event)


@signed_by_atlassian
def test_attack_A12_control_a_list_of_us_alone(world: World, event: LifecycleEvent) -> None:
    assert send(world, lifecycle(event, rs256(lifecycle_claims(event, aud=[OURS]))), event).client_key == "acme"


@pytest.mark.parametrize("event", list(LifecycleEvent))
def test_attack_A13_a_body_about_another_site_app_or_event(world: World, event: LifecycleEvent) -> None:
    sign: Callable[..., str] = rs256 if event.is_signed_by_atlassian else hs256
    token = sign(lifecycle_claims(event))
    refused(world, lifecycle(event, token, clientKey="globex"), event)
    refused(world, lifecycle(event, token, key="com.evil.app"), event)
    refused(world, lifecycle(event, token, eventType="other"), event)


def test_attack_A14_a_body_that_says_it_twice(world: World) -> None:
    request = good(INSTALLED)
    twice = request.body.replace(b"{", b'{"clientKey": "globex", ', 1)
    with pytest.raises(InvalidInput):
        send(world, replace(request, body=twice))


@pytest.mark.parametrize("event", list(LifecycleEvent))
def test_attack_A15_A25_an_old_or_overlong_token(world: World, event: LifecycleEvent) -> None:
    stamp = int(NOW.timestamp())
    sign: Callable[..., str] = rs256 if event.is_signed_by_atlassian else hs256
    for times in (
        {"iat": stamp - 86_400, "exp": stamp - 86_220},
        {"exp": stamp + 7200},
        {"iat": stamp + 120},
        {"exp": None},
    ):
        refused(world, lifecycle(event, sign(lifecycle_claims(event, **times))), event)


def test_attack_A15_within_its_life_the_same_install_says_the_same(world: World) -> None:
    request = good(INSTALLED)
    assert send(world, request) == send(world, request)


@pytest.mark.parametrize("event", list(LifecycleEvent))
def test_attack_A16_a_context_token(world: World, event: LifecycleEvent) -> None:
    sign: Callable[..., str] = rs256 if event.is_signed_by_atlassian else hs256
    refused(world, lifecycle(event, sign(lifecycle_claims(event, qsh="context-qsh"))), event)
    refused(world, lifecycle(event, sign(lifecycle_claims(event, qsh=None))), event)


def test_a_token_for_one_message_is_not_good_for_another(world: World) -> None:
    refused(world, lifecycle(UNINSTALLED, rs256(lifecycle_claims(INSTALLED))), UNINSTALLED)
    refused(world, lifecycle(ENABLED, hs256(lifecycle_claims(DISABLED))), ENABLED)


@signed_by_atlassian
def test_attack_A22_A23_A24_the_token_stands_in_the_header_alone(world: World, event: LifecycleEvent) -> None:
    request = good(event)
    token = rs256(lifecycle_claims(event))
    refused(world, replace(request, query=f"jwt={token}"), event)
    refused(world, replace(request, headers=[], query=f"jwt={token}"), event)
    refused(world, replace(request, headers=[("Cookie", f"jwt={token}")]), event)
    refused(world, replace(request, headers=[("Authorization", f"Bearer {token}")]), event)


@pytest.mark.parametrize("secret", ["", "1234", "x" * 31, None])
def test_attack_A29_a_weak_shared_secret(world: World, secret: str | None) -> None:
    with pytest.raises(InvalidInput) as caught:
        send(world, good(INSTALLED, sharedSecret=secret))
    assert caught.value.field == "sharedSecret"


@pytest.mark.parametrize(
    "base_url", ["http://169.254.169.254", "https://evil.test", "https://acme.atlassian.net:8443", None]
)
def test_attack_A30_an_install_from_a_forbidden_address(world: World, base_url: str | None) -> None:
    with pytest.raises(InvalidInput):
        send(world, good(INSTALLED, baseUrl=base_url))


@pytest.mark.parametrize(
    "display_url",
    [
        "javascript:alert(1)",
        "https://a.test;script-src *",
        "https://a.test/x",
        "*",
        "",
        "https://a.test https://b.test",
    ],
)
def test_a_display_url_that_is_no_origin_is_left_out(world: World, display_url: str) -> None:
    event = send(world, good(INSTALLED, displayUrl=display_url))
    assert isinstance(event, ConnectInstalled)
    assert event.display_url is None


def test_attack_A32_the_address_of_another_site_does_not_make_it_that_site(world: World) -> None:
    claims = lifecycle_claims(INSTALLED, iss="globex")
    event = send(world, lifecycle(INSTALLED, rs256(claims), clientKey="globex"))
    assert isinstance(event, ConnectInstalled)
    assert (event.client_key, event.base_url) == ("globex", "https://acme.atlassian.net")


def test_attack_A35_a_site_that_is_gone_switches_nothing(world: World) -> None:
    world.sites["acme"] = installation(state=InstallationState.UNINSTALLED)
    for event in (ENABLED, DISABLED):
        refused(world, lifecycle(event, None), event)
        refused(world, lifecycle(event, hs256(lifecycle_claims(event))), event)
    world.sites["acme"] = installation(state=InstallationState.DISABLED)
    assert isinstance(send(world, lifecycle(ENABLED, hs256(lifecycle_claims(ENABLED))), ENABLED), ConnectEnabled)


def test_an_uninstall_of_a_site_we_never_knew_is_still_believed(world: World) -> None:
    token = rs256(lifecycle_claims(UNINSTALLED, iss="stranger"))
    assert send(world, lifecycle(UNINSTALLED, token, clientKey="stranger"), UNINSTALLED).client_key == "stranger"


def test_attack_A36_events_have_an_order_that_arrival_cannot_change() -> None:
    events: list[ConnectEvent] = [
        ConnectUninstalled(client_key="acme", issued_at=NOW),
        ConnectDisabled(client_key="acme", issued_at=NOW),
        ConnectEnabled(client_key="acme", issued_at=NOW),
    ]
    assert max(events, key=lambda event: (event.issued_at, rank(event))) == events[0]
    assert sorted(map(rank, events)) == [1, 2, 3]


DEEP = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
HUGE = b'{"key":"com.dunlin.jira","clientKey":"acme","x":' + b"9" * 10_000 + b"}"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"key": NaN}',
        DEEP,
        HUGE,
        b"{" + b" " * 10_000_000 + b"}",
        b'{"key":1,"clientKey":2}',
    ],
)
def test_attack_A72_bodies_that_hurt_are_refused_fast(world: World, body: bytes) -> None:
    with pytest.raises(InvalidInput):
        send(world, replace(good(INSTALLED), body=body))


@signed_by_atlassian
@pytest.mark.parametrize(
    "failure", [requests.ConnectTimeout("x"), requests.ReadTimeout("x"), requests.ConnectionError("x")]
)
def test_attack_A89_a_silent_key_server_lets_nobody_in_and_is_not_remembered(
    world: World, event: LifecycleEvent, failure: requests.RequestException
) -> None:
    world.key_server.failure = failure
    with pytest.raises(Transient):
        send(world, good(event), event)
    world.key_server.failure = None
    assert send(world, good(event), event).client_key == "acme"


@pytest.mark.parametrize("status", [500, 503, 429])
def test_attack_A89_a_failing_key_server_lets_nobody_in(world: World, status: int) -> None:
    world.key_server.answers[f"{KEY_SERVER}/{KEY_ID}"] = (status, public_pem("atlassian"))
    with pytest.raises(Transient):
        send(world, good(INSTALLED))


@pytest.mark.parametrize("status", [201, 204, 301, 302, 404])
def test_attack_A31_only_a_plain_200_of_the_key_server_counts(world: World, status: int) -> None:
    world.key_server.answers[f"{KEY_SERVER}/{KEY_ID}"] = (status, public_pem("atlassian"))
    world.key_server.answers["http://127.0.0.1/"] = (200, public_pem("atlassian"))
    refused(world, good(INSTALLED))
    assert world.key_server.asked == [f"{KEY_SERVER}/{KEY_ID}"]


@pytest.mark.parametrize(
    "key", [b"", b"no key", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", b"x" * 9000]
)
def test_what_the_key_server_gives_must_be_an_rsa_key(world: World, key: bytes) -> None:
    world.key_server.answers[f"{KEY_SERVER}/{KEY_ID}"] = (200, key)
    refused(world, good(INSTALLED))


def test_every_refusal_is_an_unauthenticated_error() -> None:
    assert issubclass(TokenRefused, Unauthenticated)
