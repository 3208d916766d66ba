"""Signs what we send to a Connect site: a new token for every attempt, bound to the final address."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import jwt
from requests import PreparedRequest
from requests.auth import AuthBase

from plugin.clock import machine_now
from plugin.domain.errors import Permanent
from plugin.hosts.connect.qsh import query_string_hash

LIFE = timedelta(seconds=60)


class ConnectAuth(AuthBase):
    """``secret`` is asked at each request, so that a worker takes the newest after a re-install.

    Raises Permanent for an address outside the site: a token must never leave for another host.
    """

    def __init__(
        self,
        *,
        app_key: str,
        client_key: str,
        base_url: str,
        secret: Callable[[], str],
        now: Callable[[], datetime] = machine_now,
    ) -> None:
        self._app_key = app_key
        self._client_key = client_key
        self._site = urlsplit(base_url.rstrip("/"))
        self._secret = secret
        self._now = now

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Adds the header to a prepared request; called anew for each one."""
        address = urlsplit(request.url or "")
        if (address.scheme, address.netloc) != (self._site.scheme, self._site.netloc):
            raise Permanent("A request was about to leave for another host than the Jira site; it was not sent.")
        path, _, query = request.path_url.partition("?")
        issued_at = int(self._now().timestamp())
        claims = {
            "iss": self._app_key,
            "aud": [self._client_key],
            "iat": issued_at,
            "exp": issued_at + int(LIFE.total_seconds()),
            "qsh": query_string_hash(request.method or "GET", path, query, base_path=self._site.path),
        }
        request.headers["Authorization"] = f"JWT {jwt.encode(claims, self._secret(), algorithm='HS256')}"
        return request
