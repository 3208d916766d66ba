"""The allow-list of addresses that a site may give for itself (A30)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.errors import InvalidInput
from plugin.hosts.connect.base_urls import BaseUrls

CLOUD = BaseUrls([".atlassian.net", "jira.example.com"], production=True)
PRETEND = BaseUrls([".atlassian.net", "http://localhost:8700"], production=False)


@pytest.mark.parametrize("url", ["https://x.atlassian.net", "https://a-b.x.atlassian.net", "https://jira.example.com"])
def test_attack_A30_control_listed_hosts(url: str) -> None:
    assert CLOUD.check(url) == url
    assert CLOUD.check(f"{url}/") == url


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254",
        "https://169.254.169.254",
        "https://127.0.0.1:6379",
        "https://evil.test",
        "https://x.atlassian.net.evil.test",
        "https://xatlassian.net",
        "https://atlassian.net",
        "https://.atlassian.net",
        "https://x..atlassian.net",
        "https://-x.atlassian.net",
        "https://x.atlassian.net@evil",
        "https://x.atlassian.net@evil.atlassian.net",
        "https://user:pass@x.atlassian.net",
        "https://x.atlassian.net:8443",
        "https://x.atlassian.net:443",
        "https://x.atlassian.net:",
        "https://x.atlassian.net/path",
        "https://x.atlassian.net//",
        "https://x.atlassian.net/?a=1",
        "https://x.atlassian.net?",
        "https://x.atlassian.net#",
        "https://x.atlassian.net\\@evil.test",
        "https://evil.test\\.atlassian.net",
        "https://evil.test#.atlassian.net",
        "https://evil.test?.atlassian.net",
        "https://x.atlassian.net.",
        "https://х.atlassian.net",
        "https://x.аtlassian.net",
        "https://x.atlassian。net",
        "https://[::1]",
        "https://[::ffff:127.0.0.1]",
        "https://[::1].atlassian.net",
        "HTTPS://x.atlassian.net",
        "https://X.atlassian.net",
        "https:x.atlassian.net",
        "https:/x.atlassian.net",
        " https://x.atlassian.net",
        "https://x.atlassian.net\n",
        "https://x.\tatlassian.net",
        "https://x.atlassian.net\x00",
        "https://%78.atlassian.net",
        "http://x.atlassian.net",
        "ftp://x.atlassian.net",
        "javascript:x.atlassian.net",
        "http://localhost:8700",
        "https://sub.jira.example.com",
        "//",
        "//x.atlassian.net",
        "https://",
        "",
    ],
)
def test_attack_A30_every_other_form_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        CLOUD.check(url)
    assert caught.value.field == "baseUrl"


@given(host=st.text(max_size=30))
def test_attack_A30_no_text_before_the_suffix_leads_elsewhere(host: str) -> None:
    url = f"https://{host}.atlassian.net"
    try:
        checked = CLOUD.check(url)
    except InvalidInput:
        return
    assert checked == url
    assert all(one in "abcdefghijklmnopqrstuvwxyz0123456789-." for one in host)


def test_the_pretend_jira_is_an_exact_origin_outside_production() -> None:
    assert PRETEND.check("http://localhost:8700") == "http://localhost:8700"
    assert PRETEND.displayable("http://localhost:8700") == "http://localhost:8700"
    for near in ("http://localhost:8701", "http://localhost", "http://localhost:8700/", "https://localhost:8700"):
        with pytest.raises(InvalidInput):
            PRETEND.check(near)
    with pytest.raises(InvalidInput, match="production"):
        BaseUrls(["http://localhost:8700"], production=True)
    for odd in ("http://", "http://localhost:8700/path", "http://user@localhost", "http://*"):
        with pytest.raises(InvalidInput, match="plain origin"):
            BaseUrls([odd], production=False)
