"""What is typed is not lost: a refused form names its field, and two people on one form see each other's values."""

from typing import TYPE_CHECKING

from tests.browser.conftest import Visitor
from tests.browser.visit import Visit

if TYPE_CHECKING:
    pass

BILLING = "/projects/MRL/apps/project"
REFUSED = ("status of 422", "status of 409")


def quiet(visit: Visit) -> bool:
    """Whether nothing went wrong but what was refused on purpose."""
    return [each for each in visit.trouble if not any(status in each for status in REFUSED)] == []


def test_a_refused_payment_keeps_what_was_typed_and_names_the_field(visitor: Visitor) -> None:
    visit = visitor("Priya")
    visit.open("/")
    form = visit.unfold("Record a payment")
    form.get_by_label("Amount").fill("12,3x")
    form.get_by_label("Reference").fill("Statement 17")
    form.get_by_role("button", name="Record payment").click()
    form.locator("[aria-invalid=true]").wait_for()
    amount = form.get_by_label("Amount")
    assert amount.input_value() == "12,3x"
    assert form.get_by_label("Reference").input_value() == "Statement 17"
    described = amount.get_attribute("aria-describedby") or ""
    assert form.locator(f"[id='{described.split()[-1]}']").inner_text().strip() != ""
    assert visit.violations() == []
    amount.fill("100.00")
    form.get_by_role("button", name="Record payment").click()
    visit.flag("Payment recorded")
    visit.app.get_by_text("€7,080.00 of €7,180.00").wait_for()
    assert quiet(visit)


def test_a_form_keeps_the_focus_while_it_is_refused(visitor: Visitor) -> None:
    visit = visitor("Priya")
    visit.open("/")
    form = visit.unfold("Pause")
    form.get_by_label("Why").press("Control+Enter")
    form.get_by_role("button", name="Pause").press("Enter")
    visit.app.locator("[aria-invalid=true]").wait_for()
    assert visit.app.locator("details.fold[open]").count() == 1
    assert quiet(visit)


def test_the_pdf_arrives_without_closing_what_was_opened_meanwhile(visitor: Visitor) -> None:
    visit = visitor("Priya")
    visit.open(BILLING)
    visit.app.get_by_role("button", name="Create draft").click()
    visit.app.get_by_role("button", name="Issue invoice").click()
    visit.flag("issued")
    form = visit.unfold("Pause")
    form.get_by_label("Why").fill("They are on holiday")
    visit.app.get_by_role("button", name="PDF", exact=True).wait_for()
    assert form.get_by_label("Why").input_value() == "They are on holiday"
    assert visit.trouble == []


def test_two_people_issue_one_draft_and_only_one_number_is_given(visitor: Visitor) -> None:
    first, second = visitor("Alice"), visitor("Priya")
    first.open(BILLING)
    first.app.get_by_role("button", name="Create draft").click()
    first.app.get_by_role("button", name="Issue invoice").wait_for()
    second.open(BILLING)
    second.tab("Drafts and invoices")
    second.app.get_by_role("button", name="Draft", exact=True).click()
    second.app.get_by_role("button", name="Issue invoice").wait_for()
    first.app.get_by_role("button", name="Issue invoice").click()
    first.flag("issued")
    number = first.app.get_by_role("heading", name="Invoice INV-").inner_text()
    second.app.get_by_role("button", name="Issue invoice").click()
    second.app.locator("#page-message").get_by_text("is issued already").wait_for()
    second.open(BILLING)
    second.tab("Drafts and invoices")
    assert second.app.get_by_role("button", name=number.removeprefix("Invoice "), exact=True).count() == 1
    assert quiet(first)
    assert quiet(second)
