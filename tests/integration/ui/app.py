"""A small app on our base templates and ``host.js``, for the pretend Jira to frame: the bridge without the product."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import jwt
from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup

from plugin.ui.assets import load_assets, register_assets
from plugin.ui.fragments import render_fragment
from plugin.ui.headers import allow_framing, register_headers
from plugin.ui.svg import TimelineMark, timeline
from sandbox import FrozenWorldClock

ROOT = Path(__file__).resolve().parents[3]
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Call:
    """One request below /ui/ as it reached the app."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str]
    status: int


@dataclass
class Records:
    """What the app saw, and how it is to behave. ``refuse`` answers that many fragment calls with 401."""

    calls: list[Call] = field(default_factory=list)
    secret: str = ""
    refuse: int = 0
    clock: FrozenWorldClock = field(default_factory=lambda: FrozenWorldClock(START))
    due: list[datetime] = field(default_factory=list)
    at_the_last: Callable[[], object] = lambda: None

    def ready(self) -> dict[str, object]:
        """As ``/readyz`` says it. ``at_the_last`` happens once, when the last of the ``due`` instants has come."""
        waiting = [instant for instant in self.due if instant > self.clock.now()]
        if self.due and not waiting:
            self.due.clear()
            self.at_the_last()
        return {"backlog": 0, "next_due_at": min(waiting).isoformat() if waiting else None}

    def of(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]


def drawn() -> Markup:
    """A timeline."""
    steps = [(-3, "Notice", "email"), (3, "Reminder", "email"), (10, "Call", "phone"), (45, "Decision", "scales")]
    marks = [TimelineMark(day=day, label=label, icon=icon, detail=label, tone="info") for day, label, icon in steps]
    return timeline(marks, label="Four steps", due_text="Due", today=5, today_text="Today", width=720)


def make_app(*, host_url: str, base_url: str, clock: FrozenWorldClock) -> tuple[Flask, Records]:
    """The app for a host at ``host_url``; ``base_url`` is its own address."""
    app, records = Flask("framed-app", static_folder=None), Records(clock=clock)
    folders = [Path(__file__).parent / "templates", ROOT / "templates"]
    app.jinja_env.loader = ChoiceLoader([FileSystemLoader(str(folder)) for folder in folders])
    script = f"{host_url}/atlassian-connect/all.js"
    register_assets(app, load_assets(ROOT / "build" / "static"), ap_script_url=script)
    register_headers(app, ap_script_url=script)
    _add_life(app, records, base_url)
    _add_pages(app, records, host_url)
    _add_fragments(app)
    return app, records


def _add_life(app: Flask, records: Records, base_url: str) -> None:
    named = {"key": "panel", "name": {"value": "Billing"}}
    modules: dict[str, object] = {
        "jiraIssueContents": [{**named, "target": {"type": "web_panel", "url": "/panel?issue={issue.id}"}}],
        "jiraProjectPages": [{**named, "key": "project", "url": "/project?project={project.id}"}],
        "dialogs": [{"key": "log-call", "url": "/log-call"}],
    }

    @app.get("/atlassian-connect.json")
    def descriptor() -> ResponseReturnValue:
        return {
            "key": "framed",
            "name": "Framed",
            "baseUrl": base_url,
            "authentication": {"type": "jwt"},
            "apiMigrations": {"gdpr": True, "signed-install": True, "context-qsh": True},
            "lifecycle": {"installed": "/installed", "enabled": "/enabled"},
            "scopes": ["READ"],
            "modules": modules,
        }

    @app.post("/installed")
    def installed() -> ResponseReturnValue:
        records.secret = str(request.get_json()["sharedSecret"])
        return "", 204

    @app.get("/readyz")
    def readyz() -> ResponseReturnValue:
        return records.ready()

    @app.post("/enabled")
    def enabled() -> ResponseReturnValue:
        return "", 204


def _add_pages(app: Flask, records: Records, host_url: str) -> None:
    @app.before_request
    def authenticate() -> None:
        allow_framing(host_url)
        if not request.path.startswith("/ui/"):
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if records.refuse or scheme != "JWT":
            records.refuse = max(records.refuse - 1, 0)
            abort(401)
        claims = jwt.decode(token, records.secret, algorithms=["HS256"], options={"verify_aud": False}, leeway=30)
        if claims["qsh"] != "context-qsh":
            abort(401)

    @app.after_request
    def record(response: Response) -> Response:
        if request.path.startswith("/ui/"):
            headers = {name.lower(): value for name, value in request.headers.items()}
            form = request.form.to_dict()
            records.calls.append(Call(request.method, request.path, headers, form, response.status_code))
        return response

    @app.get("/panel")
    def panel() -> str:
        return app.jinja_env.get_template("panel.html").render()

    @app.get("/project")
    def project() -> str:
        return app.jinja_env.get_template("page.html").render(tl=drawn())

    @app.get("/log-call")
    def log_call() -> str:
        return app.jinja_env.get_template("dialog.html").render(errors={})


def _told(events: dict[str, object]) -> dict[str, str]:
    return {"HX-Trigger": json.dumps(events)}


def _add_fragments(app: Flask) -> None:
    @app.get("/ui/history")
    def history() -> str:
        return render_fragment("panel.html", "history")

    @app.post("/ui/save")
    def save() -> ResponseReturnValue:
        name = request.form["name"]
        if name == "slow":
            time.sleep(0.3)
        if not name:
            return render_fragment("page.html", "form", errors={"name": "Give the client a name."}, value=name), 422
        flag = {"title": "Client saved", "body": f"New invoices use {name}."}
        saved = render_fragment("page.html", "form", errors={}, value=name)
        return saved, 200, _told({"appflag": flag, "apprefresh": {}})

    @app.post("/ui/call")
    def call() -> ResponseReturnValue:
        if not request.form["who"]:
            return render_fragment("dialog.html", "form", errors={"who": "Who did you speak to?"}), 422
        return render_fragment("dialog.html", "form", errors={}), 200, _told({"appclose": {"saved": True}})

    @app.get("/ui/pdf")
    def pdf() -> Response:
        named = {"Content-Disposition": "attachment; filename*=UTF-8''Rechnung%202026-0042.pdf"}
        return Response(b"%PDF-1.7 text", mimetype="application/pdf", headers=named)

    @app.get("/ui/forbidden")
    def forbidden() -> ResponseReturnValue:
        return "<p>You may look, but not change.</p>", 403

    @app.get("/ui/broken")
    def broken() -> ResponseReturnValue:
        return "<h1>Bad gateway</h1>", 502

    @app.get("/ui/grow")
    def grow() -> str:
        return "<p>" + "<br>".join(["line"] * 40) + "</p>"

    @app.get("/ui/shrink")
    def shrink() -> str:
        return ""
