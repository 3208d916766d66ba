"""The pretend Jira's query string hash against the published vectors of Atlassian's own package."""

import hashlib

import pytest

from sandbox.jira.tokens import canonical_request, query_hash

BASE = "https://h.example"
VECTORS = [
    ("get", "/rest/api/3/issue/ABC-1/", "GET&/rest/api/3/issue/ABC-1&"),
    ("GET", "", "GET&/&"),
    ("GET", "/", "GET&/&"),
    ("GET", "/a?a=10&a=9&a=1", "GET&/a&a=1,10,9"),
    ("GET", "/a?z=a%20b&y=a+b", "GET&/a&y=a%20b&z=a%20b"),
    ("GET", "/a?x=*!%27()", "GET&/a&x=%2A%21%27%28%29"),
    ("GET", "/a?x=~._-", "GET&/a&x=~._-"),
    ("GET", "/a?x=a%2Cb&x=c", "GET&/a&x=a%2Cb,c"),
    ("GET", "/a?b", "GET&/a&b="),
    ("GET", "/a?b=", "GET&/a&b="),
    ("GET", "/a?jwt=t&b=1", "GET&/a&b=1"),
    ("GET", "/a&b?c=d", "GET&/a%26b&c=d"),
    ("GET", "/a%20b/c", "GET&/a%20b/c&"),
    ("GET", "/a?B=1&a=2&A=3", "GET&/a&A=3&B=1&a=2"),
    ("GET", "/a?a-b=1&a.b=2&a_b=3&aB=4", "GET&/a&a-b=1&a.b=2&aB=4&a_b=3"),
    ("GET", "/a?%C3%A9=1&z=2", "GET&/a&z=2&%C3%A9=1"),
]


@pytest.mark.parametrize(("method", "path", "expected"), VECTORS)
def test_the_canonical_request_is_that_of_atlassians_package(method: str, path: str, expected: str) -> None:
    assert canonical_request(method, BASE + path, BASE) == expected


def test_the_base_path_is_taken_off_by_whole_segments() -> None:
    assert canonical_request("POST", "https://h.example/app/", "https://h.example/app/") == "POST&/&"
    assert canonical_request("GET", "https://h.example/application/x", "https://h.example/app") == "GET&/application/x&"


def test_the_hash_is_sha256_in_hexadecimal() -> None:
    assert query_hash("GET", f"{BASE}/a?b=1", BASE) == hashlib.sha256(b"GET&/a&b=1").hexdigest()
