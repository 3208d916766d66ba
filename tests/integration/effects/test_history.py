"""The living comment and the issue property: once, whole, in the right hands, and never in the way of the invoice."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from plugin.services.history.record import queue_properties
from plugin.services.history.refresh import refresh_jira
from plugin.services.jira_errors import (
    JiraForbidden,
    JiraGone,
    JiraLimited,
    JiraRefused,
    JiraRejectedToken,
    JiraUnavailable,
    LimitScope,
)
from plugin.services.jira_facts import Audience, CommentVisibility, Lozenge
from plugin.store.tables.clients import Project
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.invoices import Invoice, InvoiceEvent
from plugin.store.tables.outbox import Effect
from plugin.store.tables.tenants import Installation
from tests.integration.effects.history import HOME, OTHER, event, states, work
from tests.support.delivery import NOW, DeliveryWorld
from tests.support.scripted_jira import ScriptedJira


def set_row(world: DeliveryWorld, table: type[Project | CompanyProfile | Invoice], **values: object) -> None:
    with world.writing(world.tenant_id) as session:
        session.execute(update(table).values(**values))


def end_grace(world: DeliveryWorld) -> None:
    with world.writing(world.tenant_id) as session:
        session.execute(update(Effect).where(Effect.state == "unknown").values(lease_until=NOW - timedelta(days=1)))


def test_req_F50_four_events_make_one_comment_with_four_rows(world: DeliveryWorld, jira: ScriptedJira) -> None:
    for number in range(4):
        event(world, f"event-{number}", text=f"Event {number}")
        work(world)
    (comment,) = jira.comments
    assert (comment.issue, comment.edits) == (HOME, 3)
    assert [row[3] for row in comment.body.rows] == [f"Event {number}" for number in range(4)]
    assert comment.body.rows[0][0] == date(2026, 11, 4)
    assert comment.body.lead[0] == "Invoice INV-one"
    assert comment.body.lead[1] == Lozenge(text="Overdue", colour=comment.body.lead[1].colour)  # type: ignore[union-attr]


def test_an_event_is_recorded_once_for_its_key(world: DeliveryWorld, jira: ScriptedJira) -> None:
    for _ in range(3):
        event(world, "the-same")
    with world.reading(world.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(InvoiceEvent)) == 1
        assert session.get_one(Invoice, (world.tenant_id, "invoice-one")).revision == 1
        assert session.scalar(select(func.count()).select_from(Effect)) == 3


def test_events_close_together_collapse_into_one_write(world: DeliveryWorld, jira: ScriptedJira) -> None:
    for number in range(4):
        event(world, f"event-{number}")
    work(world)
    assert [(len(comment.body.rows), comment.edits) for comment in jira.comments] == [(4, 0)]
    assert sorted(states(world, "jira_comment")) == ["sent", "skipped", "skipped", "skipped"]


def test_fault_F28_a_comment_whose_answer_was_lost_is_found_by_its_marker(
    world: DeliveryWorld, jira: ScriptedJira
) -> None:
    jira.after = [JiraUnavailable("timed out", ambiguous=True)]
    event(world, "event")
    work(world, rounds=1)
    assert states(world, "jira_comment") == ["unknown"]
    end_grace(world)
    world.clock.advance(timedelta(minutes=2))
    work(world)
    assert (len(jira.comments), jira.looks, states(world, "jira_comment")) == (1, 1, ["sent"])
    event(world, "next")
    work(world)
    assert [(len(comment.body.rows), comment.edits) for comment in jira.comments] == [(2, 1)]


def test_fault_F28_a_comment_that_was_never_written_is_written_again(world: DeliveryWorld, jira: ScriptedJira) -> None:
    jira.failures = [JiraUnavailable("500", ambiguous=True)]
    jira.look_failures = [JiraUnavailable("503", ambiguous=False)]
    event(world, "event")
    work(world, rounds=1)
    event(world, "while in doubt")
    for _ in range(4):
        end_grace(world)
        world.clock.advance(timedelta(minutes=2))
        work(world)
    assert [len(comment.body.rows) for comment in jira.comments] == [2]
    assert set(states(world, "jira_comment")) <= {"sent", "skipped"}


def test_no_second_comment_while_the_first_is_in_doubt(world: DeliveryWorld, jira: ScriptedJira) -> None:
    jira.after = [JiraUnavailable("timed out", ambiguous=True)]
    event(world, "event")
    work(world, rounds=1)
    event(world, "next")
    work(world, rounds=2)
    assert (len(jira.comments), states(world, "jira_comment")) == (1, ["unknown", "planned"])


def test_req_F50_a_deleted_comment_comes_back_once(world: DeliveryWorld, jira: ScriptedJira) -> None:
    jira.gone = JiraGone("no such comment")
    event(world, "one")
    work(world)
    jira.comments.clear()
    event(world, "two")
    work(world)
    assert [len(comment.body.rows) for comment in jira.comments] == [2]
    jira.comments.clear()
    for key in ("three", "four"):
        event(world, key)
        work(world)
    assert jira.comments == []
    assert states(world, "jira_comment")[-2:] == ["skipped", "skipped"]
    with world.reading(world.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(InvoiceEvent)) == 4


def test_comment_on_every_issue_by_setting(world: DeliveryWorld, jira: ScriptedJira) -> None:
    set_row(world, Project, comment_on="all")
    event(world, "event")
    work(world)
    assert sorted(comment.issue for comment in jira.comments) == [HOME, OTHER]


@pytest.mark.parametrize(
    ("service_desk", "visibility", "role", "restricted_to", "text"),
    [
        (False, "restricted", "Billing", "Billing", "1,190.00 EUR due"),
        (False, "restricted", "", "nothing is written", ""),
        (False, "open", "Billing", None, "1,190.00 EUR due"),
        (False, "open", "", None, "1,190.00 EUR due"),
        (True, "open", "Billing", "Billing", "Invoice issued"),
        (True, "open", "", None, "Invoice issued"),
        (True, "restricted", "", None, "Invoice issued"),
    ],
)
def test_req_F50_who_may_read_the_comment_decides_what_it_says(
    world: DeliveryWorld,
    jira: ScriptedJira,
    service_desk: bool,
    visibility: str,
    role: str,
    restricted_to: str | None,
    text: str,
) -> None:
    set_row(world, Project, service_desk=service_desk, comment_visibility=visibility)
    set_row(world, CompanyProfile, comment_role=role)
    event(world, "event")
    work(world)
    if restricted_to == "nothing is written":
        assert (jira.comments, states(world, "jira_comment")) == ([], ["skipped"])
        return
    (comment,) = jira.comments
    wanted = CommentVisibility(audience=Audience.ROLE, identifier=restricted_to) if restricted_to else None
    assert (comment.visibility, comment.body.rows[0][3]) == (wanted, text)
    assert comment.body.internal is service_desk
    says_amount = any("1,190.00" in str(part) for part in comment.body.lead)
    assert says_amount is (text != "Invoice issued")


def test_req_F50_a_group_may_read_the_comment(world: DeliveryWorld, jira: ScriptedJira) -> None:
    set_row(world, CompanyProfile, comment_audience="group", comment_role="billers")
    event(world, "event")
    work(world)
    (comment,) = jira.comments
    assert comment.visibility == CommentVisibility(audience=Audience.GROUP, name="billers")


def test_fault_F26_a_limit_of_the_tenant_holds_all_its_writes(world: DeliveryWorld, jira: ScriptedJira) -> None:
    jira.failures = [_limited(LimitScope.TENANT, 30)]
    event(world, "event")
    work(world, rounds=1)
    assert (jira.comments, jira.puts) == ([], 0)
    world.clock.advance(timedelta(seconds=30))
    work(world)
    assert (len(jira.comments), jira.puts) == (1, 2)


def test_fault_F26_a_limit_of_one_issue_holds_only_that_issue(world: DeliveryWorld, jira: ScriptedJira) -> None:
    event(world, "event")
    jira.failures = [_limited(LimitScope.ISSUE, None)]
    work(world, rounds=2)
    assert set(jira.properties) == {OTHER}
    world.clock.advance(timedelta(seconds=61))
    work(world)
    assert (len(jira.comments), set(jira.properties)) == (1, {HOME, OTHER})


def test_fault_F27_an_hour_of_errors_defers(world: DeliveryWorld, jira: ScriptedJira) -> None:
    event(world, "event")
    jira.failures = [JiraUnavailable("502", ambiguous=False) for _ in range(6)]
    for _ in range(30):
        work(world, rounds=1)
        world.clock.advance(timedelta(minutes=5))
    assert (len(jira.comments), jira.failures) == (1, [])
    assert states(world, "jira_comment") == ["sent"]


def test_fault_F29_the_third_rejected_token_asks_for_a_reinstall(world: DeliveryWorld, jira: ScriptedJira) -> None:
    event(world, "event")
    for minute in range(3):
        assert world.alerts() == [], f"after {minute} minutes"
        jira.failures = [JiraRejectedToken("401") for _ in range(3)]
        work(world, rounds=1)
        world.clock.advance(timedelta(minutes=1))
    assert world.alerts() == ["needs_reinstall"]
    with world.reading(world.tenant_id) as session:
        assert session.scalars(select(Installation.state)).one() == "broken"
    jira.failures = []
    world.clock.advance(timedelta(minutes=5))
    work(world)
    assert len(jira.comments) == 1
    with world.reading(world.tenant_id) as session:
        assert session.scalars(select(Installation.state)).one() == "enabled"


def test_fault_F29_a_success_between_forgets_the_rejections(world: DeliveryWorld, jira: ScriptedJira) -> None:
    for number in range(3):
        jira.failures = [JiraRejectedToken("401")]
        event(world, f"event-{number}")
        work(world, rounds=1)
        world.clock.advance(timedelta(minutes=5))
        work(world)
    with world.reading(world.tenant_id) as session:
        assert session.scalars(select(Installation.state)).one() == "enabled"


@pytest.mark.parametrize("refusal", [JiraForbidden("403"), JiraGone("404"), JiraRefused("400")])
def test_fault_F30_undeliverable_history_leaves_the_invoice_valid(
    world: DeliveryWorld, jira: ScriptedJira, refusal: Exception
) -> None:
    event(world, "event")
    jira.failures = [refusal, refusal, refusal]
    work(world)
    assert (states(world, "jira_comment"), states(world, "jira_property")) == (["failed"], ["failed", "failed"])
    assert set(world.alerts()) == {"history_undeliverable"}
    with world.reading(world.tenant_id) as session:
        assert session.get_one(Invoice, (world.tenant_id, "invoice-one")).state == "issued"


def test_fault_F34_after_an_uninstall_nothing_is_written(world: DeliveryWorld, jira: ScriptedJira) -> None:
    event(world, "event")
    with world.writing(world.tenant_id) as session:
        session.execute(update(Installation).values(state="uninstalled"))
    work(world)
    assert (jira.comments, jira.puts, set(states(world, "jira_comment"))) == ([], 0, {"cancelled"})


def test_fault_F36_a_disabled_app_writes_later(world: DeliveryWorld, jira: ScriptedJira) -> None:
    event(world, "event")
    with world.writing(world.tenant_id) as session:
        session.execute(update(Installation).values(state="disabled"))
    work(world)
    assert jira.puts == 0
    with world.writing(world.tenant_id) as session:
        session.execute(update(Installation).values(state="enabled"))
    world.clock.advance(timedelta(hours=1))
    work(world)
    assert (len(jira.comments), jira.puts) == (1, 2)


def test_idea_U01_the_property_says_what_jql_asks_for(world: DeliveryWorld, jira: ScriptedJira) -> None:
    event(world, "event")
    work(world)
    overdue = {"number": "INV-one", "state": "overdue", "due": "2026-11-01", "bucket": "1_30"}
    assert jira.properties == {
        HOME: {"invoices": [overdue], "unbilledHours": 1.5},
        OTHER: {"invoices": [overdue], "unbilledHours": 0.0},
    }


def test_idea_U01_a_day_without_a_change_writes_nothing(world: DeliveryWorld, jira: ScriptedJira) -> None:
    event(world, "event")
    work(world)
    for day in range(40):
        world.clock.advance(timedelta(days=1))
        refresh_jira(lambda: world.writing(world.tenant_id), now=world.clock.now())
        work(world)
        # Due on 1 November: the 31st day late is 2 December, 28 days on.
        assert jira.puts == (2 if day < 27 else 4), day
    assert jira.properties[HOME]["invoices"][0]["bucket"] == "31_60"  # type: ignore[index]


def test_an_unchanged_property_is_skipped(world: DeliveryWorld, jira: ScriptedJira) -> None:
    event(world, "event")
    work(world)
    with world.writing(world.tenant_id) as session:
        queue_properties(session, [HOME], key="again", now=world.clock.now())
    work(world)
    assert jira.puts == 2
    assert sorted(states(world, "jira_property")) == ["sent", "sent", "skipped"]


def test_a_put_without_an_answer_counts_for_nothing(world: DeliveryWorld, jira: ScriptedJira) -> None:
    """The property may hold the new body although the put failed; the old body must be written again then."""
    event(world, "event")
    work(world)
    set_row(world, Invoice, balance_minor=0, state="paid")
    jira.after_put = [JiraUnavailable("lost", ambiguous=False)]
    with world.writing(world.tenant_id) as session:
        queue_properties(session, [HOME], key="paid", now=world.clock.now())
    work(world, rounds=1)
    set_row(world, Invoice, balance_minor=119_000, state="issued")
    world.clock.advance(timedelta(minutes=5))
    work(world)
    assert jira.properties[HOME]["invoices"][0]["state"] == "overdue"  # type: ignore[index]


def _limited(scope: LimitScope, seconds: float | None) -> JiraLimited:
    return JiraLimited("429", scope=scope, operation="addComment", retry_after=seconds)
