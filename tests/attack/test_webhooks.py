"""Webhook bodies made to hurt: large, deep, broken, repeated. Each is refused at once, and the service lives on."""

import json
from time import perf_counter

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from plugin.store.tables.outbox import Inbox
from tests.attack.catalogue import snapshot
from tests.support.app import APP_URL, AppWorld

PATH = "/connect/webhooks/issue_updated"
DEEP = b'{"issue":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
BROKEN = {
    "invalid UTF-8": b'{"issue": "\xff\xfe"}',
    "NaN": b'{"issue": {"id": NaN}}',
    "an endless number": b'{"issue": {"id": ' + b"9" * 5_000 + b"}}",
    "a bottomless body": DEEP,
    "a list": b"[]",
    "a key twice": b'{"issue": {"id": "1", "id": "2"}}',
    "nothing": b"",
}


def send(world: AppWorld, body: bytes, path: str = PATH, **headers: str) -> TestResponse:
    """What Jira would send: signed for the path, with a body that no signature covers."""
    token = world.jira.page_token(f"{APP_URL}{path}", world.sites.alice, claims={"qsh": _qsh(path)})
    return world.client.post(path, data=body, headers={"Authorization": f"JWT {token}", **headers})


def test_attack_A72_bodies_that_are_no_news_are_refused(app_world: AppWorld) -> None:
    before = snapshot(app_world.container.engine)
    for name, body in BROKEN.items():
        assert send(app_world, body).status_code == 400, name
    assert send(app_world, b"x" * 10_000_000).status_code == 413
    assert snapshot(app_world.container.engine) == before
    assert app_world.client.get("/healthz").status_code == 200


def test_attack_A72_refusing_costs_less_than_a_tenth_of_a_second(app_world: AppWorld) -> None:
    for body in (b"x" * 10_000_000, DEEP):
        times = []
        for _ in range(5):
            start = perf_counter()
            send(app_world, body)
            times.append(perf_counter() - start)
        assert min(times) < 0.1


def test_attack_A71_the_same_identifier_again_and_again_is_one_hint(app_world: AppWorld) -> None:
    body = json.dumps({"issue": {"id": "10000"}}).encode()
    for _ in range(100):
        assert send(app_world, body, **{"X-Atlassian-Webhook-Identifier": "same"}).status_code == 204
    with app_world.container.reading(app_world.tenant) as session:
        assert session.scalars(select(func.count()).select_from(Inbox)).one() == 1


def test_attack_A70_an_unknown_event_and_odd_ids_store_no_id(app_world: AppWorld) -> None:
    odd = json.dumps({"issue": {"id": "1 OR 1=1"}, "worklog": {"id": True, "issueId": ["2"]}}).encode()
    assert send(app_world, odd).status_code == 204
    with app_world.container.reading(app_world.tenant) as session:
        hint = session.scalars(select(Inbox)).one()
    assert (hint.issue_id, hint.worklog_id) == (None, None)
    assert send(app_world, b"{}", "/connect/webhooks/issue_exploded").status_code == 404


def _qsh(path: str) -> str:
    from sandbox.jira.tokens import query_hash

    return query_hash("POST", f"{APP_URL}{path}", APP_URL)
