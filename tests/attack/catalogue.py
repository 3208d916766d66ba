"""Every way in, taken from the app's own map with addresses filled in; the whole database as one value to compare."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Engine, select
from werkzeug.routing import Rule

from plugin.hosts.principal import TokenKind
from plugin.services.sync.hints import EVENTS
from plugin.store.base import Base
from plugin.ui.admin.frame import TABS as ADMIN_TABS
from plugin.ui.routes import kinds_of
from plugin.ui.settings.frame import TABS as SETTINGS_TABS
from tests.support.app_seed import Seeded

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache, no-store",
}


@dataclass(frozen=True)
class Way:
    """One address with one method. ``kind`` is the token it takes."""

    endpoint: str
    kind: TokenKind
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def ways(app: Flask, ids: Seeded, *, project: str | None = None) -> list[Way]:
    """Every rule of the map with its methods, about the rows of one tenant."""
    kinds = kinds_of(app)
    return [
        Way(str(rule.endpoint), kinds[str(rule.endpoint)], method, path)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        for path in _paths(rule, ids, project or ids.project)
    ]


def _paths(rule: Rule, ids: Seeded, project: str) -> Iterator[str]:
    offered: dict[str, list[str]] = {
        "project_id": [project],
        "invoice_id": [ids.draft if rule.endpoint in ("project.issue", "project.delete") else ids.invoice],
        "issue_id": [ids.issue],
        "payment_id": [ids.payment],
        "hold_id": [ids.hold],
        "task_id": [ids.letter if rule.endpoint == "project.letter" else ids.task],
        "target_id": [ids.target],
        "rate_id": [ids.rate],
        "policy_id": [ids.policy_row],
        "draft_id": [ids.policy_draft],
        "alert_id": [ids.alert],
        "effect_id": [ids.effect],
        "message_id": [ids.message],
        "note_id": [ids.note],
        "debit_note_id": [ids.debit_note],
        "event": sorted(EVENTS),
        "step_key": ["second"],
        "kind": ["project", "site"],
        "voice_id": [ids.voice],
        "token": ["A" * 104],
        "number": ["1"],
        "name": ["app.css"],
        "tab": list(ADMIN_TABS if str(rule.endpoint).startswith("admin.") else SETTINGS_TABS),
    }
    surfaces = [("panel", ids.issue), ("project", project)] if "surface" in rule.arguments else [("", project)]
    for surface, place in surfaces:
        values = offered | {"surface": [surface], "place": [place]}
        yield from _filled(rule, values)


def _filled(rule: Rule, values: dict[str, list[str]]) -> Iterator[str]:
    names = sorted(rule.arguments)
    combinations: list[dict[str, str]] = [{}]
    for name in names:
        combinations = [{**chosen, name: value} for chosen in combinations for value in values[name]]
    for chosen in combinations:
        built = rule.build(chosen)
        assert built is not None, rule
        yield built[1]


def snapshot(engine: Engine, *, tenant: str | None = None) -> str:
    """One digest over every row of every table, of all tenants or of one."""
    digest = hashlib.sha256()
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            query = select(table)
            if tenant is not None and "tenant_id" in table.columns:
                query = query.where(table.c.tenant_id == tenant)
            rows = sorted(repr(tuple(row)) for row in connection.execute(query))
            digest.update(f"{table.name}:{rows}".encode())
    return digest.hexdigest()
