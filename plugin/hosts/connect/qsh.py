"""The query string hash that binds a Connect token to one request (platform reference, section 2.4)."""

import hashlib
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote

CONTEXT_QSH = "context-qsh"
"""What stands in place of a hash in the tokens that an iframe asks for; good on fragments only."""


def query_string_hash(method: str, path: str, query: str, *, base_path: str) -> str:
    """The hash in hex. ``path`` and ``query`` are percent-encoded as sent, ``base_path`` is that of the base URL."""
    return hashlib.sha256(
        canonical_request(method, path, query, base_path=base_path).encode(errors="replace")
    ).hexdigest()


def canonical_request(method: str, path: str, query: str, *, base_path: str) -> str:
    """``METHOD&path&query`` in the form that both sides hash; the second ``&`` stays where there is no query."""
    return "&".join((method.upper(), _canonical_path(path, base_path), _canonical_query(query)))


def _canonical_path(path: str, base_path: str) -> str:
    relative = _below(path, base_path.rstrip("/")).removesuffix("/")
    return relative.replace("&", "%26") or "/"


def _below(path: str, prefix: str) -> str:
    # By whole segments: the prefix /app must not shorten /application.
    if prefix and (path == prefix or path.startswith(f"{prefix}/")):
        return path[len(prefix) :]
    return path


def _canonical_query(query: str) -> str:
    values: dict[str, list[str]] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key != "jwt":
            values.setdefault(key, []).append(value)
    return "&".join(f"{_encode(key)}={','.join(map(_encode, _ordered(values[key])))}" for key in _ordered(values))


def _ordered(texts: Iterable[str]) -> list[str]:
    # By UTF-16 code units, as Atlassian's side compares strings: an emoji comes before a full-width letter.
    return sorted(texts, key=lambda text: text.encode("utf-16-be", errors="surrogatepass"))


def _encode(text: str) -> str:
    return quote(text, safe="~", errors="replace")
