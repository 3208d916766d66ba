"""What a token says, read strictly: first unverified to find the key, then verified, then held against the rules."""

import base64
import binascii
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from plugin.domain.errors import InvalidInput
from plugin.hosts.ports import TokenRefused
from plugin.hosts.strict_json import parse_object

LEEWAY = timedelta(seconds=30)
TOKEN_BYTES = 16_384
REQUIRED = ("exp", "iat", "iss", "qsh")

_TOKEN = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)")
_CLIENT_KEY = re.compile(r"[!-~]{1,255}")
_ACCOUNT_ID = re.compile(r"[A-Za-z0-9:_-]{1,128}")


@dataclass(frozen=True, slots=True)
class Unverified:
    """Header and claims of a token nobody has checked yet; only good for finding the key."""

    token: str
    header: dict[str, object]
    claims: dict[str, object]

    @property
    def issuer(self) -> str:
        """The site that the token says it comes from. Of a form that any database can be asked about."""
        value = self.claims.get("iss")
        if not isinstance(value, str) or not _CLIENT_KEY.fullmatch(value):
            raise TokenRefused("iss is no client key")
        return value


def read_unverified(token: str) -> Unverified:
    """Takes a compact token apart. Refuses odd characters, duplicate keys and what is longer than 16 KiB."""
    match = _TOKEN.fullmatch(token) if len(token) <= TOKEN_BYTES else None
    if match is None:
        raise TokenRefused("no compact token")
    return Unverified(token, _json_part(match[1]), _json_part(match[2]))


def verify_signature(
    unverified: Unverified, key: str | RSAPublicKey, *, algorithm: Literal["HS256", "RS256"]
) -> dict[str, object]:
    """The claims, now proven to be signed with ``key``. Algorithm and key come from us, never from the token."""
    if unverified.header.get("alg") != algorithm:
        raise TokenRefused(f"algorithm is not {algorithm}")
    # Times and audience are checked by our own rules: against a given instant, with a greatest life, and exactly.
    options: jwt.types.Options = {
        "require": list(REQUIRED),
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
        "verify_aud": False,
    }
    try:
        return dict(jwt.decode(unverified.token, key, algorithms=[algorithm], options=options))
    except jwt.PyJWTError as error:
        raise TokenRefused(f"signature or claims: {type(error).__name__}") from None


def check_times(claims: dict[str, object], *, now: datetime, longest: timedelta) -> datetime:
    """Refuses what is expired, from the future, or valid for too long. Returns ``iat`` as an aware instant."""
    expires, issued = _instant(claims, "exp"), _instant(claims, "iat")
    if now >= expires + LEEWAY:
        raise TokenRefused("expired")
    if expires > now + longest + LEEWAY:
        raise TokenRefused("expires too far ahead")
    if issued > now + LEEWAY:
        raise TokenRefused("issued in the future")
    if "nbf" in claims and _instant(claims, "nbf") > now + LEEWAY:
        raise TokenRefused("not valid yet")
    return issued


def check_audience(claims: dict[str, object], *, ours: tuple[str, ...], required: bool) -> None:
    """Refuses an audience that is not exactly one of ``ours``, alone, as text or as a list of one."""
    if "aud" not in claims and not required:
        return
    audience = claims.get("aud")
    if isinstance(audience, list) and len(audience) == 1:
        audience = audience[0]
    if not isinstance(audience, str) or audience not in ours:
        raise TokenRefused("audience is not us alone")


def account_of(claims: dict[str, object]) -> str | None:
    """The person in ``sub``; nobody where the claim is absent."""
    subject = claims.get("sub")
    if subject is None:
        return None
    if not isinstance(subject, str) or not _ACCOUNT_ID.fullmatch(subject):
        raise TokenRefused("sub is no account id")
    return subject


def _json_part(part: str) -> dict[str, object]:
    try:
        return parse_object(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), limit=TOKEN_BYTES)
    except (binascii.Error, InvalidInput):
        raise TokenRefused("header or claims are no strict JSON object") from None


def _instant(claims: dict[str, object], claim: str) -> datetime:
    value = claims.get(claim)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TokenRefused(f"{claim} is no instant")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        raise TokenRefused(f"{claim} is out of range") from None
