"""A page whose scripts are late loses nothing that somebody does meanwhile."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Route

from tests.browser.conftest import Visitor
from tests.browser.visit import Visit

LATE = re.compile(r"/static/build/htmx\.min\.")
BILLING = "/projects/MRL/apps/project"


@contextmanager
def late_scripts(visit: Visit, path: str) -> Iterator[None]:
    """The page is drawn, and htmx comes only at the end of the block."""
    waiting: list[Route] = []

    def wait(route: Route) -> None:
        waiting.append(route)

    visit.page.route(LATE, wait)
    visit.page.goto(f"{visit.company.url}{path}", wait_until="commit")
    visit.app.locator("main h1").wait_for(state="attached")
    visit.until(lambda: bool(waiting), "the script was asked for")
    yield
    for route in waiting:
        route.continue_()
    visit.settle()


def test_a_tab_that_is_pressed_too_early_opens_once_the_scripts_are_there(visitor: Visitor) -> None:
    visit = visitor("Priya")
    with late_scripts(visit, BILLING):
        calendar = visit.app.locator("nav.tabs").get_by_role("button", name="Calendar")
        calendar.click()
        assert calendar.get_attribute("aria-current") is None
    visit.app.locator("nav.tabs [aria-current]").get_by_text("Calendar").wait_for()
    assert visit.trouble == []


def test_a_form_that_is_sent_too_early_is_sent_once_and_keeps_what_was_typed(visitor: Visitor) -> None:
    visit = visitor("Priya")
    posts: list[str] = []
    visit.page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    with late_scripts(visit, "/"):
        fold = visit.app.locator("details.fold", has=visit.app.get_by_text("Pause", exact=True)).first
        fold.locator("summary").click()
        fold.get_by_label("Why").fill("Ordered by the court")
        pause = fold.get_by_role("button", name="Pause")
        pause.click()
        pause.click()
        assert [url for url in posts if "/holds" in url] == []
        assert visit.app.locator("main h1").count() == 1
    visit.flag("Paused")
    visit.app.get_by_text("Ordered by the court").first.wait_for()
    assert len([url for url in posts if "/holds" in url]) == 1
    assert visit.trouble == []
