"""A simulation says what would go; what it says of the present ladders is what then happens, if nothing else does."""

from dataclasses import replace
from datetime import date

import pytest

from plugin.domain.reminders.play_report import compare_reports
from plugin.domain.reminders.policy import Channel, Tone
from plugin.domain.reminders.policy_presets import presets
from plugin.services.follow_ups.switches import go_live, kill_switch, opt_out_invoice
from plugin.services.policies.simulate import Simulation, as_now, simulate, under
from sandbox.stage.house import ACTOR
from tests.attack.catalogue import snapshot
from tests.support.stage import Story


def simulated(story: Story, key: str = "", *, days: int = 90, project_id: str | None = None) -> Simulation:
    ladder = under(presets()[key], project_id=project_id) if key else as_now
    with story.reading() as session:
        (found,) = simulate(session, [ladder], now=story.now, days=days, project_id=project_id)
    return found


def mails(found: Simulation) -> list[tuple[str, str]]:
    return [
        (contact.steps[0].key, contact.day.isoformat())
        for contact in found.contacts
        if contact.channel is Channel.EMAIL
    ]


def test_what_is_simulated_is_what_is_sent(story: Story) -> None:
    """Two invoices of one client, a week apart: the days between contacts and one mail for both are played too."""
    story.bill()
    story.drain()
    story.at(date(2026, 9, 8))
    story.bill(2)
    story.drain()
    foretold = simulated(story, days=45)
    assert foretold.report.tasks == {"call": 2, "plan_offer": 2}
    story.walk(date(2026, 10, 23))
    assert mails(foretold) == story.reminders()
    assert foretold.report.mails == len(story.reminders())


def test_the_same_data_twice_give_the_same_counts_and_nothing_is_stored(story: Story) -> None:
    story.bill()
    story.drain()
    before = snapshot(story.container.engine)
    assert simulated(story, "strict") == simulated(story, "strict")
    assert snapshot(story.container.engine) == before


def test_another_ladder_is_compared_with_the_present_one(story: Story) -> None:
    story.bill()
    story.drain()
    now, strict, autopay = (simulated(story, key) for key in ("", "strict", "autopay"))
    assert now.report.tones == {Tone.FRIENDLY: 2, Tone.FIRM: 1, Tone.FINAL: 1}
    assert strict.report.tones == {Tone.FRIENDLY: 1, Tone.NEUTRAL: 1, Tone.FIRM: 1, Tone.FINAL: 1}
    assert autopay.report.steps == {"notice": 1}
    assert compare_reports(now.report, autopay.report) == (
        "1 mail instead of 4.",
        "The first contact is on 2026-09-10 instead of on 2026-09-14.",
        "1 client would hear from us less often.",
        "One client gets 1 contact at most instead of 6.",
        "1 friendly mail instead of 2.",
        "0 firm mails instead of 1.",
        "0 final mails instead of 1.",
        "0 tasks for people instead of 3.",
    )
    assert compare_reports(now.report, now.report) == ("Nothing changes: the same goes on the same days.",)


@pytest.mark.parametrize("what", ["sandbox", "stopped"])
def test_a_site_that_does_not_send_yet_sees_what_it_would_send(story: Story, what: str) -> None:
    story.bill()
    story.drain()
    expected = simulated(story)
    with story.writing() as session:
        if what == "sandbox":
            go_live(session, live=False, now=story.now, actor=ACTOR)
        else:
            kill_switch(session, stopped=True, now=story.now, actor=ACTOR)
    assert simulated(story).contacts == expected.contacts


def test_holds_and_opt_outs_count_as_they_stand(story: Story) -> None:
    paused, out = story.bill(), story.bill(2)
    story.drain()
    story.hold(paused, "paused", until=date(2026, 9, 30))
    with story.writing() as session:
        opt_out_invoice(session, out.id, on=False, reason="Agreed", today=story.today, now=story.now, actor=ACTOR)
    found = simulated(story)
    assert {step.invoice_id for contact in found.contacts for step in contact.steps} == {paused.id}
    assert min(contact.day for contact in found.contacts) >= date(2026, 10, 1)


def test_a_review_is_taken_to_be_given(story: Story) -> None:
    story.bill()
    story.drain()
    with story.reading() as session:
        reviewed = replace(presets()["default"], ask_first=True, ask_when_late_days=1)
        one, two = simulate(session, [as_now, under(reviewed)], now=story.now)
    assert one.contacts == two.contacts


def test_a_project_sees_its_own_and_the_others_are_played_along(story: Story) -> None:
    project, issue = story.second_project()
    first, second = story.bill(), story.bill(2, project=project, issue=issue)
    story.drain()
    found = simulated(story, "strict", project_id=str(project.id))
    assert found.invoices == 1
    keys = {step.key for contact in found.contacts for step in contact.steps if step.invoice_id == second.id}
    assert keys == {"notice", "friendly", "call", "second", "final", "legal"}
    # The first invoice keeps its ladder; it stands here only where it shares a mail.
    alone = [contact for contact in found.contacts if {step.invoice_id for step in contact.steps} == {first.id}]
    assert alone == []
