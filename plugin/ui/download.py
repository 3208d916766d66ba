"""How a file is offered: a name that no header can be broken with (A68)."""

import re
from urllib.parse import quote

_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


def attachment(file_name: str) -> str:
    """The value of Content-Disposition (RFC 6266): a plain name for old clients, the true one percent-encoded."""
    true_name = "".join(sign for sign in file_name if sign.isprintable()).strip() or "document"
    plain = _PLAIN.sub("-", true_name).strip("-.") or "document"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(true_name, safe='')}"
