"""How a call is signed: HMAC-SHA256 over ``<timestamp>.<body>``. ``docs/webhooks.md`` tells receivers."""

import hashlib
import hmac
from datetime import datetime

HEADER = "Dunlin-Signature"


def signature(body: bytes, *, secret: str, at: datetime) -> str:
    """The header's value, such as ``t=1762246800,v1=5f…``."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"
