"""What people hold back, in a real browser: the page behind the forewarning's link, and review before mails leave."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from plugin.services.follow_ups.hold_links import HoldLink
from plugin.store.tables.follow_ups import Hold, PlannedStep
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyVersion
from sandbox.history.staged import StagedCompany
from tests.browser.conftest import Visitor
from tests.browser.visit import Visit
from tests.support.browser import axe_violations, open_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
BILLING = "/projects/MRL/apps/project"
MAIL_STEPS = ("friendly", "second", "final")


def coming(company: StagedCompany) -> PlannedStep:
    """The next reminder of all that are planned."""
    stage = company.stage
    with stage.container.reading(stage.tenant_id) as session:
        query = select(PlannedStep).where(PlannedStep.state == "planned", PlannedStep.step_key.in_(MAIL_STEPS))
        return session.scalars(query.order_by(PlannedStep.planned_on)).all()[0]


def hold_address(company: StagedCompany, step: PlannedStep, *, until: datetime | None = None) -> str:
    """As the forewarning writes it."""
    stage = company.stage
    link = HoldLink(
        tenant_id=stage.tenant_id,
        invoice_id=step.invoice_id,
        step_key=step.step_key,
        until=until or company.clock.now() + timedelta(days=9),
    )
    return stage.container.hold_links.address(link)


def holds(company: StagedCompany, step: PlannedStep) -> list[str]:
    stage = company.stage
    with stage.container.reading(stage.tenant_id) as session:
        query = select(Hold.reason).where(Hold.invoice_id == step.invoice_id, Hold.lifted_at.is_(None))
        return list(session.scalars(query))


def sound(page: "Page") -> None:
    """Whether a page outside Jira is clean at a screen's and at a phone's width."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert axe_violations(page.main_frame) == []
        assert page.evaluate(TOO_WIDE) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_req_F19_the_page_behind_the_forewarning_asks_once_and_holds(
    browser: "Browser", company: StagedCompany, scheme: str
) -> None:
    step = coming(company)
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    watched = open_page(context)
    page = watched.page
    page.goto(hold_address(company, step))
    sound(page)
    assert holds(company, step) == []
    page.get_by_label("Why").press("Enter")
    page.get_by_role("button", name="Hold it").press("Enter")
    page.locator("[aria-invalid=true]").wait_for()
    sound(page)
    page.get_by_label("Why").fill("They have called")
    page.get_by_role("button", name="Hold it").click()
    page.get_by_text("It is held", exact=True).wait_for()
    sound(page)
    assert holds(company, step) == ["They have called"]
    page.goto(hold_address(company, step))
    page.get_by_text("It is held already").wait_for()
    sound(page)
    page.goto(hold_address(company, step, until=company.clock.now() - timedelta(days=1)))
    page.get_by_text("The day of this link is over").first.wait_for()
    sound(page)
    assert [line for line in watched.trouble if not any(code in line for code in ("404", "410", "422"))] == []
    context.close()


def ask_first(company: StagedCompany) -> None:
    """Every policy wants a person's word before a mail leaves."""
    stage = company.stage
    with stage.container.writing(stage.tenant_id) as session:
        for version in session.scalars(select(PolicyVersion)):
            version.body = {**version.body, "ask_first": True}


def reminders(company: StagedCompany, number: str) -> int:
    """How many mails speak of an invoice."""
    return sum(number in mail.subject for mail in company.stage.mailbox.mails)


def clean(visit: Visit) -> None:
    for width in (1280, 360):
        visit.page.set_viewport_size({"width": width, "height": 1600})
        assert visit.violations() == []
        assert visit.too_wide() == {}
    visit.page.set_viewport_size({"width": 1280, "height": 1600})
    assert visit.trouble == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_complaint_C21_with_review_a_mail_waits_on_the_calendar_until_somebody_approves_it(
    visitor: Visitor, company: StagedCompany, theme: str
) -> None:
    ask_first(company)
    step = coming(company)
    with company.stage.container.reading(company.stage.tenant_id) as session:
        invoice = session.get_one(Invoice, (session.tenant_id, step.invoice_id))
        number, project = str(invoice.number), invoice.project_id
    company.clock.advance(timedelta(days=(step.planned_on - company.clock.now().date()).days + 1))
    company.settle()
    before = reminders(company, number)
    assert step.planned_on < company.clock.now().date()
    key = company.stage.jira.world.projects[int(project)].key
    visit = visitor("Alice", theme=theme)
    visit.open(f"/projects/{key}/apps/project")
    visit.tab("Calendar")
    visit.app.get_by_role("heading", name="Waiting for your approval").wait_for()
    visit.app.get_by_text(f"See the mail of {number}").click()
    visit.app.locator("details[open] iframe").first.wait_for()
    clean(visit)
    for box in visit.app.get_by_role("checkbox", checked=True).all():
        if number not in (box.evaluate("box => box.labels[0].innerText") or ""):
            box.uncheck()
    visit.app.get_by_role("button", name="Approve the ticked ones").click()
    visit.flag("1 row changed")
    company.clock.advance(timedelta(minutes=30))
    visit.until(lambda: reminders(company, number) == before + 1, "the approved mail has left")
    clean(visit)
