"""The strip's five steps as a newcomer takes them, from last month's hours to the payment that ends the ladder."""

import re
from pathlib import Path

from tests.browser.conftest import Visitor
from tests.browser.visit import Visit

BILLING = "/projects/MRL/apps/project"
DONE = "#guide li.done"


def total(visit: Visit) -> str:
    """What the preview would bill in all."""
    return visit.app.locator("#preview .metric", has_text="Total").locator(".value").inner_text()


def wait_for_steps(visit: Visit, count: int) -> None:
    """The strip marks what the world shows; it looks every two seconds."""
    visit.page.locator(DONE).nth(count - 1).wait_for()
    assert visit.page.locator(DONE).count() == count


def mails(visit: Visit) -> int:
    return len(visit.company.stage.mailbox.mails)


def bill_last_month(visit: Visit) -> None:
    """The draft's totals follow the period while it is chosen; then it is stored."""
    visit.page.get_by_role("region", name="First steps").get_by_role("link", name="Open the billing page").first.click()
    visit.settle()
    whole, until = total(visit), visit.app.get_by_label("Up to and including")
    until.fill("2026-10-15")
    visit.app.locator("#preview .metric", has_text="Total").locator(".value", has_not_text=whole).wait_for()
    until.fill("2026-10-31")
    visit.app.locator("#preview .metric", has_text="Total").locator(".value", has_text=whole).wait_for()
    visit.app.get_by_role("button", name="Create draft").click()
    visit.flag("Draft created")
    assert visit.app.locator(".totals .sum").last.inner_text() == whole
    visit.open("/")
    visit.page.get_by_role("link", name="See the draft").click()
    visit.settle()
    visit.app.get_by_role("heading", name="Draft for Marlowe Outdoor Ltd").wait_for()


def issue_it(visit: Visit, downloads: Path) -> str:
    """Gives the number; the PDF comes by itself, and so does the mail."""
    before = mails(visit)
    visit.app.get_by_role("button", name="Issue invoice").click()
    visit.flag(re.compile(r"Invoice INV-2026-\d{4} issued"))
    heading = visit.app.get_by_role("heading", name=re.compile(r"^Invoice INV-")).inner_text()
    with visit.page.expect_download() as expected:
        visit.app.get_by_role("button", name="PDF").click()
    expected.value.save_as(downloads / "invoice.pdf")
    assert (downloads / "invoice.pdf").read_bytes().startswith(b"%PDF-")
    visit.until(lambda: mails(visit) == before + 1, "the invoice leaves by mail")
    return heading.removeprefix("Invoice ")


def move_to_the_next_follow_up(visit: Visit) -> None:
    """The time machine goes where the next step is due; its mail lies in the mailbox."""
    before = mails(visit)
    visit.page.get_by_role("button", name="Next follow-up").click()
    visit.page.get_by_text(re.compile(r"^Caught up: \d mails? w")).wait_for(timeout=60_000)
    assert mails(visit) > before
    visit.app.get_by_role("heading", name=re.compile(r"^Invoice INV-")).wait_for()
    visit.open("/mailbox/")
    newest = visit.company.stage.mailbox.mails[-1]
    assert newest.subject in visit.page.locator("tbody tr").first.inner_text()


def log_the_call(visit: Visit, number: str) -> None:
    """A promise is noted: it stands in the panel, and in the comment on the issue, which grows without a reload."""
    visit.page.get_by_role("link", name="Open the issue").first.click()
    visit.settle()
    assert visit.page.url.endswith(visit.company.issue_of(number))
    rows = visit.page.locator("#comments tbody tr").count()
    call = visit.app.locator("details.fold", has_text="Log the call")
    call.get_by_text("Log the call").click()
    call.get_by_label("How it ended").select_option("promise")
    call.get_by_label("Promised for").fill("2026-12-04")
    call.get_by_label("Spoke with").fill("Heike Ostermann")
    call.get_by_role("button", name="Save outcome").click()
    visit.flag("Outcome saved")
    visit.app.get_by_text("Payment promised until 4 December 2026").first.wait_for()
    visit.page.locator("#comments tbody tr").nth(rows).wait_for()
    assert visit.page.locator("#comments", has_text="Promised").count() == 1


def record_the_payment(visit: Visit, number: str) -> None:
    """All that is open; then nothing is chased any more, however long one waits."""
    card = visit.app.locator("section.card", has=visit.app.get_by_role("heading", name=number))
    card.get_by_text("Record a payment").click()
    card.get_by_role("button", name="Record payment").click()
    visit.flag("Payment recorded")
    card.get_by_text("Paid", exact=True).wait_for()
    assert card.get_by_text("Next:").count() == 0
    visit.page.locator("#comments", has_text="Paid").wait_for()
    told = visit.page.locator("#guide li", has_text="Record the payment").get_by_role("link", name="See the history")
    told.wait_for()
    assert told.get_attribute("href") == visit.company.issue_of(number)
    visit.company.settle()
    after = mails(visit)
    visit.page.get_by_role("button", name="+1 week").click()
    visit.page.get_by_text(re.compile("^Caught up")).wait_for(timeout=90_000)
    later = visit.company.stage.mailbox.mails[after:]
    assert [mail.subject for mail in later if number in mail.subject] == []


def test_story_a_newcomer_goes_through_the_five_steps(visitor: Visitor, tmp_path: Path) -> None:
    visit = visitor("Alice")
    called = visit.company.awaiting_call
    visit.open("/")
    assert visit.page.locator(DONE).count() == 0
    bill_last_month(visit)
    issue_it(visit, tmp_path)
    move_to_the_next_follow_up(visit)
    wait_for_steps(visit, 3)
    log_the_call(visit, called)
    record_the_payment(visit, called)
    visit.settle()
    wait_for_steps(visit, 5)
    assert visit.trouble == []
