"""The app's life on a site: signed calls that an app can check against the key server."""

from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import requests

from sandbox import Forgery, FrozenWorldClock, InstallRefused, PretendJira
from sandbox.jira.keys import KeyRing
from sandbox.jira.lifecycle import LifecycleEvent
from sandbox.jira.tokens import query_hash
from tests.integration.sandbox.conftest import Client
from tests.integration.sandbox.stub import APP_KEY, StubApp, Told


def verified(jira: PretendJira, told: Told, app: StubApp) -> dict[str, Any]:
    """The claims of an install token, checked with the public key its ``kid`` names."""
    kid = jwt.get_unverified_header(told.token)["kid"]
    pem = requests.get(f"{jira.keys_url}/{kid}", timeout=10).text
    found: dict[str, Any] = jwt.decode(told.token, pem, algorithms=["RS256"], audience=app.base_url)
    return found


def test_install_tells_installed_and_enabled(jira: PretendJira, app: StubApp) -> None:
    installed, enabled = app.told
    assert (installed.path, enabled.path) == ("/life/installed", "/life/enabled")
    assert installed.body["clientKey"] == jira.client_key
    assert installed.body["sharedSecret"] == jira.installation.secret
    assert installed.body["baseUrl"] == jira.base_url
    assert installed.body["key"] == APP_KEY
    assert "sharedSecret" not in enabled.body


def test_installed_is_signed_with_the_key_that_the_server_publishes(jira: PretendJira, app: StubApp) -> None:
    told = app.to("/life/installed")[0]
    claims = verified(jira, told, app)
    assert claims["iss"] == jira.client_key
    assert claims["qsh"] == query_hash("POST", told.url, app.base_url)
    assert claims["exp"] - claims["iat"] == 180


def test_enabled_is_signed_with_the_shared_secret(jira: PretendJira, app: StubApp) -> None:
    told = app.to("/life/enabled")[0]
    claims = jwt.decode(told.token, jira.installation.secret, algorithms=["HS256"])
    assert (claims["iss"], claims["qsh"]) == (jira.client_key, query_hash("POST", told.url, app.base_url))


def test_the_key_server_knows_old_keys_and_no_strangers(jira: PretendJira, app: StubApp) -> None:
    before = jira.keys.current
    jira.keys.rotate()
    jira.reinstall()
    assert jwt.get_unverified_header(app.told[-2].token)["kid"] == jira.keys.current != before
    assert [requests.get(f"{jira.keys_url}/{kid}", timeout=10).status_code for kid in (before, "fake")] == [200, 404]


def test_an_app_that_refuses_is_not_installed(bare: PretendJira, app: StubApp) -> None:
    app.answers["/life/installed"] = [401]
    with pytest.raises(InstallRefused) as refused:
        bare.install(app.descriptor_url)
    assert refused.value.status == 401
    with pytest.raises(LookupError):
        bare.installation.secret.encode()


def test_a_refused_reinstall_leaves_the_old_secret_in_force(jira: PretendJira, app: StubApp, client: Client) -> None:
    before = jira.installation.secret
    app.answers["/life/installed"] = [500]
    with pytest.raises(InstallRefused):
        jira.reinstall()
    assert jira.installation.secret == before
    assert client.get("/myself").status_code == 200


def test_reinstall_changes_the_secret_and_upgrade_keeps_it(jira: PretendJira, client: Client) -> None:
    before = jira.installation.secret
    jira.upgrade()
    assert jira.installation.secret == before
    jira.reinstall()
    assert jira.installation.secret != before
    assert client.get("/myself").status_code == 200


def test_rename_tells_the_new_address_under_the_same_client_key(jira: PretendJira, app: StubApp) -> None:
    client_key, old = jira.client_key, jira.base_url
    jira.rename(f"http://127.0.0.1:{jira.port}/")
    told = app.to("/life/installed")[-1]
    assert (told.body["clientKey"], told.body["baseUrl"]) == (client_key, f"http://127.0.0.1:{jira.port}")
    assert requests.get(f"{old}/rest/api/3/serverInfo", timeout=10).status_code == 404
    assert requests.get(f"{jira.base_url}/rest/api/3/serverInfo", timeout=10).status_code == 200


def test_a_site_import_has_a_new_client_key_and_says_nothing_of_the_old(jira: PretendJira, app: StubApp) -> None:
    before = jira.client_key, jira.installation.secret
    jira.import_site()
    assert jira.client_key != before[0]
    assert jira.installation.secret != before[1]
    assert app.to("/life/uninstalled") == []
    assert app.to("/life/installed")[-1].body["clientKey"] == jira.client_key


def test_uninstall_is_signed_like_installed(jira: PretendJira, app: StubApp) -> None:
    jira.uninstall()
    assert [told.path for told in app.told[2:]] == ["/life/disabled", "/life/uninstalled"]
    assert verified(jira, app.told[-1], app)["iss"] == app.told[-1].body["clientKey"]


FORGERIES: list[tuple[str, Forgery]] = [
    ("unsigned", Forgery(authorization="")),
    ("alg none", Forgery(algorithm="none")),
    ("HS256", Forgery(algorithm="HS256", secret="k" * 48)),
    ("wrong audience", Forgery(claims={"aud": ["https://other.example"]})),
    ("foreign issuer", Forgery(claims={"iss": "somebody-else"})),
    ("context-qsh", Forgery(claims={"qsh": "context-qsh"})),
    ("no expiry", Forgery(claims={"exp": None})),
    ("other body", Forgery(body={"clientKey": "somebody-else", "key": APP_KEY})),
]


@pytest.mark.parametrize(("name", "forgery"), FORGERIES, ids=[name for name, _ in FORGERIES])
def test_forged_calls_arrive_as_they_were_forged(jira: PretendJira, app: StubApp, name: str, forgery: Forgery) -> None:
    app.told.clear()
    event: LifecycleEvent = "installed"
    assert jira.lifecycle(event, forgery=forgery).status_code == 204
    told = app.told[0]
    if forgery.authorization == "":
        assert "Authorization" not in told.headers
        return
    sent = jwt.decode(told.token, options={"verify_signature": False})
    header = jwt.get_unverified_header(told.token)
    assert header["alg"] == (forgery.algorithm or "RS256")
    for claim, value in (forgery.claims or {}).items():
        assert sent.get(claim) == value
    if forgery.body is not None:
        assert told.body == forgery.body


@pytest.fixture
def two_sites(clock: FrozenWorldClock, keys: KeyRing) -> Iterator[tuple[PretendJira, PretendJira]]:
    with PretendJira(clock=clock, keys=keys) as first, PretendJira(clock=clock, keys=keys) as second:
        yield first, second


def test_two_sites_share_the_key_server_but_no_secret(two_sites: tuple[PretendJira, PretendJira], app: StubApp) -> None:
    first, second = two_sites
    first.install(app.descriptor_url)
    second.install(app.descriptor_url)
    assert first.installation.secret != second.installation.secret
    kid = jwt.get_unverified_header(app.to("/life/installed")[1].token)["kid"]
    assert requests.get(f"{first.keys_url}/{kid}", timeout=10).text.startswith("-----BEGIN PUBLIC KEY-----")
