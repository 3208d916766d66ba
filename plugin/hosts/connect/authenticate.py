"""From a request with a Connect token to a Principal, or to a lifecycle event. Every refusal looks the same outside."""

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from plugin.hosts.connect.base_urls import BaseUrls
from plugin.hosts.connect.claims import (
    Unverified,
    account_of,
    check_audience,
    check_times,
    read_unverified,
    verify_signature,
)
from plugin.hosts.connect.keys import InstallKeys
from plugin.hosts.connect.licence import LicenceReader, says_nothing
from plugin.hosts.connect.lifecycle import LifecycleEvent, check_sender, read_body, to_event
from plugin.hosts.connect.qsh import CONTEXT_QSH, query_string_hash
from plugin.hosts.permissions import PermissionCache, PermissionChecker, Permissions
from plugin.hosts.ports import (
    ConnectInstallation,
    HostRequest,
    InstallationDirectory,
    InstallationState,
    SharedSecret,
    TokenRefused,
)
from plugin.hosts.principal import Principal, TokenKind
from plugin.services.installation_events import ConnectEvent

LONGEST_LIFE = timedelta(hours=1)
LONGEST_CONTEXT_LIFE = timedelta(minutes=15)

_ALIVE = frozenset({InstallationState.INSTALLED, InstallationState.ENABLED, InstallationState.BROKEN})
_KNOWN = _ALIVE | {InstallationState.DISABLED}
_AUTHORIZATION = re.compile(r"JWT ([A-Za-z0-9_.-]+)")
_NOBODYS_SECRET = SharedSecret(secrets.token_hex(32))


class ConnectHost:
    """Checks the tokens of Connect. ``base_url`` is ours, without trailing slash; one object serves a process."""

    def __init__(
        self,
        *,
        app_key: str,
        base_url: str,
        directory: InstallationDirectory,
        install_keys: InstallKeys,
        base_urls: BaseUrls,
        checker_for: Callable[[ConnectInstallation], PermissionChecker],
        permission_cache: PermissionCache,
        licence: LicenceReader = says_nothing,
    ) -> None:
        self._app_key = app_key
        self._base_url = base_url.rstrip("/")
        self._base_path = urlsplit(self._base_url).path
        self._directory = directory
        self._install_keys = install_keys
        self._base_urls = base_urls
        self._checker_for = checker_for
        self._permission_cache = permission_cache
        self._licence = licence

    def authenticate(self, request: HostRequest, *, kind: TokenKind, now: datetime) -> Principal:
        """Who calls a page, fragment or webhook. Raises TokenRefused.

        ``now`` is real time (``machine_now``): neither Jira nor a browser travels with the time machine.
        """
        if kind not in (TokenKind.PAGE, TokenKind.FRAGMENT, TokenKind.WEBHOOK):
            raise TokenRefused(f"a {kind} route has no principal")
        unverified = read_unverified(_token(request, kind=kind))
        claims, installation, secret = self._verify_shared(unverified, states=_ALIVE, now=now)
        is_fragment = kind is TokenKind.FRAGMENT
        said = self._licence(request) if kind is TokenKind.PAGE else None
        check_times(claims, now=now, longest=LONGEST_CONTEXT_LIFE if is_fragment else LONGEST_LIFE)
        self._check_qsh(claims, CONTEXT_QSH if is_fragment else self._hash_of(request))
        known = self._principal(request, installation, account_of(claims), secret)
        if said is None:
            return known
        return replace(known, licensed=said, is_licence_news=said is not installation.licensed)

    def lifecycle(self, request: HostRequest, *, event: LifecycleEvent, now: datetime) -> ConnectEvent:
        """What a site's message says, verified. Raises TokenRefused (401), InvalidInput (400), Transient (503)."""
        unverified = read_unverified(_token(request, kind=TokenKind.LIFECYCLE))
        if event.is_signed_by_atlassian:
            key = self._install_keys.public_key(unverified.header.get("kid"))
            claims = verify_signature(unverified, key, algorithm="RS256")
            check_audience(claims, ours=(self._base_url,), required=True)
        else:
            claims, _, _ = self._verify_shared(unverified, states=_KNOWN, now=now)
        issued_at = check_times(claims, now=now, longest=LONGEST_LIFE)
        self._check_qsh(claims, self._hash_of(request))
        body = read_body(request.body)
        check_sender(body, event=event, app_key=self._app_key, issuer=unverified.issuer)
        return to_event(body, event=event, issued_at=issued_at, base_urls=self._base_urls)

    def _verify_shared(
        self, unverified: Unverified, *, states: frozenset[InstallationState], now: datetime
    ) -> tuple[dict[str, object], ConnectInstallation, SharedSecret]:
        """Claims, site and the secret that fits. A stranger costs the same check as a wrong signature (A27)."""
        installation = self._directory.find(unverified.issuer)
        candidates: tuple[SharedSecret, ...] = (_NOBODYS_SECRET,)
        if installation is not None and installation.state in states:
            usable = (
                secret for secret in installation.secrets if secret.valid_until is None or now < secret.valid_until
            )
            candidates = tuple(usable) or candidates
        claims, secret = _verify_with_any(unverified, candidates)
        if installation is None or secret is _NOBODYS_SECRET:
            raise TokenRefused("no such site")
        check_audience(claims, ours=(self._base_url, self._app_key), required=False)
        return claims, installation, secret

    def _hash_of(self, request: HostRequest) -> str:
        return query_string_hash(request.method, request.path, request.query, base_path=self._base_path)

    def _check_qsh(self, claims: dict[str, object], expected: str) -> None:
        qsh = claims.get("qsh")
        if not isinstance(qsh, str) or not qsh.isascii() or not hmac.compare_digest(qsh, expected):
            raise TokenRefused("qsh does not fit the request")

    def _principal(
        self, request: HostRequest, installation: ConnectInstallation, account_id: str | None, secret: SharedSecret
    ) -> Principal:
        return Principal(
            tenant_id=installation.tenant_id,
            installation_id=installation.installation_id,
            account_id=account_id,
            permissions=Permissions(
                installation_id=installation.installation_id,
                account_id=account_id,
                checker=lambda: self._checker_for(installation),
                cache=self._permission_cache,
            ),
            locale=request.locale(),
            time_zone=request.time_zone(),
            framed_by=tuple(dict.fromkeys(filter(None, (installation.base_url, installation.display_url)))),
            used_previous_secret=secret is not installation.secrets[0],
            licensed=installation.licensed,
        )


def _verify_with_any(
    unverified: Unverified, candidates: tuple[SharedSecret, ...]
) -> tuple[dict[str, object], SharedSecret]:
    refusal = TokenRefused("no secret")
    for secret in candidates:
        try:
            return verify_signature(unverified, secret.value, algorithm="HS256"), secret
        except TokenRefused as error:
            refusal = error
    raise refusal


def _token(request: HostRequest, *, kind: TokenKind) -> str:
    """The one token of a request: from the header, or on page loads from the query; two are one too many (A22)."""
    in_query = [value for key, value in parse_qsl(request.query, keep_blank_values=True) if key == "jwt"]
    in_header = request.header_values("Authorization")
    if len(in_query) + len(in_header) != 1:
        raise TokenRefused("not exactly one token")
    if in_query:
        if kind is not TokenKind.PAGE:
            raise TokenRefused("a token in the query, on a route that reads the header")
        return in_query[0]
    match = _AUTHORIZATION.fullmatch(in_header[0])
    if match is None:
        raise TokenRefused("the header is not 'JWT' and a token")
    return match[1]
