"""``dunlin explain``: each step of an invoice with its day and why or why not, as people read it."""

import json
from datetime import date
from pathlib import Path

import pytest

from plugin.services.follow_ups.switches import kill_switch, opt_out_invoice
from plugin.store.tables.invoices import Invoice
from sandbox import MailFault
from sandbox.stage.house import ACTOR
from tests.integration.cli.conftest import runner
from tests.support.databases import Urls
from tests.support.stage import NewStory, Story

FRIENDLY = date(2026, 9, 18)


def explained(story: Story, urls: Urls, folder: Path, *options: str, number: str = "INV-2026-0001") -> list[str]:
    """The lines for people; the last one is for scripts."""
    lines, _ = answered(story, urls, folder, *options, number=number)
    return lines


def answered(
    story: Story, urls: Urls, folder: Path, *options: str, number: str = "INV-2026-0001"
) -> tuple[list[str], dict[str, object]]:
    result = runner(urls, folder, now=story.now)("explain", number, *options)
    assert result.exit_code == 0, result.output
    *lines, last = result.output.splitlines()
    ((_, data),) = json.loads(last).items()
    return lines, data


def about(lines: list[str], key: str) -> str:
    """The one line of a step."""
    (line,) = [line for line in lines if line[14:].startswith(f"{key} ") and line[2:6].isdigit() and "UTC" not in line]
    return line


def test_req_F37_every_step_says_why_it_went_waits_or_is_to_come(
    new_story_on_both: NewStory, urls: Urls, tmp_path: Path
) -> None:
    story = new_story_on_both()
    story.bill()
    story.drain()
    story.walk(FRIENDLY)
    lines = explained(story, urls, tmp_path)
    assert lines[:3] == [
        "INV-2026-0001: issued, 1,190.00 EUR of 1,190.00 EUR open, due 15 September 2026",
        "Today is 18 September 2026 at the client's place. Next: call, 25 September 2026.",
        "This invoice follows Standard, version 1, because it is the site's default.",
    ]
    assert about(lines, "notice") == "  2026-09-14  notice         sent        Sent on 14 September 2026."
    assert about(lines, "friendly") == "  2026-09-18  friendly       sent        Sent on 18 September 2026."
    assert about(lines, "final").startswith("  2026-10-20  final          planned ")
    for key in ("call", "second", "plan_offer", "legal"):
        assert about(lines, key).endswith(".")
    mails = lines[lines.index("  Mails") + 1 :]
    assert [line.split()[3:5] for line in mails] == [["issue", "sent"], ["notice", "sent"], ["friendly", "sent"]]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("paid", "The invoice is paid."),
        ("paused", "Paused: They asked for it."),
        ("opted out", "This invoice is opted out: Agreed with Ines."),
        ("kill switch", "The kill switch is on; nothing is sent until an admin turns it off."),
    ],
)
def test_req_F37_what_was_not_sent_says_why_not(
    story: Story, sqlite_urls: Urls, tmp_path: Path, reason: str, words: str
) -> None:
    invoice = story.bill()
    story.drain()
    if reason == "paid":
        story.pay(invoice, "1190.00")
    elif reason == "paused":
        story.hold(invoice, "paused")
    elif reason == "opted out":
        with story.writing() as session:
            opt_out_invoice(
                session, invoice.id, on=False, reason="Agreed with Ines", today=story.today, now=story.now, actor=ACTOR
            )
    else:
        with story.writing() as session:
            kill_switch(session, stopped=True, now=story.now, actor=ACTOR)
    story.at(FRIENDLY)
    assert words in about(explained(story, sqlite_urls, tmp_path), "friendly")


def test_a_held_step_names_the_gate_that_decided_and_the_others(
    story: Story, sqlite_urls: Urls, tmp_path: Path
) -> None:
    invoice = story.bill()
    story.drain()
    story.hold(invoice, "paused")
    with story.writing() as session:
        kill_switch(session, stopped=True, now=story.now, actor=ACTOR)
    story.at(FRIENDLY)
    lines = explained(story, sqlite_urls, tmp_path)
    place = lines.index(about(lines, "friendly"))
    assert lines[place + 1].strip().startswith("decided: kill_switch: The kill switch is on")
    assert lines[place + 2].strip().startswith("also: pause: Paused")


def test_a_mail_that_the_server_put_off_is_told_with_its_next_try(
    story: Story, sqlite_urls: Urls, tmp_path: Path
) -> None:
    story.bill()
    story.drain()
    story.box.add_fault(MailFault.rcpt(450))
    story.at(FRIENDLY)
    last = explained(story, sqlite_urls, tmp_path)[-1]
    assert last.split()[:5] == ["2026-09-18", "10:05", "UTC", "friendly", "deferred"]
    assert "next try; The mail server" in last
    assert "450" in last


def test_it_tells_what_the_sender_does(story: Story, sqlite_urls: Urls, tmp_path: Path) -> None:
    """The forecast of the day before is what happens on the day."""
    story.bill()
    story.drain()
    story.at(date(2026, 9, 17))
    foretold = about(explained(story, sqlite_urls, tmp_path), "friendly")
    assert foretold.startswith("  2026-09-18  friendly       planned ")
    story.at(FRIENDLY)
    assert story.reminders() == [("friendly", "2026-09-18")]


@pytest.mark.parametrize("number", ["INV-2026-0999", "inv", ""])
def test_an_unknown_number_is_told_and_exits_1(story: Story, sqlite_urls: Urls, tmp_path: Path, number: str) -> None:
    story.draft()
    result = runner(sqlite_urls, tmp_path, now=story.now)("explain", number)
    assert result.exit_code == 1
    assert f"There is no issued invoice {number}" in result.output


def test_req_U09_a_day_to_come_is_told_as_it_will_be(story: Story, sqlite_urls: Urls, tmp_path: Path) -> None:
    """What goes until then is played first, so the answer is that of the day, and it is what happens on it."""
    invoice = story.bill()
    story.drain()
    lines, data = answered(story, sqlite_urls, tmp_path, "--day", "2026-09-29")
    assert lines[1] == "On 29 September 2026, if nothing happens until then: Next: second, 29 September 2026."
    assert (data["day"], data["due"]) == ("2026-09-29", ["second"])
    assert about(lines, "friendly").startswith("  2026-09-18  friendly       sent ")
    with story.reading() as session:
        assert session.get_one(Invoice, (story.tenant, invoice.id)).row_version == story.invoice(invoice).row_version
    story.walk(date(2026, 9, 29))
    assert story.reminders()[-1] == ("second", "2026-09-29")


def test_req_U09_a_day_to_come_names_the_gate_that_will_decide(story: Story, sqlite_urls: Urls, tmp_path: Path) -> None:
    invoice = story.bill()
    story.drain()
    story.hold(invoice, "paused", until=date(2026, 10, 2))
    _, data = answered(story, sqlite_urls, tmp_path, "--day", "2026-09-29")
    assert data["due"] == []
    steps = data["steps"]
    assert isinstance(steps, list)
    assert {step["decided"] for step in steps if step["verdict"] == "held"} == {"pause"}
    _, later = answered(story, sqlite_urls, tmp_path, "--day", "2026-10-05")
    assert later["due"] == ["second"]


def test_a_day_that_is_over_tells_what_was_settled_by_then(story: Story, sqlite_urls: Urls, tmp_path: Path) -> None:
    story.bill()
    story.drain()
    story.walk(date(2026, 9, 30))
    lines, data = answered(story, sqlite_urls, tmp_path, "--day", "2026-09-18")
    steps = data["steps"]
    assert isinstance(steps, list)
    assert [(step["key"], step["verdict"]) for step in steps] == [("notice", "sent"), ("friendly", "sent")]
    assert lines[-1].endswith("is not kept.")


def test_a_day_that_is_none_is_a_misuse(story: Story, sqlite_urls: Urls, tmp_path: Path) -> None:
    result = runner(sqlite_urls, tmp_path, now=story.now)("explain", "INV-2026-0001", "--day", "soon")
    assert result.exit_code == 2
