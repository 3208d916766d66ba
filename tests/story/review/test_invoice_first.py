"""Nobody is reminded of an invoice that has not reached them."""

from datetime import date

from plugin.services.follow_ups.switches import kill_switch
from sandbox.stage.house import ACTOR
from tests.support.stage import Story


def test_a_reminder_never_leaves_before_the_invoice_itself(story: Story) -> None:
    with story.writing() as session:
        kill_switch(session, stopped=True, now=story.now, actor=ACTOR)
    story.bill()
    story.at(date(2026, 10, 20))
    assert story.mails() == []
    with story.writing() as session:
        kill_switch(session, stopped=False, now=story.now, actor=ACTOR)
    for day in range(21, 31):
        story.at(date(2026, 10, day))
    steps = [mail.step for mail in story.mails()]
    assert steps[0] == "issue"
    assert steps.count("issue") == 1
    assert set(steps[1:]) <= {"final"}
