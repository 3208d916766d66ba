"""A token in each form of the signed page: the form comes from a page of ours, is fresh, and is carried out once."""

import secrets
from datetime import datetime, timedelta

from plugin.keys import KeyRing

LIVES = timedelta(hours=24)
"""Shorter than answers to repeated forms are kept, so that an old form is never taken for a new one."""
_PURPOSE = "client-form"
_STAMP, _NONCE, _MAC = 8, 24, 64


def new_form_token(keys: KeyRing, link: str, *, now: datetime) -> str:
    """A token for one showing of the page behind ``link``."""
    body = f"{int(now.timestamp()):0{_STAMP}x}{secrets.token_hex(_NONCE // 2)}"
    return body + keys.digest(_PURPOSE, link, body)


def form_key(keys: KeyRing, link: str, token: str, *, now: datetime) -> str | None:
    """What names this form among all forms of the tenant; None for a token that is made up, foreign or too old."""
    body, mac = token[:-_MAC], token[-_MAC:]
    if len(body) != _STAMP + _NONCE or not keys.verify(mac, _PURPOSE, link, body):
        return None
    made_at = int(body[:_STAMP], 16)
    age = now.timestamp() - made_at
    return f"client:{body}" if -60 <= age <= LIVES.total_seconds() else None
