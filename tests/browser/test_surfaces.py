"""Every surface in light and dark: no error, no policy violation, nothing for axe to find, no sideways scrolling."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor
from tests.browser.visit import Visit

Open = Callable[[Visit], None]


def at(path: str, *tabs: str) -> Open:
    """A page of the pretend Jira, and a tab of the app's page on it."""

    def open_page(visit: Visit) -> None:
        visit.open(path)
        for text in tabs:
            visit.tab(text)

    return open_page


def billing(tab: str) -> Open:
    return at("/projects/BRW/apps/project", tab)


def settings(tab: str) -> Open:
    return at("/projects/BRW/settings/project-settings", tab)


def with_help(open_page: Open) -> Open:
    """A page with its help opened."""

    def open_both(visit: Visit) -> None:
        open_page(visit)
        visit.app.locator("#help > summary").press("Enter")
        visit.app.locator("#help[open]").wait_for()

    return open_both


def invoice(visit: Visit) -> None:
    billing("Drafts and invoices")(visit)
    visit.open_invoice(visit.company.awaiting_call)


def desk(*titles: str) -> Open:
    """The invoice's page with some of its forms open; all at once they are taller than any window."""

    def open_page(visit: Visit) -> None:
        invoice(visit)
        for title in titles:
            visit.unfold(title)

    return open_page


def mail_to_come(visit: Visit) -> None:
    invoice(visit)
    visit.app.get_by_text("See the mail").first.click()
    mail = visit.app.frame_locator("iframe.mail")
    mail.get_by_text(visit.company.awaiting_call).first.wait_for()


def row_of_the_calendar(visit: Visit) -> None:
    billing("Calendar")(visit)
    visit.app.locator("#board summary").first.click()
    visit.app.get_by_role("button", name="Leave out").first.wait_for()


def draft(visit: Visit) -> None:
    billing("Unbilled time")(visit)
    visit.app.get_by_role("button", name="Create draft").click()
    visit.app.get_by_role("button", name="Issue invoice").wait_for()


def call_dialog(visit: Visit) -> None:
    billing("Tasks")(visit)
    visit.app.get_by_role("button", name="Log call").click()
    visit.dialog.get_by_label("How it ended").wait_for()


def payment_dialog(visit: Visit) -> None:
    billing("Drafts and invoices")(visit)
    visit.app.get_by_role("button", name="Record a payment").click()
    visit.dialog.get_by_label("Amount").wait_for()


def call_in_the_panel(visit: Visit) -> None:
    visit.open(visit.company.issue_of(visit.company.awaiting_call))
    visit.app.get_by_text("Log the call").click()
    visit.app.get_by_label("How it ended").select_option("promise")
    for folded in visit.app.get_by_text("All follow-ups").all():
        folded.click()


SURFACES: dict[str, Open] = {
    "front page": at("/"),
    "panel with forms": call_in_the_panel,
    "unbilled time": billing("Unbilled time"),
    "draft": draft,
    "invoices": billing("Drafts and invoices"),
    "invoice": invoice,
    "desk with a plan": desk("Offer a payment plan"),
    "desk with problems": desk("Why it is not paid", "Dispute of one line"),
    "desk with a promise": desk("Promise", "Turn reminders off"),
    "mail to come": mail_to_come,
    "calendar": billing("Calendar"),
    "a row of the calendar": row_of_the_calendar,
    "tasks": with_help(billing("Tasks")),
    "call dialog": call_dialog,
    "payment dialog": payment_dialog,
    "client": settings("Client"),
    "rates": settings("Rates"),
    "rounding": settings("Rounding and history"),
    "policy": settings("Follow-ups"),
    "company": at("/admin/admin", "Company"),
    "numbers": at("/admin/admin", "Numbers"),
    "mail settings": at("/admin/admin", "Mail"),
    "mail texts": at("/admin/admin", "Mail texts"),
    "default policy": at("/admin/admin", "Follow-ups"),
    "control": at("/admin/admin", "Control"),
    "calendar of the site": at("/admin/admin", "Calendar"),
    "needs you": at("/admin/admin", "Needs you"),
    "audit": at("/admin/admin", "Audit"),
    "Jira": with_help(at("/admin/admin", "Jira")),
    "get started": at("/apps/get-started"),
    "mailbox": at("/mailbox/"),
    "mail": at("/mailbox/20"),
}


@pytest.mark.parametrize("surface", SURFACES)
def test_a_surface_is_sound_in_light_in_dark_and_in_a_narrow_window(visitor: Visitor, surface: str) -> None:
    visit = visitor()
    SURFACES[surface](visit)
    assert visit.violations() == []
    if "dialog" not in surface:
        visit.darken()
        assert visit.violations() == []
        visit.narrow()
        assert visit.too_wide() == {}
    assert visit.trouble == []


@pytest.mark.parametrize("surface", ["front page", "invoice", "call dialog", "payment dialog", "company"])
def test_a_surface_that_opens_in_the_dark_is_sound(visitor: Visitor, surface: str) -> None:
    visit = visitor(theme="dark")
    SURFACES[surface](visit)
    assert visit.violations() == []
    assert visit.trouble == []
