"""Two people at once on PostgreSQL: whoever comes second waits, nobody is thrown out by a deadlock."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from plugin.domain.errors import Conflict
from plugin.services.billing.delete_draft import delete_draft
from plugin.services.billing.issue_invoice import issue_invoice
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups import holds
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.follow_ups.switches import kill_switch, opt_out_client, switch_project
from plugin.services.payments import book
from plugin.services.settings.clients import save_client
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice
from sandbox.stage.house import ACTOR, CLIENT
from tests.support.databases import SESSIONS_THAT_WAIT, Urls
from tests.support.stage import NewStory, Story, _stories

PATIENCE = 20.0


@pytest.fixture
def new_story_on_postgres(postgres_urls: Urls) -> Iterator[NewStory]:
    yield from _stories(postgres_urls)


def kill(session: TenantSession, story: Story) -> None:
    kill_switch(session, stopped=True, now=story.now, actor=ACTOR)


def project_off(session: TenantSession, story: Story) -> None:
    switch_project(session, story.billed, on=False, now=story.now, actor=ACTOR)


def opt_out(session: TenantSession, story: Story) -> None:
    opt_out_client(
        session, story.client_id, on=False, reason="So", until=None, today=story.today, now=story.now, actor=ACTOR
    )


def edit_client(session: TenantSession, story: Story) -> None:
    row = session.get_one(Client, (story.tenant, story.client_id))
    save_client(session, story.client_id, replace(CLIENT, row_version=row.row_version), now=story.now, actor=ACTOR)


@pytest.mark.parametrize("change", [kill, project_off, opt_out, edit_client])
def test_fault_F22_a_payment_and_a_change_of_the_site_or_the_client_wait_for_each_other(
    new_story_on_postgres: NewStory,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[TenantSession, Story], None],
) -> None:
    story = new_story_on_postgres()
    invoice = story.bill()
    story.drain()
    problems: list[SQLAlchemyError] = []
    under_way = threading.Event()

    def changes() -> None:
        try:
            with story.writing() as session:
                under_way.set()
                change(session, story)
        except SQLAlchemyError as problem:
            problems.append(problem)

    other = threading.Thread(target=changes)

    def late_audit(*args: object, **words: object) -> None:
        # The payment holds the invoice and its steps by now.
        other.start()
        under_way.wait(PATIENCE)
        _until_somebody_waits(story)
        record_audit(*args, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(book, "record_audit", late_audit)
    story.pay(invoice, "1190.00")
    other.join(PATIENCE)
    assert problems == []
    assert story.invoice(invoice).state == "paid"


def test_fault_F22_a_pause_and_the_kill_switch_wait_for_each_other(
    new_story_on_postgres: NewStory, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = new_story_on_postgres()
    invoice = story.bill()
    story.drain()
    problems: list[SQLAlchemyError] = []

    def kills() -> None:
        try:
            with story.writing() as session:
                kill(session, story)
        except SQLAlchemyError as problem:
            problems.append(problem)

    other = threading.Thread(target=kills)

    def late_replan(*args: object, **words: object) -> None:
        other.start()
        _until_somebody_waits(story)
        replan(*args, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(holds, "replan", late_replan)
    story.hold(invoice, "paused")
    other.join(PATIENCE)
    assert problems == []


@pytest.mark.parametrize("late", ["issue", "delete"])
def test_I4_a_draft_that_somebody_else_has_issued_meanwhile_is_neither_issued_nor_deleted(
    new_story_on_both: NewStory, late: str
) -> None:
    story = new_story_on_both()
    draft = story.draft()
    if story.container.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    with story.writing() as session:
        # Whoever checks a right or a place first has the row in mind as it was.
        seen = invoice_of(session, draft.id)
        assert seen.state == "draft"
        story.office.issue(draft.id)
        with pytest.raises(Conflict):
            _again(session, story, draft, late)
    assert story.invoice(draft).number == "INV-2026-0001"


def _again(session: TenantSession, story: Story, draft: Invoice, late: str) -> None:
    if late == "delete":
        delete_draft(session, draft.id, now=story.now, actor=ACTOR)
        return
    issue_invoice(
        session,
        draft.id,
        today=story.today,
        now=story.now,
        actor=ACTOR,
        renderer=story.container.renderer,
        message_ids=story.message_id,
    )


def _until_somebody_waits(story: Story) -> None:
    """Gives the other side time to run into a lock, if it runs into one at all."""
    end = time.monotonic() + 2
    while time.monotonic() < end:
        with story.container.planner_engine.connect() as connection:
            if connection.execute(text(SESSIONS_THAT_WAIT)).scalar_one():
                return
        time.sleep(0.05)
