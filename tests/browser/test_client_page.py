"""The page behind a mail's links in a real browser: both themes, a phone's width, no script, no mouse."""

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from plugin.store.tables.answers import ClientAnswer, InboundMail
from plugin.store.tables.invoices import Invoice
from sandbox.history.staged import StagedCompany
from tests.browser.conftest import Visitor
from tests.story.client_page import PHONE, links_of
from tests.support.browser import axe_violations, open_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def newest_reminder(company: StagedCompany) -> str:
    """The page's address in the newest mail that asks for money."""
    for mail in reversed(company.stage.mailbox.mails):
        found = links_of(mail)
        if any("a=already_paid" in address for address in found):
            return found[0]
    raise LookupError("no mail of the history asks for money")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_is_clean_in_both_themes_at_both_widths(
    browser: "Browser", company: StagedCompany, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        user_agent=PHONE,
    )
    watched = open_page(context)
    page = watched.page
    page.goto(newest_reminder(company))
    for summary in page.locator("summary").all():
        summary.click()
    assert axe_violations(page.main_frame) == []
    assert page.evaluate(TOO_WIDE) <= 0
    page.goto(f"{company.stage.base_url}/c/nothing")
    assert axe_violations(page.main_frame) == []
    assert [line for line in watched.trouble if "404" not in line] == []
    assert context.cookies() == []
    context.close()


def test_a_promise_by_keyboard_alone_and_the_look_counts(browser: "Browser", company: StagedCompany) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 900}, user_agent=PHONE)
    watched = open_page(context)
    page = watched.page
    with page.expect_response(lambda answer: answer.url.endswith("/seen")) as seen:
        page.goto(f"{newest_reminder(company)}?a=promise")
    assert seen.value.status == 204
    page.locator("#promise-day").focus()
    page.keyboard.type("27112026")
    page.locator("#promise-day").fill("2026-11-27")
    page.locator("#promise-day").press("Enter")
    page.wait_for_selector("#told")
    assert "27 November 2026" in page.locator("#given-title + ul").inner_text()
    with company.stage.container.reading(company.stage.tenant_id) as session:
        answer = session.scalars(select(ClientAnswer)).one()
        assert answer.kind == "promise"
        assert session.get_one(Invoice, (session.tenant_id, answer.invoice_id)).viewed_at is not None
    assert watched.trouble == []
    context.close()


def test_everything_works_without_a_script(browser: "Browser", company: StagedCompany) -> None:
    context = browser.new_context(java_script_enabled=False, user_agent=PHONE, accept_downloads=True)
    page = context.new_page()
    page.goto(newest_reminder(company))
    with page.expect_download() as download:
        page.get_by_role("button", name="PDF").first.click()
    assert download.value.suggested_filename.startswith("invoice-")
    page.goto(f"{newest_reminder(company)}?a=query")
    page.locator("#query-text").fill("This is not what we ordered.")
    page.locator("#query button[type=submit]").click()
    assert page.locator("#told").count() == 1
    assert "This is not what we ordered." in page.locator(".given").inner_text()
    context.close()


def test_an_answer_from_the_mailbox_reaches_the_invoice(visitor: Visitor, company: StagedCompany) -> None:
    visit = visitor("Alice")
    page = visit.page
    mail = next(mail for mail in reversed(company.stage.mailbox.mails) if any("a=" in link for link in links_of(mail)))
    page.goto(f"{company.url}/mailbox/{mail.number}")
    assert axe_violations(page.main_frame) == []
    page.get_by_label("What the client writes").fill("We pay on Friday.")
    page.get_by_role("button", name="Reply").click()
    page.get_by_role("status").filter(has_text="handed to the app").wait_for()
    with company.stage.container.reading(company.stage.tenant_id) as session:
        stored = session.scalars(select(InboundMail)).one()
        assert (stored.kind, stored.text) == ("reply", "We pay on Friday.")
        number = session.get_one(Invoice, (session.tenant_id, stored.invoice_ids[0])).number
    assert number is not None
    visit.open(company.issue_of(number))
    panel = visit.app
    panel.get_by_text("We pay on Friday.").first.wait_for()
    panel.get_by_text("Dealt with", exact=True).first.click()
    panel.get_by_label("What came of it").first.fill("Called Ines, she pays on Friday")
    panel.get_by_role("button", name="Mark as dealt with").first.click()
    panel.get_by_role("button", name="Mark as dealt with").first.wait_for(state="detached")
    company.settle()
    with company.stage.container.reading(company.stage.tenant_id) as session:
        assert session.scalars(select(InboundMail)).one().handled_at is not None
