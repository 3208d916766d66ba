"""What people steer by hand, in a real browser: words of a mail, a contact outside, statements, a client's question."""

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from plugin.store.tables.answers import ClientAnswer
from plugin.store.tables.by_hand import ContactNote, MailWords
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.invoices import Invoice
from sandbox.history.staged import StagedCompany
from tests.browser.conftest import Visitor
from tests.browser.test_client_page import newest_reminder
from tests.browser.test_held_back import clean, coming
from tests.browser.visit import Visit
from tests.support.browser import open_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

THEMES = ("light", "dark")


def at_invoice(visitor: Visitor, company: StagedCompany, number: str, project: str, *, theme: str = "light") -> Visit:
    visit = visitor("Alice", theme=theme)
    key = company.stage.jira.world.projects[int(project)].key
    visit.open(f"/projects/{key}/apps/project")
    visit.tab("Drafts and invoices")
    visit.open_invoice(number)
    return visit


@pytest.mark.parametrize("theme", THEMES)
def test_complaint_C38_the_words_of_a_mail_are_changed_beside_the_mail_they_make(
    visitor: Visitor, company: StagedCompany, theme: str
) -> None:
    step = coming(company)
    with company.stage.container.reading(company.stage.tenant_id) as session:
        invoice = session.get_one(Invoice, (session.tenant_id, step.invoice_id))
    visit = at_invoice(visitor, company, str(invoice.number), invoice.project_id, theme=theme)
    fold = visit.app.locator(f"#step-{invoice.id}-{step.step_key}-fold")
    fold.locator("> summary").press("Enter")
    fold.get_by_text("Change its words").press("Enter")
    body = fold.get_by_label("Text")
    body.wait_for()
    fold.locator("iframe").wait_for()
    clean(visit)
    standing = body.input_value()
    body.fill(standing.replace("{{ invoices }}", "{{ invoices"))
    fold.get_by_text("These words would be refused.").wait_for()
    clean(visit)
    body.fill("I hope Rome was warm.\n\n" + standing)
    mail = fold.locator("iframe").content_frame
    mail.get_by_text("I hope Rome was warm.").first.wait_for()
    fold.get_by_role("button", name="Save these words").click()
    visit.flag("Words changed")
    fold.get_by_text("own words").first.wait_for()
    clean(visit)
    with company.stage.container.reading(company.stage.tenant_id) as session:
        (words,) = session.scalars(select(MailWords)).all()
    assert words.body.startswith("I hope Rome was warm.")


def test_complaint_C06_a_contact_outside_is_noted_and_taken_back(visitor: Visitor, company: StagedCompany) -> None:
    step = coming(company)
    with company.stage.container.reading(company.stage.tenant_id) as session:
        invoice = session.get_one(Invoice, (session.tenant_id, step.invoice_id))
    visit = at_invoice(visitor, company, str(invoice.number), invoice.project_id)
    form = visit.unfold("Note a contact").locator("form")
    form.get_by_label("How").select_option("call")
    form.get_by_label("With whom").fill("Ada")
    form.get_by_role("button", name="Note it").click()
    visit.flag("Contact noted")
    visit.app.get_by_text("Phone call,").first.wait_for()
    clean(visit)
    form = visit.unfold("Take it back").locator("form")
    form.get_by_label("Why").fill("It was somebody else")
    form.get_by_role("button", name="Take it back").click()
    visit.flag("Taken back")
    visit.app.get_by_text("Taken back: It was somebody else").wait_for()
    clean(visit)
    with company.stage.container.reading(company.stage.tenant_id) as session:
        (note,) = session.scalars(select(ContactNote)).all()
    assert note.voided_at is not None


@pytest.mark.parametrize("theme", THEMES)
def test_complaint_C26_a_day_for_statements_is_chosen_in_its_fold(
    visitor: Visitor, company: StagedCompany, theme: str
) -> None:
    with company.stage.container.reading(company.stage.tenant_id) as session:
        project = session.scalars(select(Project).where(Project.client_id.is_not(None)).order_by(Project.key)).first()
    assert project is not None
    visit = visitor("Alice", theme=theme)
    visit.open(f"/projects/{project.key}/settings/project-settings")
    fold = visit.unfold("Statement of account")
    fold.get_by_text("None is planned.").wait_for()
    clean(visit)
    fold.get_by_label("Mailed").select_option("5")
    fold.get_by_role("button", name="Save").click()
    visit.flag("Statements for")
    fold = visit.unfold("Statement of account")
    fold.get_by_text("The next one goes on").wait_for()
    clean(visit)
    with company.stage.container.reading(company.stage.tenant_id) as session:
        client = session.get_one(Client, (session.tenant_id, project.client_id))
    assert client.statement_day == 5


def test_req_U12_a_clients_question_becomes_a_jira_issue_by_its_button(
    browser: "Browser", visitor: Visitor, company: StagedCompany
) -> None:
    context = browser.new_context()
    page = open_page(context).page
    page.goto(f"{newest_reminder(company)}?a=query")
    page.locator("#query-text").fill("This is not what we ordered.")
    page.locator("#query button[type=submit]").click()
    page.locator("#told").wait_for()
    context.close()
    with company.stage.container.reading(company.stage.tenant_id) as session:
        (asked,) = session.scalars(select(ClientAnswer).where(ClientAnswer.kind == "query")).all()
        invoice = session.get_one(Invoice, (session.tenant_id, asked.invoice_id))
    visit = at_invoice(visitor, company, str(invoice.number), invoice.project_id)
    visit.app.locator("p.anywhere", has_text="This is not what we ordered.").first.wait_for()
    clean(visit)
    visit.app.get_by_role("button", name="Make a Jira issue of it").click()
    company.settle()
    visit.open(visit.page.url.replace(company.url, ""))
    visit.tab("Drafts and invoices")
    visit.open_invoice(str(invoice.number))
    visit.app.get_by_text("In Jira:").first.wait_for()
    clean(visit)
