"""The page of the mail texts in a real browser: a name goes where the cursor was, and the mail beside it follows."""

from tests.browser.conftest import Visitor
from tests.browser.visit import Visit

FRAME = "#text-preview iframe"


def opened(visit: Visit) -> Visit:
    visit.open("/admin/admin")
    visit.tab("Mail texts")
    return visit


def test_req_F05_a_name_goes_where_the_cursor_was_and_the_preview_follows(visitor: Visitor) -> None:
    visit = opened(visitor("Alice"))
    body = visit.app.get_by_label("Text", exact=True)
    body.fill("Dear client, please see .")
    body.press("End")
    body.press("ArrowLeft")
    visit.app.get_by_text("What can be filled in", exact=True).click()
    visit.app.get_by_role("button", name="{{ number }}", exact=True).press("Enter")
    assert body.input_value() == "Dear client, please see {{ number }}."
    assert body.evaluate("field => field === document.activeElement")
    visit.app.frame_locator(FRAME).get_by_text("Dear client, please see INV-").wait_for()
    assert visit.trouble == []


def test_req_F05_the_preview_says_where_a_text_is_wrong_and_follows_the_chosen_invoice(visitor: Visitor) -> None:
    visit = opened(visitor("Alice"))
    body = visit.app.get_by_label("Text", exact=True)
    body.fill("One\n{{ invoce.total }}")
    visit.app.locator("#text-preview").get_by_text("Line 2, column 4").wait_for()
    body.fill("About {{ numbers }}")
    visit.app.get_by_label("About", exact=True).select_option("invented")
    visit.app.frame_locator(FRAME).get_by_text("About INV-0042", exact=True).wait_for()
    visit.app.get_by_label("With all open invoices of the client").check()
    visit.app.frame_locator(FRAME).get_by_text("About INV-0042, INV-0043", exact=True).wait_for()
    assert visit.trouble == []


def test_the_page_is_read_on_a_phone_and_in_the_dark(visitor: Visitor) -> None:
    visit = opened(visitor("Alice", theme="dark", width=360))
    visit.app.get_by_text("What can be filled in", exact=True).click()
    visit.app.get_by_label("Mail", exact=True).select_option("second")
    visit.app.frame_locator(FRAME).locator("body").wait_for()
    assert visit.violations() == []
    assert visit.too_wide() == {}
    assert visit.trouble == []


def test_a_test_mail_leaves_what_was_typed_in_the_form(visitor: Visitor) -> None:
    visit = opened(visitor("Alice"))
    body = visit.app.get_by_label("Text", exact=True)
    body.fill("Typed and not saved: {{ total_due }}")
    visit.app.locator("#text-trial input[name=recipient]").fill("alice@example.com")
    visit.app.get_by_role("button", name="Send me a test mail").click()
    visit.flag("Test mail on its way")
    assert body.input_value() == "Typed and not saved: {{ total_due }}"
    assert visit.trouble == []
