"""The pretend Jira's pages and the app's parts in them: no error, no policy violation, nothing for axe to find."""

from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
import pytest

from tests.integration.ui.conftest import Stage
from tests.support.browser import Watched, axe_violations

if TYPE_CHECKING:
    from playwright.sync_api import Page


def blank_pdf() -> bytes:
    written, pdf = BytesIO(), pikepdf.new()
    pdf.add_blank_page(page_size=(300, 400))
    pdf.save(written)
    return written.getvalue()


PAGES = ["/browse/ACM-1", "/projects/ACM/apps/project", "/projects/ACM", "/people", "/search?q=login"]
ONE_PAGE = blank_pdf()


def settle(page: "Page") -> None:
    """Until the frames of the app have their content."""
    page.locator("main h1").wait_for(state="attached")
    for number in range(page.locator(".app-frame").count()):
        page.frame_locator(".app-frame iframe").nth(number).locator("main h1").wait_for(state="attached")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_req_F47_a_page_has_no_error_and_no_axe_violation(
    watched: Watched, stage: Stage, path: str, theme: str
) -> None:
    watched.page.add_init_script(f"try {{ localStorage.setItem('theme', '{theme}') }} catch {{}}")
    watched.page.goto(f"{stage.jira.base_url}{path}")
    settle(watched.page)
    found = [
        (frame.url.split("?")[0], axe_violations(frame))
        for frame in watched.page.frames
        if frame.url.startswith("http")
    ]
    assert [each for each in found if each[1]] == []
    assert watched.trouble == []


@pytest.mark.parametrize("path", ["/browse/ACM-1", "/projects/ACM/apps/project"])
def test_a_narrow_window_needs_no_sideways_scrolling(watched: Watched, stage: Stage, path: str) -> None:
    watched.page.set_viewport_size({"width": 320, "height": 900})
    watched.page.goto(f"{stage.jira.base_url}{path}")
    settle(watched.page)
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert [frame.evaluate(wide) for frame in watched.page.frames if frame.url.startswith("http")] == [0, 0]


def test_the_person_can_be_switched(watched: Watched, stage: Stage) -> None:
    watched.page.goto(f"{stage.jira.base_url}/people")
    watched.page.get_by_label("Person").select_option(label="Bob Ito, member")
    watched.page.get_by_role("button", name="You are Bob").wait_for()
    assert watched.page.get_by_role("button", name="Become Alice").is_enabled()


def test_the_guide_can_be_put_away_and_comes_back(watched: Watched, stage: Stage) -> None:
    watched.page.goto(f"{stage.jira.base_url}/projects/ACM")
    strip = watched.page.get_by_role("region", name="First steps")
    strip.get_by_text("Bill last month").wait_for()
    assert strip.get_by_role("listitem").count() == 5
    watched.page.get_by_role("button", name="Put the guide away").click()
    strip.wait_for(state="hidden")
    watched.page.reload()
    watched.page.get_by_role("button", name="Guide", exact=True).click()
    strip.get_by_text("Bill last month").wait_for()
    assert watched.trouble == []


def test_the_work_log_is_reached_by_keyboard(watched: Watched, stage: Stage) -> None:
    watched.page.goto(f"{stage.jira.base_url}/browse/ACM-1")
    watched.page.get_by_role("tab", name="Comments").focus()
    watched.page.keyboard.press("ArrowRight")
    assert watched.page.get_by_role("tab", name="Work log").get_attribute("aria-selected") == "true"
    assert watched.page.get_by_text("No time has been logged on this issue.").is_visible()


def test_a_mail_is_shown_as_its_reader_sees_it(watched: Watched, stage: Stage) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "billing@fernwood.example", "rita@acme.example", "Invoice 2026-0042"
    mail.set_content("Dear Ms Amann")
    mail.add_alternative("<p style='color:teal'>Dear Ms Amann</p><script>parent.calls = 1</script>", subtype="html")
    mail.add_attachment(ONE_PAGE, maintype="application", subtype="pdf", filename="2026-0042.pdf")
    stage.send(mail)
    watched.page.goto(f"{stage.jira.base_url}/mailbox/")
    watched.page.get_by_role("link", name="Invoice 2026-0042").first.click()
    body = watched.page.frame_locator(".mail-body")
    assert body.get_by_text("Dear Ms Amann").evaluate("(text) => getComputedStyle(text).color") == "rgb(0, 128, 128)"
    watched.page.get_by_text("Look at the first page").click()
    picture = watched.page.get_by_alt_text("First page of 2026-0042.pdf")
    picture.evaluate("(image) => image.decode()")
    assert picture.evaluate("(image) => image.naturalWidth") > 100
    with watched.page.expect_download() as expected:
        watched.page.get_by_role("link", name="Download").click()
    assert expected.value.suggested_filename == "2026-0042.pdf"
    assert axe_violations(watched.page.main_frame) == []
    # The mail tried to run a script; the browser says that it refused, and nothing else went wrong.
    assert [each for each in watched.trouble if "Blocked script execution" not in each] == []


def test_a_week_passes_day_by_day_and_the_bar_says_what_came_of_it(watched: Watched, stage: Stage) -> None:
    watched.page.goto(f"{stage.jira.base_url}/projects/ACM")
    today = watched.page.locator("#today")
    before = stage.clock.instant
    assert today.inner_text() == f"{before:%a, %-d %b %Y}"
    watched.page.get_by_role("button", name="+1 week").click()
    watched.page.get_by_role("status").get_by_text("Catching up").wait_for()
    assert watched.page.get_by_role("button", name="+1 day").is_disabled()
    watched.page.get_by_text("Caught up: no mail was sent.").wait_for()
    assert stage.clock.instant == before + timedelta(days=7)
    assert today.inner_text() == f"{stage.clock.instant:%a, %-d %b %Y}"
    assert watched.trouble == []


def test_the_next_follow_up_is_where_something_happens(watched: Watched, stage: Stage) -> None:
    watched.page.goto(f"{stage.jira.base_url}/projects/ACM")
    start, bob = stage.clock.instant, stage.jira.world.people[stage.comment.author]
    # The first instant only opens a send window; at the second the app tells of a follow-up on the issue.
    stage.app.due[:] = [start + timedelta(hours=1), start + timedelta(days=2)]
    stage.app.at_the_last = lambda: stage.jira.add_comment(stage.issue, "Call the client", author=bob)
    watched.page.get_by_role("button", name="Next follow-up").click()
    watched.page.get_by_text("Caught up: no mail was sent.").wait_for()
    assert timedelta(0) <= stage.clock.instant - start - timedelta(days=2) < timedelta(minutes=1)
    arrived = stage.clock.instant
    watched.page.get_by_role("button", name="Next follow-up").click()
    watched.page.get_by_text("Nothing is due any more.").wait_for()
    assert stage.clock.instant == arrived
