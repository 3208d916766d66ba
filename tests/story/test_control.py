"""Control of a site: opt-outs with an end, quiet periods, payment data too old, a disputed line, ended schedules."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from plugin.domain.errors import InvalidInput, NotFound
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_json import to_dict
from plugin.services.control.freshness import enter_payments_up_to
from plugin.services.follow_ups.close_task import Outcome
from plugin.services.follow_ups.dispute_line import dispute_line
from plugin.services.follow_ups.switches import opt_out_client, opt_out_invoice
from plugin.services.settings.control import control_of, save_control
from plugin.services.settings.quiet_periods import QuietForm, add_quiet_period, quiet_periods, remove_quiet_period
from plugin.store.queries.invoice_parts import lines_of
from plugin.store.tables.audit import Alert, AuditRow
from plugin.store.tables.company import MailSettings
from plugin.store.tables.invoices import Invoice
from sandbox.stage.house import ACTOR
from tests.support.stage import Story

FRIENDLY, SECOND = date(2026, 9, 18), date(2026, 9, 29)


def billed(story: Story) -> Invoice:
    invoice = story.bill()
    story.drain()
    return invoice


def test_complaint_C20_a_client_is_left_out_with_reason_person_and_end(story: Story) -> None:
    invoice = billed(story)
    with story.writing() as session:
        opt_out_client(
            session,
            story.client_id,
            on=False,
            reason="Merger",
            until=date(2026, 9, 21),
            today=story.today,
            now=story.now,
            actor="alice",
        )
    story.walk(date(2026, 10, 1))
    assert story.reminders() == [("second", "2026-09-29")]
    step = story.step(invoice, "friendly")
    assert (step.state, "Merger" in step.reason) == ("skipped", True)
    client = story.client()
    assert (client.opt_out_by, client.opt_out_since) == ("alice", date(2026, 9, 1))


def test_req_F12_one_invoice_is_left_out_for_a_while_and_goes_on_by_itself(story: Story) -> None:
    invoice = billed(story)
    with story.writing() as session:
        opt_out_invoice(
            session,
            invoice.id,
            on=False,
            reason="Credit note to come",
            until=date(2026, 9, 21),
            today=story.today,
            now=story.now,
            actor="alice",
        )
    story.walk(date(2026, 10, 1))
    assert story.reminders() == [("second", "2026-09-29")]
    assert "Credit note to come" in story.step(invoice, "friendly").reason
    with story.writing() as session, pytest.raises(InvalidInput):
        opt_out_invoice(
            session,
            invoice.id,
            on=False,
            reason="Again",
            until=date(2026, 9, 1),
            today=story.today,
            now=story.now,
            actor="alice",
        )


def quiet(story: Story, form: QuietForm) -> str:
    with story.writing() as session:
        return add_quiet_period(session, form, now=story.now, actor=ACTOR).id


def test_a_quiet_period_of_a_client_rests_and_ends_by_itself_or_by_a_person(story: Story) -> None:
    invoice = billed(story)
    form = QuietForm(
        name="Trade fair",
        starts_on=date(2025, 9, 14),
        ends_on=date(2025, 9, 22),
        yearly=True,
        client_id=story.client_id,
    )
    row = quiet(story, form)
    story.walk(date(2026, 9, 22))
    assert story.reminders() == []
    assert "Trade fair" in story.step(invoice, "friendly").reason
    story.at(date(2026, 9, 23))
    assert story.reminders() == [("friendly", "2026-09-23")]
    with story.writing() as session:
        remove_quiet_period(session, row, now=story.now, actor=ACTOR)
        assert quiet_periods(session, story.client_id) == []
    with story.writing() as session, pytest.raises(NotFound):
        remove_quiet_period(session, row, now=story.now, actor=ACTOR)
    with story.reading() as session:
        actions = set(session.scalars(select(AuditRow.action)))
    assert {"quiet.added", "quiet.removed"} <= actions


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"ends_on": date(2026, 12, 1)}, "ends_on"),
        ({"ends_on": date(2027, 6, 1)}, "ends_on"),
    ],
)
def test_a_quiet_period_that_makes_no_sense_is_refused(story: Story, changes: dict[str, object], field: str) -> None:
    form = QuietForm(name="Christmas", starts_on=date(2026, 12, 24), ends_on=date(2027, 1, 1), yearly=True)
    with pytest.raises(InvalidInput) as refused:
        quiet(story, replace(form, **changes))  # type: ignore[arg-type]
    assert refused.value.field == field


def payments_up_to(story: Story, instant: datetime) -> None:
    with story.writing() as session:
        enter_payments_up_to(session, instant, now=story.now, actor=ACTOR)


def test_req_U10_payments_49_hours_old_with_a_limit_of_48_hold_all_rows_with_one_notice(story: Story) -> None:
    invoice = billed(story)
    with story.writing() as session:
        settings = session.get_one(MailSettings, story.tenant)
        form = replace(control_of(settings), payments_limit_hours=48)
        save_control(session, form, now=story.now, actor=ACTOR)
    at_ten = datetime(2026, 9, 18, 10, tzinfo=UTC)
    story.at(date(2026, 9, 17))
    payments_up_to(story, at_ten - timedelta(hours=49))
    story.at(FRIENDLY)
    for _ in range(3):
        story.read_jira("control")
    assert story.reminders() == []
    assert "49 hours old" in story.step(invoice, "friendly").reason
    assert story.alerts() == ["stale_payments"]
    payments_up_to(story, story.now)
    story.drain()
    assert story.reminders() == [("friendly", "2026-09-18")]
    with story.reading() as session:
        assert session.scalars(select(Alert)).one().settled_at is not None
    with pytest.raises(InvalidInput):
        payments_up_to(story, story.now - timedelta(hours=1))
    with pytest.raises(InvalidInput):
        payments_up_to(story, story.now + timedelta(hours=1))


def test_req_U12_a_disputed_line_is_held_with_its_tax_and_the_rest_is_chased(story: Story) -> None:
    other = story.jira.add_issue(story.project, "Extra work")
    story.log(2, issue=other)
    invoice = billed(story)
    with story.reading() as session:
        line = next(line for line in lines_of(session, invoice.id) if other.key in line.issue_keys)
    with story.writing() as session:
        hold = dispute_line(
            session, invoice.id, line.id, reason="Not ordered", today=story.today, now=story.now, actor=ACTOR
        )
    assert hold.amount_minor == 23_800
    story.at(FRIENDLY)
    assert "€1,190.00" in story.mails()[-1].text
    with story.writing() as session, pytest.raises(NotFound):
        dispute_line(session, invoice.id, "x", reason="?", today=story.today, now=story.now, actor=ACTOR)


def test_req_F02_an_ended_schedule_becomes_one_task_with_outcomes_of_its_own(story: Story) -> None:
    body = to_dict(default_policy())
    steps = body["steps"]
    assert isinstance(steps, list)
    story.publish({**body, "steps": [step for step in steps if step["key"] == "friendly"]})
    billed(story)
    story.walk(date(2026, 9, 25))
    for _ in range(2):
        story.read_jira("control")
    (task,) = story.office.tasks()
    assert task.kind == "end_of_schedule"
    story.office.close(task.id, Outcome(outcome="wait", promised_on=date(2026, 10, 5)))
    story.walk(date(2026, 10, 6))
    story.read_jira("control")
    assert story.office.tasks() == [], "it was decided a few days ago"
    story.walk(date(2026, 10, 27))
    story.read_jira("control")
    (task,) = story.office.tasks()
    story.office.close(task.id, Outcome(outcome="plan"))
    assert [each.kind for each in story.office.tasks()] == ["plan_offer"]
