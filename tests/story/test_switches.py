"""On and off at every level, the kill switch, opt-outs with reason and end, sandbox mode and going live."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from plugin.domain.errors import InvalidInput
from plugin.services.follow_ups.switches import (
    go_live,
    kill_switch,
    opt_out_client,
    opt_out_invoice,
    switch_project,
    switch_site,
)
from plugin.services.settings.clients import save_client
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from sandbox import MailFault
from sandbox.stage.house import ACTOR, assign
from tests.support.stage import ENGLISH, NewStory, Story

FRIENDLY = date(2026, 9, 18)


def billed(story: Story) -> Invoice:
    invoice = story.bill()
    story.drain()
    return invoice


def opt_out(
    story: Story, *, on: bool = False, reason: str = "Pays through head office", until: date | None = None
) -> None:
    with story.writing() as session:
        opt_out_client(
            session,
            story.client_id,
            on=on,
            reason=reason,
            until=until,
            today=story.today,
            now=story.now,
            actor="alice",
        )


def stop(story: Story, *, stopped: bool) -> None:
    with story.writing() as session:
        kill_switch(session, stopped=stopped, now=story.now, actor=ACTOR)


def test_req_F10_the_kill_switch_stops_mails_that_are_already_queued(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = billed(story)
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "friendly").id])
    assert story.effects("mail")[-1] == "planned"
    stop(story, stopped=True)
    story.drain()
    story.walk(date(2026, 9, 22))
    assert story.reminders() == []
    assert story.step(invoice, "friendly").state == "held"
    stop(story, stopped=False)
    story.drain()
    assert story.reminders() == [("friendly", "2026-09-22")]


def test_req_F10_the_kill_switch_stops_invoices_and_receipts_too(story: Story) -> None:
    stop(story, stopped=True)
    invoice = story.bill()
    story.pay(invoice, "100.00")
    story.drain()
    assert story.sent() == []
    stop(story, stopped=False)
    story.at(date(2026, 9, 2))
    assert sorted(step for step, _ in story.sent()) == ["issue", "receipt"]


def test_req_F10_while_the_kill_switch_is_on_no_mail_server_is_spoken_to(story: Story) -> None:
    """A server that would refuse the address for good is never asked, so nothing fails and nothing is deferred."""
    invoice = billed(story)
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "friendly").id])
    later = story.bill(2)
    story.pay(later, "10.00")
    stop(story, stopped=True)
    story.box.add_fault(MailFault.rcpt(550), times=None)
    for minute in (0, 6, 12):
        story.at(FRIENDLY, hour=11, minute=minute)
    assert set(waiting_for(story)) == {"The kill switch is on; nothing is sent until an admin turns it off."}
    assert "mail_failed" not in story.alerts()
    story.box.clear_faults()
    stop(story, stopped=False)
    story.drain()
    assert sorted(step for step, _ in story.sent()) == ["friendly", "issue", "issue", "receipt"]


def waiting_for(story: Story) -> list[str]:
    """Why mails wait, and steps that came back to the planner."""
    with story.reading() as session:
        mails = select(Effect.reason).where(Effect.kind == "mail", Effect.state.in_(["planned", "deferred", "failed"]))
        steps = select(PlannedStep.reason).where(PlannedStep.step_key == "friendly", PlannedStep.state != "planned")
        return [*session.scalars(mails), *session.scalars(steps)]


def test_req_F36_a_reminder_that_is_queued_when_the_site_goes_to_sandbox_mode_is_composed_anew(story: Story) -> None:
    invoice = billed(story)
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "friendly").id])
    switch_mode(story, live=False)
    story.drain()
    assert story.step(invoice, "friendly").reason_code == "sandbox"
    switch_mode(story, live=True)
    story.at(FRIENDLY, hour=11)
    assert story.reminders() == [("friendly", "2026-09-18")]


def switch_mode(story: Story, *, live: bool) -> None:
    with story.writing() as session:
        go_live(session, live=live, now=story.now, actor=ACTOR)


@pytest.mark.parametrize("level", ["site", "project", "client", "invoice"])
def test_req_F10_off_and_on_at_every_level(story: Story, level: str) -> None:
    invoice = billed(story)

    def switch(on: bool) -> None:
        with story.writing() as session:
            if level == "site":
                switch_site(session, on=on, now=story.now, actor=ACTOR)
            elif level == "project":
                switch_project(session, story.billed, on=on, now=story.now, actor=ACTOR)
            elif level == "invoice":
                opt_out_invoice(
                    session,
                    invoice.id,
                    on=on,
                    reason="" if on else "Agreed",
                    today=story.today,
                    now=story.now,
                    actor=ACTOR,
                )
        if level == "client":
            opt_out(story, on=on)

    switch(False)
    story.at(FRIENDLY)
    story.at(date(2026, 9, 21))
    assert story.reminders() == []
    switch(True)
    story.drain()
    if level in ("client", "invoice"):
        # An opt-out is a decision: what fell into it stays skipped, the ladder goes on with what comes.
        story.walk(date(2026, 9, 29))
        assert story.reminders() == [("second", "2026-09-29")]
        assert story.step(invoice, "friendly").state == "skipped"
    else:
        assert story.reminders() == [("friendly", "2026-09-21")]


def test_req_F12_an_opted_out_client_is_skipped_with_reason_and_person(story: Story) -> None:
    invoice = billed(story)
    opt_out(story, until=date(2026, 9, 20))
    story.at(FRIENDLY)
    step = story.step(invoice, "friendly")
    assert step.state == "skipped"
    assert "alice" not in step.reason, "an account is no name"
    assert story.client().opt_out_by == "alice"
    assert "head office" in step.reason
    story.walk(date(2026, 9, 29))
    assert story.reminders() == [("second", "2026-09-29")]


def test_complaint_C20_the_opt_out_ends_on_its_day(story: Story) -> None:
    billed(story)
    opt_out(story, until=date(2026, 9, 17))
    story.at(date(2026, 9, 14))
    assert story.reminders() == []
    story.at(FRIENDLY)
    assert story.reminders() == [("friendly", "2026-09-18")]


@pytest.mark.parametrize(
    ("values", "field"), [({"reason": " "}, "opt_out_reason"), ({"until": date(2026, 8, 1)}, "opt_out_until")]
)
def test_an_opt_out_without_reason_or_with_a_past_end_is_refused(
    story: Story, values: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        opt_out(story, **values)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert story.client().opt_out_reason == ""


def test_req_F36_sandbox_mode_sends_nothing_and_going_live_releases_what_waits(new_story: NewStory) -> None:
    story = new_story(live=False)
    billed(story)
    story.at(date(2026, 9, 2))
    assert story.box.mails == []
    with story.writing() as session:
        go_live(session, live=True, now=story.now, actor=ACTOR)
    story.drain()
    story.at(date(2026, 9, 2), hour=11)
    assert story.sent() == [("issue", "2026-09-02")]
    story.at(FRIENDLY)
    assert story.reminders() == [("friendly", "2026-09-18")]


def test_req_F36_in_sandbox_mode_no_address_is_even_offered_to_the_mail_server(new_story: NewStory) -> None:
    story = new_story(live=False)
    story.box.add_fault(MailFault.rcpt(550), times=None)
    billed(story)
    story.at(date(2026, 9, 2))
    assert story.effects("mail") == ["planned"]
    story.box.clear_faults()
    with story.writing() as session:
        go_live(session, live=True, now=story.now, actor=ACTOR)
    story.at(date(2026, 9, 2), hour=11)
    assert story.sent() == [("issue", "2026-09-02")]


def test_fault_F55_an_opt_out_after_the_mail_was_composed_is_seen_at_the_gate(story: Story) -> None:
    invoice = billed(story)
    story.clock.instant = story.now.replace(day=18, hour=10)
    story.container.run_due_steps(story.tenant, [story.step(invoice, "friendly").id])
    opt_out(story)
    story.drain()
    assert story.reminders() == []
    assert story.step(invoice, "friendly").state == "skipped"


def test_req_F10_reminders_of_one_client_are_switched_off_and_on_in_its_settings(
    new_story_on_both: NewStory,
) -> None:
    story = new_story_on_both()
    other, issue = story.second_project()
    with story.writing() as session:
        second = save_client(session, None, replace(ENGLISH, name="Second GmbH"), now=story.now, actor=ACTOR)
        assign(session, str(other.id), second.id, now=story.now)
    invoice = billed(story)
    theirs = story.bill(project=other, issue=issue)
    story.drain()

    def save(*, on: bool) -> None:
        form = replace(ENGLISH, reminders_on=on, row_version=story.client().row_version)
        with story.writing() as session:
            save_client(session, story.client_id, form, now=story.now, actor=ACTOR)

    save(on=False)
    story.drain()
    assert "client" in story.step(invoice, "friendly").reason.lower()
    story.walk(FRIENDLY)
    assert story.steps(invoice)["friendly"] in ("held", "skipped", "cancelled")
    assert story.steps(theirs)["friendly"] == "sent"
    save(on=False)
    save(on=True)
    story.walk(date(2026, 9, 30))
    assert story.steps(invoice)["second"] == "sent"
    with story.reading() as session:
        switched = select(AuditRow).where(AuditRow.subject == f"client:{story.client_id}").order_by(AuditRow.seq)
        assert [(row.action, row.before, row.after) for row in session.scalars(switched)] == [
            ("switch", {"value": True}, {"value": False}),
            ("switch", {"value": False}, {"value": True}),
        ]


def test_req_F12_an_invoice_is_out_of_the_reminders_from_a_day_on(story: Story) -> None:
    invoice = billed(story)
    with story.writing() as session:
        opt_out_invoice(
            session,
            invoice.id,
            on=False,
            reason="Goodwill",
            since=date(2026, 9, 25),
            today=story.today,
            now=story.now,
            actor=ACTOR,
        )
    story.walk(date(2026, 10, 1))
    assert [step for step, _ in story.reminders()] == ["notice", "friendly"], "the second falls into it"
    assert (story.step(invoice, "second").state, story.invoice(invoice).reminders_on) == ("skipped", True)
