"""Our query string hash and tokens against Atlassian's own package, on whatever requests Hypothesis thinks of."""

import string
from collections.abc import Iterator
from urllib.parse import quote

import jwt
import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from plugin.hosts.connect.qsh import canonical_request, query_string_hash
from plugin.hosts.connect.signing import ConnectAuth
from plugin.hosts.ports import HostRequest, TokenRefused
from plugin.hosts.principal import TokenKind
from sandbox.jira.tokens import canonical_request as pretend_canonical_request
from tests.conformance.jwt_oracle import Oracle, new_oracle
from tests.unit.hosts.world import APP_KEY, NOW, OURS, SECRET, World

SITE = "https://acme.atlassian.net"
PREFIXES = ("", "/app", "/ex/jira/0f")


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with new_oracle() as process:
        yield process


METHODS = st.sampled_from(["GET", "POST", "put", "Delete"])
ODD = st.sampled_from(list("+&=%;,~*'()!$:@/?#[] \\\"<>^`{|}\u00e9\u0130\u200f\u4e2d\uffee\U0001f600\x00\n"))
TEXT = st.text(st.one_of(ODD, st.characters(codec="utf-8")), max_size=5)
NAMES = st.one_of(TEXT, st.sampled_from(["a", "A", "jwt", "jql", "expand", "a.b", "a-b", "a_b"])).filter(
    # An object of JavaScript cannot have this name as its own; the package leaves it out on purpose.
    lambda name: name != "__proto__"
)
SPELLINGS = st.sampled_from(
    [
        lambda text: quote(text, safe=""),
        lambda text: quote(text, safe="~*'()!,;:@/?"),
        lambda text: quote(text, safe="").lower(),
        lambda text: quote(text, safe=" ").replace(" ", "+"),
    ]
)


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A query string as somebody may send it: names repeated, values empty, escapes in any spelling, bare names."""
    parts = []
    for _ in range(draw(st.integers(0, 6))):
        spell = draw(SPELLINGS)
        name, value = spell(draw(NAMES)), spell(draw(TEXT))
        parts.append(draw(st.sampled_from([f"{name}={value}", name, f"{name}="])))
    return "&".join(parts)


# The package's parser escapes an apostrophe; none of our paths, nor of Jira's that we call, has one.
SEGMENTS = st.text(string.ascii_letters + string.digits + "-._~!$&()*+,;=:@\u00e9\U0001f600 %/", max_size=6).map(
    lambda text: quote(text, safe="-._~!$&()*+,;=:@")
)
PATHS = st.tuples(st.lists(SEGMENTS, max_size=4), st.sampled_from(["", "/"])).map(
    lambda made: "".join(f"/{one}" for one in made[0] if one) + made[1]
)


@given(method=METHODS, prefix=st.sampled_from(PREFIXES), path=PATHS, query=queries())
@example(method="GET", prefix="", path="/rest/api/3/issue/ABC-1/", query="")
@example(method="GET", prefix="/app", path="/a//", query="")
@example(method="GET", prefix="", path="/a", query="\uff5e=1&\U0001f600=2")
@example(method="GET", prefix="", path="/a", query="x=\uffee&x=\U0001f600")
def test_pitfall_09_a_request_is_hashed_as_atlassians_package_hashes_it(
    oracle: Oracle, method: str, prefix: str, path: str, query: str
) -> None:
    url = f"{SITE}{prefix}{path}?{query}"
    theirs = oracle.canonical(method, url, base=f"{SITE}{prefix}")
    assert canonical_request(method, f"{prefix}{path}", query, base_path=prefix) == theirs
    assert pretend_canonical_request(method, url, f"{SITE}{prefix}") == theirs
    assert query_string_hash(method, f"{prefix}{path}", query, base_path=prefix) == oracle.hash(
        method, url, base=f"{SITE}{prefix}"
    )


@given(
    method=METHODS,
    prefix=st.sampled_from(PREFIXES),
    key=st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=8).filter(
        lambda key: "." not in key
    ),
    params=st.lists(st.tuples(NAMES.filter(bool), TEXT), max_size=5),
)
def test_pitfall_09_what_we_send_is_signed_as_atlassians_package_would_check_it(
    oracle: Oracle, method: str, prefix: str, key: str, params: list[tuple[str, str]]
) -> None:
    base = f"{SITE}{prefix}"
    auth = ConnectAuth(app_key=APP_KEY, client_key="acme", base_url=base, secret=lambda: SECRET, now=lambda: NOW)
    sent = requests.Request(method, f"{base}/rest/api/3/issue/{key}", params=params, auth=auth).prepare()
    token = sent.headers["Authorization"].removeprefix("JWT ")
    stamp = int(NOW.timestamp())
    assert oracle.read(token, SECRET) == {
        "iss": APP_KEY,
        "aud": ["acme"],
        "iat": stamp,
        "exp": stamp + 60,
        "qsh": oracle.hash(method.upper(), str(sent.url), base=base),
    }


@given(query=queries().filter(lambda query: "jwt" not in query.lower()))
def test_a_page_signed_by_atlassians_package_is_let_in_and_another_query_is_not(oracle: Oracle, query: str) -> None:
    stamp = int(NOW.timestamp())
    qsh = oracle.hash("GET", f"{OURS}/ui/panel?{query}", base=OURS)
    token = oracle.sign({"iss": "acme", "sub": "ann", "iat": stamp, "exp": stamp + 180, "qsh": qsh}, SECRET)

    def enter(asked: str) -> str | None:
        request = HostRequest(method="GET", path="/app/ui/panel", query=f"{asked}&jwt={token}")
        return World().host.authenticate(request, kind=TokenKind.PAGE, now=NOW).account_id

    assert enter(query) == "ann"
    with pytest.raises(TokenRefused):
        enter(f"{query}&issue=10001")


def test_the_oracle_refuses_a_wrong_signature(oracle: Oracle) -> None:
    token = jwt.encode({"iss": "acme"}, SECRET, algorithm="HS256")
    assert oracle.read(token, SECRET) == {"iss": "acme"}
    with pytest.raises(AssertionError, match="Signature verification failed"):
        oracle.read(token, SECRET[::-1])
