"""Lets the pretend Jira call an app that runs in this process: its requests session reaches Flask without a socket."""

from urllib.parse import urlsplit

import requests
from flask import Flask
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from werkzeug.test import Client
from werkzeug.wrappers import Response as WerkzeugResponse


class AppAdapter(BaseAdapter):
    """Mount it at the app's base URL. ``app`` may be exchanged between tests."""

    def __init__(self, app: Flask | None = None) -> None:
        super().__init__()
        self.app = app

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:  # type: ignore[override]
        if self.app is None or request.url is None:
            raise requests.ConnectionError("no app is running")
        parts = urlsplit(request.url)
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        answer = Client(self.app, WerkzeugResponse).open(
            path=f"{parts.path}?{parts.query}" if parts.query else parts.path,
            base_url=f"{parts.scheme}://{parts.netloc}",
            method=request.method or "GET",
            headers=[(name, value) for name, value in request.headers.items() if name.lower() != "content-length"],
            data=body,
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers = CaseInsensitiveDict(answer.headers.items())
        response._content = answer.get_data()
        response.url = request.url
        response.request = request
        return response

    def close(self) -> None:
        """Nothing is open."""
