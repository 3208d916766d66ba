"""The HTTP session for one site: signs each attempt, follows no redirect, keeps no cookie, reads at most 10 MB."""

import io
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from socket import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError

ANSWER_BYTES = 10_000_000


class AnswerTooLarge(requests.RequestException):
    """Jira sent more than we are willing to read."""


class JiraSession(requests.Session):
    """A session that signs with ``auth`` and is safe to point at an address that a stranger once gave us."""

    def __init__(self, auth: AuthBase) -> None:
        super().__init__()
        self.auth = auth
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.mount("https://", PublicAddressAdapter())

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - the library's signature
        """Nowhere: the header with our token must not go where an answer points."""
        return None

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Sends once and reads the whole answer. Raises AnswerTooLarge, or what requests raises."""
        response = super().send(request, **{**kwargs, "stream": True, "allow_redirects": False})
        try:
            content = response.raw.read(ANSWER_BYTES + 1, decode_content=True)
        except HTTPError as error:
            raise requests.ConnectionError(error, request=request) from error
        finally:
            response.raw.close()
        if len(content) > ANSWER_BYTES:
            raise AnswerTooLarge(f"more than {ANSWER_BYTES} bytes", request=request)
        response.raw = io.BytesIO(content)
        return response


class PublicAddressAdapter(HTTPAdapter):
    """Connects to public addresses only: an allowed name may still resolve to 127.0.0.1 or 169.254.169.254 (A31)."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Keeps plain proxies possible: those have a manager of their own."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicPool}


class _PublicConnection(HTTPSConnection):
    def _new_conn(self) -> socket:
        # Looked at after connecting and before a byte is sent, so the answer of a second look-up cannot differ.
        connected = super()._new_conn()
        peer = ip_address(connected.getpeername()[0])
        if not peer.is_global:
            connected.close()
            raise NewConnectionError(self, f"{self.host} resolves to an address that is not public")
        return connected


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection
