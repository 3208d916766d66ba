"""The query string hash: the vectors of Atlassian's own package, and Hypothesis against a second way of writing it."""

import hashlib
import string
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.hosts.connect.qsh import canonical_request, query_string_hash


@pytest.mark.parametrize(
    ("method", "path", "query", "base_path", "canonical"),
    [
        ("get", "/rest/api/3/issue/ABC-1/", "", "", "GET&/rest/api/3/issue/ABC-1&"),
        ("GET", "", "", "", "GET&/&"),
        ("GET", "/", "", "", "GET&/&"),
        ("GET", "/a", "a=10&a=9&a=1", "", "GET&/a&a=1,10,9"),
        ("GET", "/a", "z=a%20b&y=a+b", "", "GET&/a&y=a%20b&z=a%20b"),
        ("GET", "/a", "x=*!%27()", "", "GET&/a&x=%2A%21%27%28%29"),
        ("GET", "/a", "x=~._-", "", "GET&/a&x=~._-"),
        ("GET", "/a", "x=a%2Cb&x=c", "", "GET&/a&x=a%2Cb,c"),
        ("GET", "/a", "b", "", "GET&/a&b="),
        ("GET", "/a", "b=", "", "GET&/a&b="),
        ("GET", "/a", "jwt=t&b=1", "", "GET&/a&b=1"),
        ("GET", "/a&b", "c=d", "", "GET&/a%26b&c=d"),
        ("GET", "/a%20b/c", "", "", "GET&/a%20b/c&"),
        ("GET", "/a", "B=1&a=2&A=3", "", "GET&/a&A=3&B=1&a=2"),
        ("GET", "/a", "a-b=1&a.b=2&a_b=3&aB=4", "", "GET&/a&a-b=1&a.b=2&aB=4&a_b=3"),
        ("GET", "/a", "%C3%A9=1&z=2", "", "GET&/a&z=2&%C3%A9=1"),
        ("GET", "/a", "%EF%BF%AE=1&%F0%9F%98%80=2", "", "GET&/a&%F0%9F%98%80=2&%EF%BF%AE=1"),
        ("POST", "/app/", "", "/app/", "POST&/&"),
        ("GET", "/app", "", "/app", "GET&/&"),
        ("GET", "/app/x", "", "/app", "GET&/x&"),
        ("GET", "/application/x", "", "/app", "GET&/application/x&"),
    ],
)
def test_pitfall_09_the_canonical_form_is_the_one_of_the_official_package(
    method: str, path: str, query: str, base_path: str, canonical: str
) -> None:
    assert canonical_request(method, path, query, base_path=base_path) == canonical
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    assert query_string_hash(method, path, query, base_path=base_path) == digest


KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6).filter(lambda key: key != "jwt")
VALUES = st.text(st.characters(codec="utf-8"), max_size=6)
PLAIN = frozenset((string.ascii_letters + string.digits + "-._~").encode())


def by_hand(text: str) -> str:
    """RFC 3986 without a library: every byte that is not unreserved, as an upper-case escape."""
    return "".join(chr(byte) if byte in PLAIN else f"%{byte:02X}" for byte in text.encode())


def by_units(texts: Iterable[str]) -> list[str]:
    """In the order of UTF-16 code units."""
    return sorted(texts, key=lambda text: [unit for one in text for unit in units(ord(one))])


def units(point: int) -> list[int]:
    """The one or two code units of a code point (RFC 2781 section 2.1)."""
    return [point] if point < 0x10000 else [0xD800 + (point - 0x10000 >> 10), 0xDC00 + (point - 0x10000 & 0x3FF)]


@given(pairs=st.lists(st.tuples(KEYS, VALUES), max_size=8), token=st.booleans())
def test_any_query_is_hashed_by_its_meaning_not_by_its_spelling(pairs: list[tuple[str, str]], token: bool) -> None:
    merged: dict[str, list[str]] = {}
    for key, value in pairs:
        merged.setdefault(key, []).append(value)
    expected = "&".join(
        f"{by_hand(key)}={','.join(by_hand(one) for one in by_units(merged[key]))}" for key in by_units(merged)
    )
    strict = "&".join(f"{by_hand(key)}={by_hand(value)}" for key, value in pairs)
    for spelling in (strict, strict.replace("%20", "+")):
        query = "&".join(filter(None, (spelling, "jwt=a.b.c" if token else "")))
        assert canonical_request("GET", "/x", query, base_path="") == f"GET&/x&{expected}"


SEGMENTS = st.lists(st.text(string.ascii_letters + "%20.-_", min_size=1, max_size=5), min_size=1, max_size=4)


@given(base=SEGMENTS, rest=SEGMENTS)
def test_the_base_path_goes_by_whole_segments(base: list[str], rest: list[str]) -> None:
    prefix, below = "/" + "/".join(base), "/" + "/".join(rest)
    assert canonical_request("GET", prefix + below, "", base_path=prefix) == f"GET&{below}&"
    glued = prefix + "x" + below
    assert canonical_request("GET", glued, "", base_path=prefix) == f"GET&{glued}&"
