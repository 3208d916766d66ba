"""Atlassian JWTs as the pretend Jira makes and checks them: query string hash, page, context and install tokens."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

CONTEXT_QSH = "context-qsh"
LEEWAY = timedelta(seconds=30)
LONGEST_LIFE = timedelta(minutes=3)


class BadToken(Exception):
    """Why a token is refused; for the log of the pretend world, never for the answer."""


def canonical_request(method: str, url: str, base_url: str) -> str:
    """The text that is hashed: method, path below the base URL's path, sorted query without ``jwt``."""
    parts = urlsplit(url)
    base = urlsplit(base_url).path.rstrip("/")
    path = parts.path
    if base and (path == base or path.startswith(base + "/")):
        path = path[len(base) :]
    path = path.removesuffix("/") or "/"
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name != "jwt":
            values.setdefault(name, []).append(value)
    query = "&".join(
        f"{quote(name, safe='~')}={','.join(quote(value, safe='~') for value in sorted(values[name], key=_units))}"
        for name in sorted(values, key=_units)
    )
    return f"{method.upper()}&{path.replace('&', '%26')}&{query}"


def _units(text: str) -> bytes:
    """JavaScript and Java compare strings by their UTF-16 code units."""
    return text.encode("utf-16-be")


def query_hash(method: str, url: str, base_url: str) -> str:
    """The ``qsh`` claim of a request."""
    return hashlib.sha256(canonical_request(method, url, base_url).encode()).hexdigest()


def claims(issuer: str, *, now: datetime, life: timedelta = LONGEST_LIFE, **more: object) -> dict[str, object]:
    """The claims every token has; a value of ``None`` in ``more`` leaves that claim out."""
    issued = int(now.timestamp())
    made: dict[str, object] = {"iss": issuer, "iat": issued, "exp": issued + int(life.total_seconds()), **more}
    return {name: value for name, value in made.items() if value is not None}


def sign(payload: Mapping[str, object], secret: str, *, algorithm: str = "HS256") -> str:
    """A token with a shared secret. ``none`` makes an unsigned one, for attacks."""
    if algorithm == "none":
        return jwt.encode(dict(payload), "", algorithm="none")
    return jwt.encode(dict(payload), secret, algorithm=algorithm)


def sign_install(payload: Mapping[str, object], key: RSAPrivateKey, kid: str) -> str:
    """An install token (RS256, the key named by ``kid``)."""
    return jwt.encode(dict(payload), key, algorithm="RS256", headers={"kid": kid})


def check_call(token: str, *, secret: str, app_key: str, method: str, url: str, base_url: str, now: datetime) -> None:
    """Refuses (``BadToken``) what Jira refuses: wrong secret, issuer, hash, or a life of more than three minutes."""
    try:
        found = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            options={
                "verify_aud": False,
                "verify_exp": False,
                "verify_iat": False,
                "require": ["iss", "iat", "exp", "qsh"],
            },
        )
    except jwt.InvalidTokenError as error:
        raise BadToken(f"{type(error).__name__}: {error}") from error
    if found["iss"] != app_key:
        raise BadToken(f"iss is {found['iss']!r}, not the app key")
    issued, expires, present = float(found["iat"]), float(found["exp"]), now.timestamp()
    if expires - issued > LONGEST_LIFE.total_seconds():
        raise BadToken(f"lives {expires - issued:.0f} s")
    if expires < present - LEEWAY.total_seconds() or issued > present + LEEWAY.total_seconds():
        raise BadToken(f"iat {issued:.0f}, exp {expires:.0f}, but it is {present:.0f}")
    if not hmac.compare_digest(str(found["qsh"]), query_hash(method, url, base_url)):
        raise BadToken(f"qsh is not that of {canonical_request(method, url, base_url)}")
