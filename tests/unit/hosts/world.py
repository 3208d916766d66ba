"""A site, its tokens and a key server for tests of the hosts. No sockets: the key server is a requests adapter."""

import base64
import hashlib
import hmac
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from plugin.hosts.connect.authenticate import ConnectHost
from plugin.hosts.connect.base_urls import BaseUrls
from plugin.hosts.connect.keys import InstallKeys
from plugin.hosts.connect.licence import LicenceReader, says_nothing
from plugin.hosts.permissions import PermissionCache
from plugin.hosts.ports import ConnectInstallation, HostRequest, InstallationState, SharedSecret
from plugin.services.jira_facts import Granted, ProjectPermission

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
APP_KEY = "com.dunlin.jira"
OURS = "https://dunlin.test/app"
SECRET = "current-secret-of-acme-0123456789abcdef"
OLD_SECRET = "previous-secret-of-acme-0123456789abcd"
OTHER_SECRET = "secret-of-globex-0123456789abcdef01234"
KEY_SERVER = "https://keys.test"
KEY_ID = "key-1"


@cache
def rsa_key(name: str) -> RSAPrivateKey:
    """A key pair by name, made once: making one takes a while."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(name: str) -> bytes:
    return rsa_key(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class KeyServer(BaseAdapter):
    """Answers with a status and a body for each path, and counts what it was asked."""

    def __init__(self, answers: Mapping[str, tuple[int, bytes]]) -> None:
        super().__init__()
        self.answers = dict(answers)
        self.asked: list[str] = []
        self.failure: requests.RequestException | None = None

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.asked.append(request.url or "")
        if self.failure is not None:
            raise self.failure
        status, body = self.answers.get(request.url or "", (404, b"not found"))
        response = requests.Response()
        response.status_code, response.request, response.url = status, request, request.url or ""
        response.headers["Location"] = "http://127.0.0.1/"
        response.raw = HTTPResponse(body=io.BytesIO(body), preload_content=False)
        return response

    def close(self) -> None:
        """Nothing is open."""


class Rights:
    """Answers what Jira would, and counts the questions."""

    def __init__(self, *granted: tuple[str, str]) -> None:
        self.rights = set(granted)
        self.questions = 0
        self.failure: Exception | None = None

    def granted(
        self, account_id: str, *, site: tuple[str, ...] = (), projects: tuple[ProjectPermission, ...] = ()
    ) -> Granted:
        self.questions += 1
        if self.failure is not None:
            raise self.failure
        in_projects = {
            (one.permission, id_) for one in projects for id_ in one.project_ids if (account_id, id_) in self.rights
        }
        on_issues = {
            (one.permission, id_) for one in projects for id_ in one.issue_ids if (account_id, id_) in self.rights
        }
        sites = frozenset(one for one in site if (account_id, one) in self.rights)
        return Granted(site=sites, projects=frozenset(in_projects), issues=frozenset(on_issues))


def installation(client_key: str = "acme", **changes: Any) -> ConnectInstallation:
    known = ConnectInstallation(
        tenant_id=f"tenant-{client_key}",
        installation_id=f"installation-{client_key}",
        client_key=client_key,
        base_url=f"https://{client_key}.atlassian.net",
        display_url=f"https://jira.{client_key}.test",
        secrets=(SharedSecret(SECRET), SharedSecret(OLD_SECRET, NOW + timedelta(minutes=5))),
        state=InstallationState.ENABLED,
    )
    return replace(known, **changes)


@dataclass
class World:
    """The host under test and everything around it."""

    sites: dict[str, ConnectInstallation] = field(
        default_factory=lambda: {
            "acme": installation(),
            "globex": installation("globex", secrets=(SharedSecret(OTHER_SECRET),)),
        }
    )
    key_server: KeyServer = field(
        default_factory=lambda: KeyServer({f"{KEY_SERVER}/{KEY_ID}": (200, public_pem("atlassian"))})
    )
    rights: Rights = field(default_factory=Rights)
    seconds: float = 0.0
    licence: LicenceReader = says_nothing

    def __post_init__(self) -> None:
        session = requests.Session()
        session.mount("https://", self.key_server)
        self.keys = InstallKeys([KEY_SERVER], session=session, monotonic=lambda: self.seconds)
        self.host = ConnectHost(
            app_key=APP_KEY,
            base_url=OURS,
            directory=self,
            install_keys=self.keys,
            base_urls=BaseUrls([".atlassian.net"], production=True),
            checker_for=lambda _: self.rights,
            permission_cache=PermissionCache(monotonic=lambda: self.seconds),
            licence=self.licence,
        )

    def find(self, client_key: str) -> ConnectInstallation | None:
        return self.sites.get(client_key)


def qsh(canonical: str) -> str:
    """The hash of a canonical request that a test wrote by hand."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def claims(canonical: str, **changes: object) -> dict[str, object]:
    """The claims of a good token for a request given in canonical form; a change to None takes a claim away."""
    good: dict[str, object] = {
        "iss": "acme",
        "sub": "5be24ad8:ann",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 180,
        "qsh": canonical if canonical == "context-qsh" else qsh(canonical),
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def hs256(content: Mapping[str, object], *, secret: str = SECRET, headers: dict[str, object] | None = None) -> str:
    return jwt.encode(dict(content), secret, algorithm="HS256", headers=headers)


def rs256(content: Mapping[str, object], *, key: str = "atlassian", key_id: str | None = KEY_ID) -> str:
    headers = {"kid": key_id} if key_id is not None else {}
    return jwt.encode(dict(content), rsa_key(key), algorithm="RS256", headers=headers)


def raw_token(header: str | bytes, payload: str | bytes, *, secret: str = SECRET) -> str:
    """A token whose header and payload are exactly these bytes, signed HS256: for what no library would write."""

    def part(content: str | bytes) -> str:
        data = content.encode() if isinstance(content, str) else content
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    signed = f"{part(header)}.{part(payload)}"
    signature = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{part(signature)}"


def page(token: str, path: str = "/app/ui/panel", query: str = "issue=10001") -> HostRequest:
    return HostRequest(method="GET", path=path, query=f"{query}&jwt={token}")


def fragment(token: str, path: str = "/app/ui/fragment/panel", query: str = "issue=10001") -> HostRequest:
    return HostRequest(method="GET", path=path, query=query, headers=[("Authorization", f"JWT {token}")])


def webhook(token: str, body: bytes = b"{}") -> HostRequest:
    headers = [("Authorization", f"JWT {token}")]
    return HostRequest(
        method="POST", path="/app/connect/webhooks/worklog_created", query="", headers=headers, body=body
    )


def lifecycle(event: str, token: str | None, **changes: object) -> HostRequest:
    body: dict[str, object] = {
        "key": APP_KEY,
        "clientKey": "acme",
        "eventType": event,
        "sharedSecret": "new-secret-of-acme-0123456789abcdef0123",
        "baseUrl": "https://acme.atlassian.net",
        "displayUrl": "https://jira.acme.test",
        "productType": "jira",
        "publicKey": "legacy",
    }
    body = {name: value for name, value in (body | changes).items() if value is not None}
    headers = [("Authorization", f"JWT {token}")] if token is not None else []
    return HostRequest(
        method="POST", path=f"/app/connect/{event}", query="", headers=headers, body=json.dumps(body).encode()
    )


PAGE = "GET&/ui/panel&issue=10001"
FRAGMENT = "context-qsh"
WEBHOOK = "POST&/connect/webhooks/worklog_created&"


def lifecycle_claims(event: str, **changes: object) -> dict[str, object]:
    return claims(f"POST&/connect/{event}&", **({"aud": OURS, "sub": None} | changes))
