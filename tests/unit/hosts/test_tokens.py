"""Attacks on pages, fragments and webhooks: each ends in the same refusal, and the controls are let in."""

import base64
import hashlib
import hmac
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import jwt
import pytest

from plugin.hosts.ports import UNAUTHENTICATED, HostRequest, InstallationState, SharedSecret, TokenRefused
from plugin.hosts.principal import Principal, TokenKind
from tests.unit.hosts.world import (
    APP_KEY,
    FRAGMENT,
    NOW,
    OLD_SECRET,
    OTHER_SECRET,
    OURS,
    PAGE,
    SECRET,
    WEBHOOK,
    World,
    claims,
    fragment,
    hs256,
    installation,
    page,
    public_pem,
    raw_token,
    rsa_key,
    webhook,
)

KINDS: list[tuple[TokenKind, str, Callable[[str], HostRequest]]] = [
    (TokenKind.PAGE, PAGE, page),
    (TokenKind.FRAGMENT, FRAGMENT, fragment),
    (TokenKind.WEBHOOK, WEBHOOK, webhook),
]
each_kind = pytest.mark.parametrize(
    ("kind", "canonical", "request_with"), KINDS, ids=[str(kind) for kind, _, _ in KINDS]
)


def enter(world: World, request: HostRequest, kind: TokenKind = TokenKind.PAGE) -> Principal:
    return world.host.authenticate(request, kind=kind, now=NOW)


def refused(world: World, request: HostRequest, kind: TokenKind = TokenKind.PAGE) -> str:
    """Asserts the refusal that says nothing, and gives its inner reason."""
    with pytest.raises(TokenRefused) as caught:
        enter(world, request, kind)
    assert caught.value.sentence == UNAUTHENTICATED
    assert world.key_server.asked == []
    return caught.value.reason


@each_kind
def test_attack_A00_control_the_right_token_opens_each_kind(
    world: World, kind: TokenKind, canonical: str, request_with: Callable[[str], HostRequest]
) -> None:
    principal = enter(world, request_with(hs256(claims(canonical))), kind)
    assert (principal.tenant_id, principal.installation_id) == ("tenant-acme", "installation-acme")
    assert principal.account_id == "5be24ad8:ann"
    assert principal.framed_by == ("https://acme.atlassian.net", "https://jira.acme.test")
    assert not principal.used_previous_secret


def test_attack_A00_control_nobody_in_particular_and_a_page_token_in_the_header(world: World) -> None:
    request = HostRequest(
        method="GET",
        path="/app/ui/panel",
        query="issue=10001",
        headers=[
            ("authorization", f"JWT {hs256(claims(PAGE, sub=None))}"),
            ("X-Locale", "de_CH"),
            ("X-Time-Zone", "Europe/Zurich"),
        ],
    )
    principal = enter(world, request)
    assert (principal.account_id, principal.locale, principal.time_zone) == (None, "de_CH", "Europe/Zurich")


@each_kind
def test_attack_A01_no_token(
    world: World, kind: TokenKind, canonical: str, request_with: Callable[[str], HostRequest]
) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        refused(world, HostRequest(method=method, path=request_with("x").path, query="issue=10001"), kind)


@each_kind
def test_attack_A02_a_fake_secret_or_another_tenants(
    world: World, kind: TokenKind, canonical: str, request_with: Callable[[str], HostRequest]
) -> None:
    refused(world, request_with(hs256(claims(canonical), secret="fake" * 8)), kind)
    refused(world, request_with(hs256(claims(canonical), secret=OTHER_SECRET)), kind)
    refused(world, request_with(hs256(claims(canonical, iss="globex"))), kind)


@each_kind
@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE"])
def test_attack_A03_no_algorithm(
    world: World, kind: TokenKind, canonical: str, request_with: Callable[[str], HostRequest], algorithm: str
) -> None:
    signed = raw_token(json.dumps({"alg": algorithm}), json.dumps(claims(canonical)))
    refused(world, request_with(signed), kind)
    refused(world, request_with(signed.rsplit(".", 1)[0] + "."), kind)


@each_kind
@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_attack_A04_another_algorithm_of_the_family(
    world: World, kind: TokenKind, canonical: str, request_with: Callable[[str], HostRequest], algorithm: str
) -> None:
    long_secret = SECRET * 2
    world.sites["acme"] = installation(secrets=(SharedSecret(long_secret),))
    enter(world, request_with(jwt.encode(claims(canonical), long_secret, algorithm="HS256")), kind)
    refused(world, request_with(jwt.encode(claims(canonical), long_secret, algorithm=algorithm)), kind)


def test_attack_A05_an_rs256_token_is_no_page_token(world: World) -> None:
    refused(world, page(jwt.encode(claims(PAGE), rsa_key("atlassian"), algorithm="RS256", headers={"kid": "key-1"})))
    refused(
        world, page(raw_token('{"alg":"HS256"}', json.dumps(claims(PAGE)), secret=public_pem("atlassian").decode()))
    )


@each_kind
def test_attack_A09_keys_named_in_the_header_are_ignored(
    world: World, kind: TokenKind, canonical: str, request_with: Callable[[str], HostRequest]
) -> None:
    headers: dict[str, object] = {"jku": "https://evil.test", "x5u": "https://evil.test", "kid": "evil", "x5c": ["x"]}
    refused(world, request_with(hs256(claims(canonical), secret="evil" * 8, headers=headers)), kind)


def test_attack_A10_A11_unknown_crit_and_unencoded_payload(world: World) -> None:
    refused(world, page(raw_token('{"alg":"HS256","crit":["x"],"x":1}', json.dumps(claims(PAGE)))))
    refused(world, page(raw_token('{"alg":"HS256","b64":false,"crit":["b64"]}', json.dumps(claims(PAGE)))))


@pytest.mark.parametrize(
    "audience", ["https://evil.test", [OURS, "https://evil.test"], [], 7, {}, f"{OURS}/", "dunlin", None]
)
def test_attack_A12_an_audience_that_is_not_us_alone(world: World, audience: object) -> None:
    content = claims(PAGE) | {"aud": audience}
    refused(world, page(raw_token('{"alg":"HS256"}', json.dumps(content))))


@pytest.mark.parametrize("audience", [OURS, [OURS], APP_KEY, [APP_KEY]])
def test_attack_A12_control_our_own_audience(world: World, audience: object) -> None:
    assert enter(world, page(hs256(claims(PAGE, aud=audience)))).tenant_id == "tenant-acme"


def test_attack_A14_a_claim_twice(world: World) -> None:
    text = json.dumps(claims(PAGE))
    refused(world, page(raw_token('{"alg":"HS256"}', text.replace("{", '{"iss":"globex",', 1))))
    refused(world, page(raw_token('{"alg":"none","alg":"HS256"}', text)))


@pytest.mark.parametrize(
    "payload", ["", "{", "[]", "null", '"x"', '{"iss":NaN}', b"\xff", "{" * 3000, '{"exp":' + "9" * 5000 + "}"]
)
def test_claims_that_are_no_strict_json_object(world: World, payload: str | bytes) -> None:
    refused(world, page(raw_token('{"alg":"HS256"}', payload)))


@pytest.mark.parametrize(
    "token", ["", "a", "a.b", "a.b.c.d", "a..c", "é.é.é", "a b.c.d", "." * 20_000, "a" * 20_000 + ".b.c"]
)
def test_what_is_no_token(world: World, token: str) -> None:
    refused(
        world,
        HostRequest(
            method="GET", path="/app/ui/panel", query="issue=10001", headers=[("Authorization", f"JWT {token}")]
        ),
    )


def test_attack_A17_A18_A19_each_kind_of_token_on_every_other_kind_of_route(world: World) -> None:
    for kind, canonical, request_with in KINDS:
        for other, foreign, _ in KINDS:
            if other is not kind:
                assert "qsh" in refused(world, request_with(hs256(claims(foreign))), kind), (kind, other)
        for never in (TokenKind.LIFECYCLE, TokenKind.PUBLIC):
            refused(world, request_with(hs256(claims(canonical))), never)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/app/ui/panel", "issue=10002"),
        ("/app/ui/panel", "issue=10001&issue=10002"),
        ("/app/ui/panel", "issue=10001&extra=1"),
        ("/app/ui/panel", ""),
        ("/app/ui/panel", "Issue=10001"),
        ("/app/ui/admin", "issue=10001"),
        ("/app/ui%2Fpanel", "issue=10001"),
        ("/app/ui/../ui/panel", "issue=10001"),
        ("/app/ui/panel//", "issue=10001"),
        ("/app/ui/pan%65l", "issue=10001"),
        ("/application/ui/panel", "issue=10001"),
        ("/app/ui/pänel", "issue=10001"),
    ],
)
def test_attack_A20_a_hash_of_another_request(world: World, path: str, query: str) -> None:
    token = hs256(claims(PAGE))
    assert "qsh" in refused(world, HostRequest(method="GET", path=path, query=f"{query}&jwt={token}"))
    assert "qsh" in refused(world, replace(page(token), method="POST"))


@pytest.mark.parametrize(
    ("canonical", "path", "query"),
    [
        (PAGE, "/app/ui/panel/", "issue=10001"),
        ("GET&/ui/panel&a=1&issue=10001", "/app/ui/panel", "issue=10001&a=1"),
        ("GET&/ui/panel&q=a%20b", "/app/ui/panel", "q=a+b"),
        ("GET&/ui/panel&q=a%20b", "/app/ui/panel", "q=a%20b"),
        ("GET&/ui/panel&z=2&%C3%A9=1", "/app/ui/panel", "z=2&%C3%A9=1"),
        (PAGE, "/ui/panel", "issue=10001"),
    ],
)
def test_attack_A20_control_other_spellings_of_the_same_request(
    world: World, canonical: str, path: str, query: str
) -> None:
    assert enter(world, page(hs256(claims(canonical)), path, query)).tenant_id == "tenant-acme"


@pytest.mark.parametrize("value", [None, "", "\ud800", 7, True, ["context-qsh"], "context-qsh"])
def test_attack_A20_no_hash_or_an_odd_one(world: World, value: object) -> None:
    refused(world, page(raw_token('{"alg":"HS256"}', json.dumps(claims(PAGE) | {"qsh": value}))))
    without = {name: one for name, one in claims(PAGE).items() if name != "qsh"}
    refused(world, page(hs256(without)))


def test_attack_A21_a_parameter_in_the_body_is_not_in_the_hash(world: World) -> None:
    headers = [("Authorization", f"JWT {hs256(claims('POST&/ui/panel&issue=10001'))}")]
    refused(world, HostRequest(method="POST", path="/app/ui/panel", query="", headers=headers, body=b"issue=10001"))


def test_attack_A22_two_tokens_are_one_too_many(world: World) -> None:
    acme, globex = hs256(claims(PAGE)), hs256(claims(PAGE, iss="globex"), secret=OTHER_SECRET)
    for first, second in ((acme, globex), (globex, acme), (acme, acme)):
        header = [("Authorization", f"JWT {second}")]
        assert refused(world, replace(page(first), headers=header)) == "not exactly one token"
        assert refused(world, page(first, query=f"issue=10001&jwt={second}")) == "not exactly one token"


@each_kind
def test_attack_A23_a_token_in_a_cookie_or_body_is_not_read(
    world: World, kind: TokenKind, canonical: str, request_with: Callable[[str], HostRequest]
) -> None:
    token = hs256(claims(canonical))
    bare = replace(
        request_with(token), headers=[("Cookie", f"jwt={token}")], query="issue=10001", body=f"jwt={token}".encode()
    )
    refused(world, bare, kind)


@pytest.mark.parametrize("kind", [TokenKind.FRAGMENT, TokenKind.WEBHOOK])
def test_a_token_in_the_query_opens_pages_only(world: World, kind: TokenKind) -> None:
    _, canonical, request_with = next(one for one in KINDS if one[0] is kind)
    token = hs256(claims(canonical))
    assert "query" in refused(world, replace(request_with(token), headers=[], query=f"jwt={token}"), kind)


@pytest.mark.parametrize(
    "form", ["Bearer {}", "jwt {}", "JWT  {}", "JWT {} ", " JWT {}", "JWT\t{}", "JWT {}, JWT {}", "{}", "JWT"]
)
def test_attack_A24_other_forms_of_the_header(world: World, form: str) -> None:
    token = hs256(claims(FRAGMENT))
    refused(world, replace(fragment(token), headers=[("Authorization", form.format(token, token))]), TokenKind.FRAGMENT)
    twice = [("Authorization", f"JWT {token}"), ("authorization", f"JWT {token}")]
    refused(world, replace(fragment(token), headers=twice), TokenKind.FRAGMENT)


STAMP = int(NOW.timestamp())


@each_kind
@pytest.mark.parametrize(
    "times",
    [
        {"exp": STAMP - 31},
        {"iat": STAMP + 120},
        {"nbf": STAMP + 31},
        {"exp": None},
        {"iat": None},
        {"exp": STAMP + 3700},
        {"exp": STAMP + 315_360_000},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1e300},
        {"iat": {}},
    ],
    ids=str,
)
def test_attack_A25_out_of_time(
    world: World,
    kind: TokenKind,
    canonical: str,
    request_with: Callable[[str], HostRequest],
    times: dict[str, object],
) -> None:
    content = {name: value for name, value in (claims(canonical) | times).items() if value is not None}
    refused(world, request_with(raw_token('{"alg":"HS256"}', json.dumps(content))), kind)


def test_attack_A25_a_context_token_lives_fifteen_minutes_and_a_page_token_an_hour(world: World) -> None:
    fresh, stale = hs256(claims(FRAGMENT, exp=STAMP + 900)), hs256(claims(FRAGMENT, exp=STAMP + 960))
    enter(world, fragment(fresh), TokenKind.FRAGMENT)
    refused(world, fragment(stale), TokenKind.FRAGMENT)
    enter(world, page(hs256(claims(PAGE, exp=STAMP + 3600))))


@each_kind
def test_pitfall_08_a_clock_five_seconds_off_is_accepted(
    world: World, kind: TokenKind, canonical: str, request_with: Callable[[str], HostRequest]
) -> None:
    enter(world, request_with(hs256(claims(canonical, iat=STAMP + 5, nbf=STAMP + 5))), kind)
    enter(world, request_with(hs256(claims(canonical, iat=STAMP - 200, exp=STAMP - 5))), kind)


@each_kind
@pytest.mark.parametrize(
    "state", [InstallationState.DISABLED, InstallationState.UNINSTALLED, InstallationState.SUPERSEDED]
)
def test_attack_A26_a_site_that_is_off_gone_or_unknown(
    world: World,
    kind: TokenKind,
    canonical: str,
    request_with: Callable[[str], HostRequest],
    state: InstallationState,
) -> None:
    world.sites["acme"] = installation(state=state)
    refused(world, request_with(hs256(claims(canonical))), kind)
    refused(world, request_with(hs256(claims(canonical, iss="stranger"))), kind)
    world.sites["acme"] = installation(secrets=())
    refused(world, request_with(hs256(claims(canonical))), kind)


def test_attack_A27_a_stranger_costs_as_much_as_a_wrong_signature(world: World) -> None:
    # Both go through the same checks, so the medians lie close; the factor leaves room for a busy machine.
    world.sites["acme"] = installation(secrets=(SharedSecret(SECRET),))
    wrong = page(hs256(claims(PAGE), secret="fake" * 8))
    stranger = page(hs256(claims(PAGE, iss="stranger")))
    spent: dict[str, list[float]] = {"wrong": [], "stranger": []}
    for _ in range(500):
        for name, request in (("wrong", wrong), ("stranger", stranger)):
            start = time.perf_counter()
            refused(world, request)
            spent[name].append(time.perf_counter() - start)
    ratio = statistics.median(spent["wrong"]) / statistics.median(spent["stranger"])
    assert 0.7 < ratio < 1.4


def test_attack_A28_the_previous_secret_counts_within_its_grace_and_is_reported(world: World) -> None:
    request = page(hs256(claims(PAGE), secret=OLD_SECRET))
    assert enter(world, request).used_previous_secret
    world.sites["acme"] = installation(secrets=(SharedSecret(SECRET), SharedSecret(OLD_SECRET, NOW)))
    refused(world, request)


def test_our_own_outgoing_token_cannot_come_back_in(world: World) -> None:
    content = claims(PAGE, iss=APP_KEY, aud=["acme"], sub=None)
    refused(world, page(hs256(content)))


@pytest.mark.parametrize("issuer", ["\ud800", "a\x00b", "", "x" * 300, "a b", 7, None, ["acme"]])
def test_an_issuer_of_odd_form_never_reaches_the_directory(world: World, issuer: object) -> None:
    asked: list[str] = []
    world.find = asked.append  # type: ignore[method-assign, assignment]
    refused(world, page(raw_token('{"alg":"HS256"}', json.dumps(claims(PAGE) | {"iss": issuer}))))
    assert asked == []


@pytest.mark.parametrize("subject", [7, "", "a b", "x" * 200, "<script>", ["ann"]])
def test_a_person_who_is_no_account_id(world: World, subject: object) -> None:
    refused(world, page(raw_token('{"alg":"HS256"}', json.dumps(claims(PAGE) | {"sub": subject}))))


def test_attack_A70_webhooks_need_the_tenants_token(world: World) -> None:
    refused(world, replace(webhook(hs256(claims(WEBHOOK))), method="GET"), TokenKind.WEBHOOK)
    refused(world, replace(webhook(""), headers=[]), TokenKind.WEBHOOK)
    with_query = replace(webhook(hs256(claims(f"{WEBHOOK}user_id=ann"))), query="user_id=ann")
    assert enter(world, with_query, TokenKind.WEBHOOK).tenant_id == "tenant-acme"


def test_attack_A73_the_host_header_is_not_part_of_anything(world: World) -> None:
    token = hs256(claims(PAGE))
    poisoned = replace(page(token), headers=[("Host", "evil.test"), ("X-Forwarded-Host", "evil.test")])
    assert enter(world, poisoned).framed_by == ("https://acme.atlassian.net", "https://jira.acme.test")


def test_the_signature_is_really_checked_byte_by_byte(world: World) -> None:
    token = hs256(claims(PAGE))
    head, body, signature = token.split(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "="))
    assert bytes(raw) == hmac.new(SECRET.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    raw[0] ^= 1
    refused(world, page(f"{head}.{body}.{base64.urlsafe_b64encode(bytes(raw)).rstrip(b'=').decode()}"))


@pytest.mark.parametrize(
    ("headers", "locale", "zone"),
    [
        ([], None, None),
        ([("Accept-Language", "de-CH,de;q=0.9")], "de-CH", None),
        ([("X-Locale", "en_US"), ("Accept-Language", "de")], "en_US", None),
        ([("X-Locale", "../../x"), ("X-Time-Zone", "../../etc/passwd")], None, None),
        ([("X-Time-Zone", "America/Argentina/Buenos_Aires")], None, "America/Argentina/Buenos_Aires"),
    ],
)
def test_language_and_zone_are_wishes_of_a_plain_form(
    headers: list[tuple[str, str]], locale: str | None, zone: str | None
) -> None:
    request = HostRequest(method="GET", path="/", query="", headers=headers)
    assert (request.locale(), request.time_zone()) == (locale, zone)


def test_the_grace_is_measured_against_the_given_instant(world: World) -> None:
    later = NOW + timedelta(minutes=6)
    content = claims(PAGE, iat=int(later.timestamp()), exp=int(later.timestamp()) + 60)
    with pytest.raises(TokenRefused):
        world.host.authenticate(page(hs256(content, secret=OLD_SECRET)), kind=TokenKind.PAGE, now=later)
    assert world.host.authenticate(page(hs256(content)), kind=TokenKind.PAGE, now=later).tenant_id == "tenant-acme"
