"""Dying at any point of a Jira write or a document leaves one comment, one property, one document."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
from sqlalchemy import select, update

from plugin.services.effects import make_document, run, write_comment, write_property
from plugin.store.tables.invoices import Document
from plugin.store.tables.outbox import Effect, HistoryComment
from tests.integration.effects.documents import CountingRenderer, add_document, stored
from tests.integration.effects.history import HOME, event, states, work
from tests.support.delivery import NOW, DeliveryWorld
from tests.support.scripted_jira import ScriptedJira
from worker.clock import Tick


class Died(BaseException):
    """What no handler catches, as kill -9."""


def die_at(monkeypatch: pytest.MonkeyPatch, module: ModuleType, point: str) -> Callable[[], bool]:
    """The first time a point is reached there, the work ends; says whether it was."""
    reached: list[str] = []

    def crash_point(name: str, _subject: str = "") -> None:
        if name == point and not reached:
            reached.append(name)
            raise Died(point)

    monkeypatch.setattr(module, "crash_point", crash_point)
    return lambda: bool(reached)


def come_back(world: DeliveryWorld) -> None:
    """All leases and graces run out, and a clock reconciles; then again for what went in doubt."""
    for _ in range(2):
        with world.writing(world.tenant_id) as session:
            session.execute(
                update(Effect).where(Effect.lease_until.is_not(None)).values(lease_until=NOW - timedelta(days=400))
            )
        Tick(world).run_once()
        world.clock.advance(timedelta(minutes=1))
    work(world)


@pytest.mark.parametrize("point", ["claimed", "posting", "posted"])
def test_a_comment_is_written_once_wherever_its_worker_dies(
    world: DeliveryWorld, jira: ScriptedJira, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    died = die_at(monkeypatch, run if point == "claimed" else write_comment, point)
    event(world, "event")
    with pytest.raises(Died):
        work(world)
    assert died()
    assert len(jira.comments) == (1 if point == "posted" else 0)
    come_back(world)
    assert (len(jira.comments), states(world, "jira_comment")) == (1, ["sent"])
    event(world, "next")
    work(world)
    assert [(len(comment.body.rows), comment.edits) for comment in jira.comments] == [(2, 1)]
    with world.reading(world.tenant_id) as session:
        assert session.scalars(select(HistoryComment.written_revision)).one() == 2


@pytest.mark.parametrize("point", ["posting", "posted"])
def test_an_edit_is_repeated_wherever_its_worker_dies(
    world: DeliveryWorld, jira: ScriptedJira, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    event(world, "one")
    work(world)
    die_at(monkeypatch, write_comment, point)
    event(world, "two")
    with pytest.raises(Died):
        work(world)
    come_back(world)
    assert [len(comment.body.rows) for comment in jira.comments] == [2]
    assert states(world, "jira_comment") == ["sent", "sent"]


@pytest.mark.parametrize("point", ["putting", "put"])
def test_a_property_is_whole_wherever_its_worker_dies(
    world: DeliveryWorld, jira: ScriptedJira, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    die_at(monkeypatch, write_property, point)
    event(world, "event")
    with pytest.raises(Died):
        work(world)
    come_back(world)
    assert set(states(world, "jira_property")) == {"sent"}
    assert HOME in jira.properties


def test_a_document_is_stored_once_when_its_worker_dies_after_rendering(
    world: DeliveryWorld, renderer: CountingRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    die_at(monkeypatch, make_document, "document_rendered")
    effect = add_document(world)
    with pytest.raises(Died):
        world.run(effect)
    come_back(world)
    world.run(effect)
    assert world.effect(effect).state == "sent"
    assert len(stored(world)) == 1
    with world.reading(world.tenant_id) as session:
        assert session.scalars(select(Document.kind)).all() == ["pdf"]
