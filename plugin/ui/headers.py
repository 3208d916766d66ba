"""Security headers on every response, errors included; pages that Jira frames name the sites that may frame them."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, Response, g

ATLASSIAN_SITES = ("https://*.atlassian.net", "https://*.jira.com")
THEME_HOST = "https://connect-cdn.atl-paas.net"
FONT_HOST = "https://ds-cdn.prod-east.frontend.public.atl-paas.net"

HOST_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")

FIXED = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
CLOSED = (
    "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'self'; script-src 'self'; "
    "style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
)


def origin_of(url: str) -> str | None:
    """``scheme://host[:port]`` of an http(s) URL; ``None`` for anything else, so that nothing odd enters a policy."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not HOST_NAME.fullmatch(host):
        return None
    return f"{parts.scheme}://{host}" if port is None else f"{parts.scheme}://{host}:{port}"


def framed_policy(*, ap_script_url: str, ancestors: tuple[str, ...]) -> str:
    """The policy of a page inside Jira (``ui.md`` section 6). The host's script links its themes from where it came."""
    script = origin_of(ap_script_url) or THEME_HOST
    styles = " ".join(dict.fromkeys((script, FONT_HOST)))
    frames = " ".join(dict.fromkeys((*ATLASSIAN_SITES, *ancestors)))
    return (
        f"default-src 'none'; base-uri 'none'; form-action 'self'; object-src 'none'; script-src 'self' {script}; "
        f"style-src 'self' {styles}; font-src 'self' {FONT_HOST}; img-src 'self' data:; connect-src 'self'; "
        f"frame-src 'self'; frame-ancestors {frames}"
    )


def allow_framing(*site_urls: str | None) -> None:
    """Lets the tenant's sites (base URL, display URL) frame this response. Call it once the tenant is known."""
    origins = (origin_of(url) for url in site_urls if url)
    g.frame_ancestors = (*getattr(g, "frame_ancestors", ()), *(origin for origin in origins if origin))


def mail_policy(ancestors: tuple[str, ...]) -> str:
    """The policy of a mail in a frame of ours: it shows its own styles, and can do nothing at all."""
    frames = " ".join(dict.fromkeys(("'self'", *ATLASSIAN_SITES, *ancestors)))
    return (
        "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"frame-ancestors {frames}"
    )


def show_as_mail(site_urls: Iterable[str]) -> None:
    """This response is a mail: it gets the policy of one, framed by our own page on these sites."""
    allow_framing(*site_urls)
    g.shown_as_mail = True


def register_headers(app: Flask, *, ap_script_url: str) -> None:
    """Sets the headers on whatever leaves the app. A page not allowed to be framed gets ``frame-ancestors 'none'``."""

    def policy() -> str:
        ancestors: tuple[str, ...] | None = getattr(g, "frame_ancestors", None)
        if g.get("shown_as_mail"):
            return mail_policy(ancestors or ())
        return CLOSED if ancestors is None else framed_policy(ap_script_url=ap_script_url, ancestors=ancestors)

    def add_headers(response: Response) -> Response:
        response.headers.update(FIXED)
        response.headers["Content-Security-Policy"] = policy()
        if "immutable" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "no-cache, no-store"
        return response

    app.after_request(add_headers)
