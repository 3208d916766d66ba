"""What we send is signed for exactly that request, anew for each attempt, and never for another host."""

from datetime import datetime, timedelta

import jwt
import pytest
import requests

from plugin.domain.errors import Permanent
from plugin.hosts.connect.signing import ConnectAuth
from tests.unit.hosts.world import APP_KEY, NOW, SECRET, qsh


class Signer:
    """A signing object whose time and secret a test changes."""

    def __init__(self, base_url: str = "https://acme.atlassian.net") -> None:
        self.now, self.secret = NOW, SECRET
        self.auth = ConnectAuth(
            app_key=APP_KEY, client_key="acme", base_url=base_url, secret=lambda: self.secret, now=lambda: self.now
        )

    def send(self, method: str, url: str, **params: object) -> str:
        request = requests.Request(method, url, params=params or None, auth=self.auth)
        header = request.prepare().headers["Authorization"]
        assert header.startswith("JWT ")
        return header.removeprefix("JWT ")


def read(token: str, secret: str = SECRET) -> dict[str, object]:
    options: jwt.types.Options = {"verify_exp": False, "verify_iat": False}
    return jwt.decode(token, secret, algorithms=["HS256"], audience="acme", options=options)


def test_the_claims_are_those_of_the_contract() -> None:
    token = Signer().send("GET", "https://acme.atlassian.net/rest/api/3/user/bulk", accountId=["b", "a"], maxResults=50)
    stamp = int(NOW.timestamp())
    assert read(token) == {
        "iss": APP_KEY,
        "aud": ["acme"],
        "iat": stamp,
        "exp": stamp + 60,
        "qsh": qsh("GET&/rest/api/3/user/bulk&accountId=a,b&maxResults=50"),
    }


def test_a_base_path_is_not_in_the_hash() -> None:
    token = Signer("https://jira.example.com/jira/").send("PUT", "https://jira.example.com/jira/rest/api/3/x?y=a+b")
    assert read(token)["qsh"] == qsh("PUT&/rest/api/3/x&y=a%20b")


def test_fault_F35_each_attempt_has_its_own_time_and_the_newest_secret() -> None:
    signer = Signer()
    session = requests.Session()
    session.auth = signer.auth
    first = session.prepare_request(requests.Request("GET", "https://acme.atlassian.net/x")).headers["Authorization"]
    signer.now, signer.secret = NOW + timedelta(minutes=2), "rotated-secret-0123456789-0123456789"
    again = session.prepare_request(requests.Request("GET", "https://acme.atlassian.net/x")).headers["Authorization"]
    assert first != again
    issued = read(str(again).removeprefix("JWT "), "rotated-secret-0123456789-0123456789")["iat"]
    assert isinstance(issued, int)
    assert datetime.fromtimestamp(issued, NOW.tzinfo) == NOW + timedelta(minutes=2)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/rest/api/3/myself",
        "http://acme.atlassian.net/rest/api/3/myself",
        "https://acme.atlassian.net:8443/rest/api/3/myself",
        "https://acme.atlassian.net.evil.test/",
        "https://user@acme.atlassian.net/",
    ],
)
def test_attack_A31_no_token_is_made_for_another_host(url: str) -> None:
    with pytest.raises(Permanent):
        Signer().send("GET", url)
