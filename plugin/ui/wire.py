"""The request as it came over the wire: path and query still encoded, since tokens are bound to exactly those bytes."""

from urllib.parse import urlsplit

from werkzeug.wrappers import Request

from plugin.hosts.ports import HostRequest


def host_request(request: Request) -> HostRequest:
    """What the hosts check tokens against. Reads the body, within the limit of the endpoint."""
    environ = request.environ
    raw = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "")
    if raw.lower().startswith(("http://", "https://")):
        parts = urlsplit(raw)
        raw = f"{parts.path}?{parts.query}" if "?" in raw else parts.path
    path, _, query = raw.partition("?")
    return HostRequest(
        method=request.method,
        path=path,
        query=query,
        headers=list(request.headers.items()),
        body=request.get_data(cache=True),
    )
