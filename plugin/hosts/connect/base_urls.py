"""Which addresses a site may give for itself: we send signed requests there, so a wrong one is an open door (A30)."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from plugin.domain.errors import InvalidInput

_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})+")
_ORIGIN = re.compile(r"http://[a-z0-9.-]+(:[0-9]{1,5})?")


class BaseUrls:
    """The allow-list. An entry is a host suffix such as ``.atlassian.net`` or a whole host.

    An entry that begins with ``http://`` is an exact origin, for the pretend Jira; production refuses to have one.
    """

    def __init__(self, allowed: Sequence[str], *, production: bool) -> None:
        self._origins = frozenset(entry for entry in allowed if entry.startswith("http://"))
        self._suffixes = tuple(entry.lower() for entry in allowed if entry not in self._origins)
        if production and self._origins:
            raise InvalidInput("ALLOWED_HOSTS names an http:// origin, which production never talks to; take it out.")
        if any(not _ORIGIN.fullmatch(origin) for origin in self._origins):
            raise InvalidInput(
                "ALLOWED_HOSTS has an http:// entry that is no plain origin; write http://localhost:8700."
            )

    def check(self, url: str, *, field: str = "baseUrl") -> str:
        """The origin without trailing slash. Raises InvalidInput unless https, port 443 and a listed host."""
        if url in self._origins:
            return url
        if not self._is_listed(url):
            raise InvalidInput(
                f"{field} is not an address of a Jira site that this service may talk to; nothing was stored. "
                "An operator can add the host to ALLOWED_HOSTS.",
                field=field,
            )
        return url.removesuffix("/")

    def displayable(self, url: str | None) -> str | None:
        """The origin that people see, for frame ancestors; never called, so any https host will do. Else nothing."""
        if url is None or url in self._origins:
            return url
        return url.removesuffix("/") if _https_host(url) else None

    def _is_listed(self, url: str) -> bool:
        host = _https_host(url)
        if host is None:
            return False
        return any(host.endswith(entry) if entry.startswith(".") else host == entry for entry in self._suffixes)


def _https_host(url: str) -> str | None:
    # The text must equal what is rebuilt from the parsed host: what the parser drops or bends cannot slip through.
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    return host if _HOST.fullmatch(host) and url.removesuffix("/") == f"https://{host}" else None
