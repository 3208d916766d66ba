"""One client that owes in two currencies: a mail for each, on the same day, and no sum over both (F26, C51)."""

from dataclasses import replace
from datetime import date

from plugin.services.settings.clients import save_client
from plugin.store.tables.invoices import Invoice
from sandbox.stage.house import ACTOR, assign, rates_by_person
from sandbox.stage.witness import SeenMail
from tests.support.stage import ENGLISH, NewStory, Story

FRIENDLY = date(2026, 9, 18)


def owed_in(story: Story, currency: str, *, key: str, hours: float, due: date | None = None) -> Invoice:
    """From now on the client is billed in this currency; an invoice for a project of its own, 100.00 an hour."""
    project = story.jira.add_project(key, f"Project {key}", lead=story.alice, members=[story.bob], admins=[story.alice])
    issue = story.jira.add_issue(project, f"Work on {key}")
    story.read_jira("projects")
    with story.writing() as session:
        form = replace(ENGLISH, currency=currency, row_version=story.client().row_version)
        save_client(session, story.client_id, form, now=story.now, actor=ACTOR)
        assign(session, str(project.id), story.client_id, now=story.now)
        prices = {story.bob.account_id: "100.00"}
        rates_by_person(session, str(project.id), prices, since=date(2026, 1, 1), now=story.now, currency=currency)
    return story.office.issue(story.draft(hours, project=project, issue=issue).id, due=due)


def reminders(story: Story) -> dict[str, SeenMail]:
    """The friendly reminders by the number of their first invoice."""
    return {mail.numbers[0]: mail for mail in story.mails() if mail.step == "friendly"}


def test_req_F26_one_client_with_two_currencies_gets_a_mail_for_each_on_the_same_day(
    new_story_on_both: NewStory,
) -> None:
    story = new_story_on_both()
    story.mail_settings(interval=7)
    euros = owed_in(story, "EUR", key="EUR", hours=1)
    dollars = [owed_in(story, "USD", key=f"USD{hours}", hours=hours) for hours in (2, 3)]
    story.drain()
    story.walk(FRIENDLY)
    story.walk(date(2026, 9, 24))
    assert story.reminders() == [("notice", "2026-09-14")] * 2 + [("friendly", "2026-09-21")] * 2
    found = reminders(story)
    in_euros, in_dollars = found[euros.number or ""], found[dollars[0].number or ""]
    assert in_euros.numbers == (euros.number,)
    assert "€119.00" in in_euros.text
    assert "$" not in in_euros.text
    assert set(in_dollars.numbers) == {each.number for each in dollars}
    # (2 + 3) hours at 100.00 with 19 %.
    assert "$595.00" in in_dollars.text
    assert "€" not in in_dollars.text
    assert len(in_dollars.pdfs) == 2


def test_req_F25_a_mail_in_one_currency_keeps_those_in_the_other_away_on_the_days_after(story: Story) -> None:
    story.mail_settings(interval=5)
    euros = owed_in(story, "EUR", key="EUR", hours=1)
    dollars = owed_in(story, "USD", key="USD", hours=2, due=date(2026, 9, 17))
    story.drain()
    story.walk(date(2026, 9, 28))
    # Euros fall due on the 15th and dollars on the 17th; both currencies wait for each other, then go together.
    assert story.reminders() == [
        ("notice", "2026-09-14"),
        ("notice", "2026-09-14"),
        ("friendly", "2026-09-21"),
        ("friendly", "2026-09-21"),
    ]
    assert {story.steps(each)["friendly"] for each in (euros, dollars)} == {"sent"}


def test_complaint_C51_another_currency_of_the_client_leaves_what_was_issued_alone(story: Story) -> None:
    invoice = story.bill()
    story.drain()
    owed_in(story, "USD", key="USD", hours=1)
    story.at(FRIENDLY)
    assert story.invoice(invoice).currency == "EUR"
    assert "€1,190.00" in reminders(story)[invoice.number or ""].text
