"""The view that a page shows stands in its address: a reload keeps it, a link leads to it, nonsense leads nowhere."""

import re

from tests.browser.conftest import Visitor
from tests.browser.visit import Visit

BILLING = "/projects/MRL/apps/project"
SETTINGS = "/projects/MRL/settings/project-settings"
CURRENT = "nav.tabs [aria-current]"


def current(visit: Visit, tab: str) -> None:
    """Waits until the app's page stands on this tab."""
    visit.app.locator(CURRENT, has_text=tab).wait_for()


def test_a_reload_keeps_the_view(visitor: Visitor) -> None:
    visit = visitor("Priya")
    visit.open(BILLING)
    visit.tab("Drafts and invoices")
    visit.until(lambda: visit.page.url.endswith("#!invoices"), "the tab stands in the address")
    visit.app.locator("tbody .link").first.click()
    heading = visit.app.get_by_role("heading", name=re.compile("^Invoice INV-"))
    heading.wait_for()
    name = heading.inner_text()
    visit.until(lambda: "#!invoices%2F" in visit.page.url, "the invoice stands in the address")
    visit.page.reload()
    visit.settle()
    visit.app.get_by_role("heading", name=name).wait_for()
    assert visit.trouble == []


def test_a_link_leads_to_a_view_also_on_the_same_page(visitor: Visitor) -> None:
    visit = visitor("Alice")
    visit.open("/admin/admin#!audit")
    current(visit, "Audit")
    visit.page.evaluate("() => { location.hash = '!mail' }")
    current(visit, "Mail")
    assert visit.trouble == []


def test_a_view_that_is_none_leaves_the_first_one(visitor: Visitor) -> None:
    visit = visitor("Alice")
    for nonsense in ("..%2F..%2Fadmin%2Fcompany", "%2F%2Fevil.example%2F", "javascript%3Aalert(1)", "%3Cscript%3E"):
        visit.open("/")
        visit.open(f"{SETTINGS}#!{nonsense}")
        current(visit, "Client")
    assert visit.trouble == []


def test_attack_A40_a_view_that_the_person_may_not_see_stays_closed(visitor: Visitor) -> None:
    visit = visitor("Bob")
    visit.open(f"{SETTINGS}#!rates")
    visit.app.locator("#page-message").get_by_text("You may not do this").wait_for()
    current(visit, "Client")
    assert [each for each in visit.trouble if "status of 403" not in each] == []


def test_a_tab_takes_the_place_of_the_one_before(visitor: Visitor) -> None:
    visit = visitor("Alice")
    visit.open("/admin/admin")
    for tab in ("Numbers", "Mail", "Audit"):
        visit.tab(tab)
    assert visit.app.locator("#admin").count() == 1
    assert visit.app.locator("h1").count() == 1
