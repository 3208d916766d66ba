"""An app that Jira can install: serves a descriptor and keeps what it is told. Not the product, on purpose."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from flask import Flask, Response, jsonify, request

from sandbox.server import LoopbackServer

APP_KEY = "com.example.stub"


@dataclass(frozen=True)
class Told:
    """One call of Jira."""

    path: str
    url: str
    headers: Mapping[str, str]
    body: dict[str, object]

    @property
    def token(self) -> str:
        return self.headers["Authorization"].removeprefix("JWT ")


@dataclass
class StubApp:
    """``answers`` sets the status of the next calls of a path; ``ready`` is what ``/readyz`` says."""

    scopes: tuple[str, ...] = ("READ", "WRITE", "DELETE")
    told: list[Told] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)
    ready: dict[str, object] = field(default_factory=lambda: {"backlog": 0, "next_due_at": None})

    def __post_init__(self) -> None:
        app = Flask("stub")
        self._server = LoopbackServer(app)

        @app.get("/atlassian-connect.json")
        def descriptor() -> Response:
            return jsonify(self.descriptor())

        @app.get("/readyz")
        def readyz() -> Response:
            return jsonify(self.ready)

        @app.get("/page")
        def page() -> str:
            return "a page"

        @app.post("/<path:path>")
        def anything(path: str) -> Response:
            told = Told(f"/{path}", request.url, dict(request.headers), json.loads(request.get_data()))
            self.told.append(told)
            statuses = self.answers.get(told.path, [])
            return Response(status=statuses.pop(0) if statuses else 204)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def descriptor_url(self) -> str:
        return f"{self.base_url}/atlassian-connect.json"

    def to(self, path: str) -> list[Told]:
        """What was told to one path."""
        return [each for each in self.told if each.path == path]

    def descriptor(self) -> dict[str, object]:
        extraction = {"objectName": "invoices.state", "type": "string", "alias": "invoiceState"}
        return {
            "key": APP_KEY,
            "name": "Stub",
            "baseUrl": self.base_url,
            "authentication": {"type": "jwt"},
            "apiMigrations": {"signed-install": True, "gdpr": True, "context-qsh": True},
            "scopes": list(self.scopes),
            "lifecycle": {event: f"/life/{event}" for event in ("installed", "enabled", "disabled", "uninstalled")},
            "modules": {
                "jiraIssueContents": [
                    {
                        "key": "panel",
                        "name": {"value": "Panel"},
                        "target": {"type": "web_panel", "url": "/page?issue={issue.key}"},
                    }
                ],
                "jiraProjectPages": [
                    {"key": "billing", "name": {"value": "Billing"}, "url": "/page?project={project.key}"}
                ],
                "jiraProjectAdminTabPanels": [{"key": "settings", "name": {"value": "Settings"}, "url": "/page"}],
                "adminPages": [{"key": "admin", "name": {"value": "Administration"}, "url": "/page"}],
                "jiraEntityProperties": [
                    {"key": "facts", "keyConfigurations": [{"propertyKey": "dunlin", "extractions": [extraction]}]}
                ],
                "webhooks": [
                    {"event": "worklog_created", "url": "/hook"},
                    {"event": "worklog_updated", "url": "/hook"},
                    {"event": "worklog_deleted", "url": "/hook"},
                    {"event": "jira:issue_deleted", "url": "/hook"},
                    {"event": "jira:issue_updated", "url": "/filtered", "filter": "project = ACM"},
                ],
            },
        }

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
