"""The site goes and comes back; the sender has no address."""

import time
from datetime import date

from sqlalchemy import select

from plugin.store.tables.company import CompanyProfile, MailSettings
from plugin.store.tables.outbox import Effect
from tests.story.review.test_recipients import later
from tests.support.stage import NewStory, Story


def test_req_F34_a_reinstalled_site_follows_up_again(new_story_on_both: NewStory) -> None:
    story = new_story_on_both()
    invoice = story.bill()
    story.drain()
    story.jira.uninstall()
    story.at(date(2026, 9, 18))
    assert story.reminders() == []
    story.at(date(2026, 9, 21))
    # Jira's tokens count in seconds of real time; of two events of one second the uninstall wins.
    time.sleep(1.1)
    story.stage.install()
    story.at(date(2026, 9, 22))
    story.at(date(2026, 9, 23))
    assert [step for step, _ in story.reminders()] == ["friendly"]
    assert story.steps(invoice)["final"] == "planned"


def test_a_sender_without_an_address_fails_with_a_clear_reason(story: Story) -> None:
    with story.writing() as session:
        session.get_one(MailSettings, story.tenant).from_address = ""
        session.get_one(CompanyProfile, story.tenant).email = ""
    story.bill()
    story.drain()
    later(story, 30)
    with story.reading() as session:
        mail = session.scalars(select(Effect).where(Effect.kind == "mail")).one()
    assert mail.state == "failed"
    assert "address" in mail.reason
    assert story.mails() == []
