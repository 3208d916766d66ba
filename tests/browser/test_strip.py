"""The bar and the strip that belong to no Jira: the strip can be put away, and a reset brings the beginning back."""

from tests.browser.conftest import Visitor
from tests.browser.test_stage import seen
from tests.browser.visit import Visit


def put_away(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Put the guide away").click()
    visit.page.get_by_role("region", name="First steps").wait_for(state="hidden")


def test_the_strip_can_be_put_away_and_fetched_back(visitor: Visitor) -> None:
    visit = visitor("Alice")
    visit.open("/")
    put_away(visit)
    visit.open("/projects/BRW/apps/project")
    strip = visit.page.get_by_role("region", name="First steps")
    assert not strip.is_visible()
    visit.page.get_by_role("button", name="Guide", exact=True).click()
    strip.get_by_role("listitem").nth(4).wait_for()
    assert strip.get_by_role("listitem").count() == 5
    assert visit.violations() == []
    assert visit.trouble == []


def test_a_reset_restores_the_world_and_the_strip(visitor: Visitor) -> None:
    visit = visitor("Alice")
    beginning = seen(visit.company)
    visit.open("/")
    day = visit.page.locator("#today").inner_text()
    put_away(visit)
    visit.company.stage.walk(3)
    assert seen(visit.company) != beginning
    visit.open("/mailbox/")
    assert visit.page.locator("#today").inner_text() != day
    visit.page.on("dialog", lambda dialog: dialog.accept())
    with visit.page.expect_navigation(url=lambda url: "/browse/" in url):
        visit.page.get_by_role("button", name="Reset").click()
        visit.page.get_by_text("Restoring the world").wait_for()
    visit.settle()
    steps = visit.page.get_by_role("region", name="First steps").get_by_role("listitem")
    steps.nth(4).wait_for()
    assert steps.count() == 5
    assert visit.page.locator("#today").inner_text() == day
    assert seen(visit.company) == beginning
    assert visit.trouble == []
