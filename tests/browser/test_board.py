"""The calendar in a real browser: a roll shown before it is saved, many rows at once, a dry run, by keyboard alone."""

import re
from typing import TYPE_CHECKING

from tests.browser.conftest import Visitor
from tests.browser.test_keyboard import tab_to
from tests.browser.visit import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Locator

CALENDAR = "/projects/MRL/apps/project"


def calendar(visitor: Visitor, name: str = "Priya") -> Visit:
    visit = visitor(name)
    visit.open(CALENDAR)
    visit.tab("Calendar")
    visit.app.get_by_role("button", name="90 days").click()
    visit.app.locator("button[aria-pressed=true]", has_text="90 days").wait_for()
    return visit


def rows(visit: Visit) -> "Locator":
    return visit.app.locator("#board tbody tr:has(td)")


def test_req_U06_a_row_is_moved_without_dragging_and_the_roll_is_seen_first(visitor: Visitor) -> None:
    visit = calendar(visitor)
    row = rows(visit).filter(has_text="@").last
    row.locator("summary").click()
    day = row.get_by_label("Another day")
    day.fill("2027-01-02")
    told = row.get_by_text("is no business day").inner_text()
    foreseen = re.search(r"It would go on (\d+ \w+ \d{4})", told)
    assert foreseen is not None
    row.get_by_role("button", name="Move").click()
    visit.flag("1 row changed")
    visit.app.get_by_role("cell", name=f"Moved to {foreseen[1]}", exact=True).wait_for()
    assert visit.violations() == []
    assert visit.trouble == []


def test_req_UX17_many_rows_are_left_out_with_a_result_each(visitor: Visitor) -> None:
    visit = calendar(visitor)
    before = rows(visit).count()
    assert before >= 2
    for place in range(2):
        rows(visit).nth(place).get_by_role("checkbox").check()
    visit.app.get_by_text("Change the ticked rows").click()
    form = visit.app.locator("#board-form")
    form.get_by_label("What to do").select_option("skip")
    form.get_by_label("Why").fill("They are partners")
    form.get_by_role("button", name="Go on").click()
    visit.flag(re.compile("2 rows changed"))
    visit.app.get_by_role("heading", name="What became of it").wait_for()
    assert visit.violations() == []
    assert visit.trouble == []


def test_complaint_C37_send_now_is_a_dry_run_first_and_then_a_confirmation(visitor: Visitor) -> None:
    visit = calendar(visitor)
    mails = visit.company.stage.mailbox.mails
    count = len(mails)
    first = rows(visit).filter(has_text="@").first
    first.get_by_role("checkbox").check()
    visit.app.get_by_text("Change the ticked rows").click()
    form = visit.app.locator("#board-form")
    form.get_by_label("What to do").select_option("now")
    form.get_by_role("button", name="Go on").click()
    visit.app.get_by_role("heading", name="Dry run").wait_for()
    assert len(visit.company.stage.mailbox.mails) == count
    assert visit.violations() == []
    assert visit.trouble == []


def test_a_row_is_ticked_and_held_by_keyboard(visitor: Visitor) -> None:
    visit = calendar(visitor)
    tab_to(visit, "Change the ticked rows")
    visit.page.keyboard.press("Enter")
    box = visit.app.locator("#board input[type=checkbox]").first
    box.focus()
    visit.page.keyboard.press("Space")
    assert box.is_checked()
    visit.app.locator("#board-form").get_by_label("Why").focus()
    visit.page.keyboard.type("New contact")
    visit.page.keyboard.press("Enter")
    visit.flag(re.compile("1 row changed"))
    assert visit.trouble == []


def test_req_F14_a_member_looks_and_changes_nothing(visitor: Visitor) -> None:
    visit = visitor("Bob")
    visit.open(CALENDAR)
    visit.tab("Calendar")
    assert visit.app.locator("#board input, #board summary").count() == 0
    assert visit.trouble == []
