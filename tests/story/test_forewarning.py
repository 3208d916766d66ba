"""The digest of the day before: once a project and day, with hold buttons that ask first; nothing to say, no mail."""

from datetime import date
from html.parser import HTMLParser

import requests
from sqlalchemy import select

from plugin.services.settings.watch import WatchForm, save_watch
from plugin.store.tables.clients import Project
from plugin.store.tables.staff import StaffMail
from sandbox.mailbox.mail import Mail
from sandbox.stage.house import ACTOR
from tests.support.stage import NewStory, Story

DAY_BEFORE, FRIENDLY = date(2026, 9, 17), date(2026, 9, 18)
READER = "priya@seestern.example"


def read_by(story: Story, address: str = READER, project: str = "") -> None:
    with story.writing() as session:
        row = session.get_one(Project, (story.tenant, project or story.billed))
        form = WatchForm(digest_to=address, row_version=row.row_version)
        save_watch(session, row.id, form, now=story.now, actor=ACTOR)


def look_after(story: Story) -> None:
    story.read_jira("control")
    story.drain()


def digests(story: Story) -> list[Mail]:
    return [mail for mail in story.box.mails if READER in mail.recipients]


class Links(HTMLParser):
    """The addresses of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.extend(value for name, value in attrs if tag == "a" and name == "href" and value)


def test_req_F19_the_digest_of_the_day_before_lists_each_reminder_with_a_hold_button(
    new_story_on_both: NewStory,
) -> None:
    story = new_story_on_both()
    read_by(story)
    numbers = []
    for hours in (10, 5, 2):
        numbers.append(story.bill(hours).number)
        story.drain()
    story.at(DAY_BEFORE, hour=13)
    look_after(story)
    assert digests(story) == [], "not before 16:00 in the seller's zone"
    story.at(DAY_BEFORE, hour=14)
    look_after(story)
    (mail,) = digests(story)
    assert mail.subject == "3 follow-ups on 18 September 2026: Acme relaunch"
    assert all(str(number) in mail.text and str(number) in mail.html for number in numbers)
    assert "1,190.00 EUR" in mail.text
    assert len(Links(mail.html).found) == 3
    for _ in range(2):
        look_after(story)
    story.at(DAY_BEFORE, hour=16)
    look_after(story)
    assert len(digests(story)) == 1, "once a project and day"


def test_req_F19_opening_a_hold_link_changes_nothing_and_its_form_holds_that_row(story: Story) -> None:
    read_by(story)
    invoice = story.bill()
    story.drain()
    story.at(DAY_BEFORE, hour=14)
    look_after(story)
    (address,) = Links(digests(story)[0].html).found
    for method in ("GET", "HEAD", "GET"):
        assert requests.request(method, address, timeout=10).status_code == 200
    page = requests.get(address, timeout=10)
    assert str(invoice.number) in page.text
    assert "Friendly reminder" in page.text
    assert story.step(invoice, "friendly").state == "planned", "a scanner that opens links holds nothing"
    held = requests.post(address, data={"reason": "They have called"}, timeout=10)
    assert held.status_code == 200
    assert "is held" in held.text
    story.walk(date(2026, 9, 22))
    assert [step for step, _ in story.reminders()] == []
    assert "They have called" in story.step(invoice, "friendly").reason
    again = requests.post(address, data={"reason": "Twice"}, timeout=10)
    assert again.status_code == 200
    assert "is held already" in again.text
    forged = requests.get(address[:-3] + "xyz", timeout=10)
    assert forged.status_code == 404
    story.at(date(2026, 10, 20))
    late = requests.get(address, timeout=10)
    assert late.status_code == 410, "its time is over"
    assert str(invoice.number) not in late.text


def test_req_F19_before_a_weekend_the_digest_reaches_to_the_next_business_day(story: Story) -> None:
    read_by(story)
    story.at(date(2026, 9, 4))
    story.bill()
    story.drain()
    # Due on Friday the 18th, so reminded on Monday the 21st; Friday's digest is the last before it.
    story.at(date(2026, 9, 17), hour=14)
    look_after(story)
    assert digests(story) == []
    story.at(date(2026, 9, 18), hour=14)
    look_after(story)
    (mail,) = digests(story)
    assert "21 September 2026" in mail.subject
    story.at(date(2026, 9, 19), hour=14)
    look_after(story)
    assert len(digests(story)) == 1, "none on a Saturday"


def test_req_F19_nothing_tomorrow_no_mail_and_held_rows_are_not_announced(story: Story) -> None:
    read_by(story)
    invoice = story.bill()
    story.drain()
    story.hold(invoice, "paused", reason="They asked for it")
    story.at(DAY_BEFORE, hour=14)
    look_after(story)
    with story.reading() as session:
        assert session.scalars(select(StaffMail)).all() == []


def test_req_F19_each_project_has_its_own_reader(story: Story) -> None:
    project, issue = story.second_project()
    read_by(story, project=str(project.id))
    story.bill()
    story.bill(2, project=project, issue=issue)
    story.drain()
    story.at(DAY_BEFORE, hour=14)
    look_after(story)
    (mail,) = digests(story)
    assert "Project NXT" in mail.subject
    assert mail.subject.startswith("1 follow-up ")
