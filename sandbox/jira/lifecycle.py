"""Installing the app: fetches its descriptor and makes the signed calls of Atlassian's lifecycle."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import requests

from sandbox.jira import tokens
from sandbox.jira.model import APP_ROLE, Installation, JsonObject, Person
from sandbox.jira.site import Site, new_secret

LifecycleEvent = Literal["installed", "enabled", "disabled", "uninstalled"]
SIGNED_WITH_RSA = ("installed", "uninstalled")
TIME_OUT = 15


class InstallRefused(Exception):
    """The app answered a lifecycle call with something else than 200 or 204, or has no usable descriptor."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"the app answered {status}: {body[:300]}")
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Forgery:
    """What to change in an honest lifecycle call; None leaves it as it is.

    ``claims`` replaces claims (a value of None takes one out); ``algorithm`` HS256 and none sign without the RSA key.
    """

    body: JsonObject | None = None
    claims: JsonObject | None = None
    algorithm: str | None = None
    kid: str | None = None
    secret: str | None = None
    authorization: str | None = None


HONEST = Forgery()


def fetch_descriptor(site: Site, url: str) -> JsonObject:
    """The app's descriptor. ``InstallRefused`` where Jira could not use it."""
    answer = site.session.get(url, timeout=TIME_OUT)
    if answer.status_code != 200:
        raise InstallRefused(answer.status_code, answer.text)
    try:
        descriptor = answer.json()
    except requests.JSONDecodeError as error:
        raise InstallRefused(200, "the descriptor is not JSON") from error
    authentication, migrations = descriptor.get("authentication"), descriptor.get("apiMigrations", {})
    if not descriptor.get("key") or not descriptor.get("baseUrl") or authentication != {"type": "jwt"}:
        raise InstallRefused(200, "the descriptor lacks key, baseUrl or authentication by jwt")
    if not migrations.get("signed-install"):
        raise InstallRefused(200, "the descriptor does not ask for signed install")
    return dict(descriptor)


def install(site: Site, descriptor_url: str, *, secret: str | None = None) -> Installation:
    """Installs or installs again, then enables. The site keeps what it had where the app refuses."""
    descriptor = fetch_descriptor(site, descriptor_url)
    before = site.installation
    key = str(descriptor["key"])
    keeps_secret = before is not None and before.app_key == key and secret is None
    site.installation = Installation(
        app_key=key,
        client_key=site.client_key,
        secret=before.secret if keeps_secret and before is not None else secret or new_secret(),
        descriptor=descriptor,
        app_url=str(descriptor["baseUrl"]).rstrip("/"),
        account_id=_app_account(site, key, str(descriptor.get("name", key))),
        app_properties=before.app_properties if before is not None else {},
    )
    try:
        expect_success(call(site, "installed"))
    except (InstallRefused, requests.RequestException):
        site.installation = before
        raise
    enable(site)
    return site.installation


def enable(site: Site) -> None:
    """Tells the app that it is enabled; from then on its calls are answered."""
    required(site).enabled = True
    expect_success(call(site, "enabled"))


def disable(site: Site) -> None:
    """Tells the app that it is disabled; its calls are refused."""
    expect_success(call(site, "disabled"))
    required(site).enabled = False


def uninstall(site: Site) -> None:
    """Disables, tells the app that it is gone, and refuses its calls."""
    disable(site)
    expect_success(call(site, "uninstalled"))
    site.installation = None


def required(site: Site) -> Installation:
    """The installation. LookupError where no app is installed."""
    if site.installation is None:
        raise LookupError(f"no app is installed on {site.name}")
    return site.installation


def call(site: Site, event: LifecycleEvent, *, forgery: Forgery = HONEST) -> requests.Response:
    """Makes one lifecycle call, honest or forged, and gives the app's answer."""
    installation = required(site)
    url = lifecycle_url(installation, event)
    body = forgery.body if forgery.body is not None else lifecycle_body(site, event)
    authorization = forgery.authorization
    if authorization is None:
        authorization = f"JWT {lifecycle_token(site, event, forgery=forgery)}"
    headers = {"Content-Type": "application/json", **({"Authorization": authorization} if authorization else {})}
    data = json.dumps(body).encode()
    return site.session.post(url, data=data, headers=headers, timeout=TIME_OUT, allow_redirects=False)


def lifecycle_url(installation: Installation, event: LifecycleEvent) -> str:
    """Where the descriptor wants the event. LookupError where it does not name it."""
    lifecycle = installation.descriptor.get("lifecycle")
    if not isinstance(lifecycle, dict) or event not in lifecycle:
        raise LookupError(f"the descriptor has no lifecycle {event}")
    return f"{installation.app_url}{lifecycle[event]}"


def lifecycle_body(site: Site, event: LifecycleEvent) -> JsonObject:
    """What Jira tells; the secret only on ``installed``."""
    installation = required(site)
    body: JsonObject = {
        "key": installation.app_key,
        "clientKey": installation.client_key,
        "oauthClientId": f"oauth-{installation.client_key}",
        "publicKey": "",
        "serverVersion": "100300",
        "pluginsVersion": "1001.0.0-SNAPSHOT",
        "baseUrl": site.base_url,
        "displayUrl": site.base_url,
        "productType": "jira",
        "description": site.name,
        "cloudId": site.cloud_id,
        "eventType": event,
    }
    return {**body, "sharedSecret": installation.secret} if event == "installed" else body


def lifecycle_token(site: Site, event: LifecycleEvent, *, forgery: Forgery = HONEST) -> str:
    """RS256 for installed and uninstalled, HS256 for the others, with the changes of a forgery."""
    installation = required(site)
    url = lifecycle_url(installation, event)
    honest: JsonObject = {
        "aud": [installation.app_url],
        "qsh": tokens.query_hash("POST", url, installation.app_url),
        **({} if event in SIGNED_WITH_RSA else {"aud": None}),
    }
    claims = tokens.claims(installation.client_key, now=site.token_clock.now(), life=timedelta(minutes=3), **honest)
    changed = {name: value for name, value in {**claims, **(forgery.claims or {})}.items() if value is not None}
    algorithm = forgery.algorithm or ("RS256" if event in SIGNED_WITH_RSA else "HS256")
    if algorithm == "RS256":
        kid = forgery.kid or site.keys.current
        return tokens.sign_install(changed, site.keys.private(), kid)
    return tokens.sign(changed, forgery.secret or installation.secret, algorithm=algorithm)


def expect_success(answer: requests.Response) -> None:
    """``InstallRefused`` for anything but 200 and 204."""
    if answer.status_code not in (200, 204):
        raise InstallRefused(answer.status_code, answer.text)


def _app_account(site: Site, key: str, name: str) -> str:
    """The app's own user of the site, member of the role that apps have in every project."""
    account = f"557058:app-{key}"
    site.world.people.setdefault(account, Person(account, name, account_type="app"))
    for project in site.world.projects.values():
        project.roles.setdefault(APP_ROLE, set()).add(account)
    return account
