"""Mounts the service below the path of BASE_URL, so that every address it writes begins with that path."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class BelowPath:
    """WSGI: moves ``base_path`` from the path to the script name. Without a base path it changes nothing."""

    def __init__(self, app: "WSGIApplication", base_path: str) -> None:
        self._app = app
        self._base_path = base_path

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if self._base_path and (path == self._base_path or path.startswith(f"{self._base_path}/")):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self._base_path
            environ["PATH_INFO"] = path[len(self._base_path) :]
        return self._app(environ, start_response)
