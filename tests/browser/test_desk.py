"""The desk of an invoice in a real browser: a plan from offer to acceptance, a disputed line, the undo window."""

from dataclasses import replace
from datetime import date, timedelta

from plugin.services.settings.control import control_of, save_control
from plugin.store.tables.company import MailSettings
from tests.browser.conftest import Visitor
from tests.browser.visit import Visit


def at_invoice(visitor: Visitor, name: str = "Priya") -> Visit:
    visit = visitor(name)
    visit.open("/projects/BRW/apps/project")
    visit.tab("Drafts and invoices")
    visit.open_invoice(visit.company.awaiting_call)
    return visit


def test_req_F45_a_plan_is_offered_and_accepted_with_a_record(visitor: Visitor) -> None:
    visit = at_invoice(visitor)
    form = visit.unfold("Offer a payment plan").locator("form")
    first = visit.company.clock.now().date() + timedelta(days=14)
    form.get_by_label("The first on").fill(first.isoformat())
    form.get_by_role("button", name="Offer the plan").click()
    visit.flag("Plan offered")
    form = visit.unfold("The client accepted").locator("form")
    form.get_by_label("Who accepted it").fill("Ada Quint")
    form.get_by_label("How").select_option("phone")
    form.get_by_role("button", name="Put it on record").click()
    visit.flag("Plan agreed")
    visit.app.get_by_text("Ada Quint, by phone", exact=True).wait_for()
    assert visit.app.get_by_text("A payment plan is running").count() > 0
    assert visit.violations() == []
    assert visit.trouble == []


def test_req_U12_one_line_is_disputed(visitor: Visitor) -> None:
    visit = at_invoice(visitor)
    form = visit.unfold("Dispute of one line").locator("form")
    form.get_by_label("Line").select_option(index=1)
    form.get_by_label("What is disputed").fill("Not ordered")
    form.get_by_role("button", name="Record dispute").click()
    visit.flag("Dispute recorded")
    visit.app.get_by_text("Line 1: Not ordered").first.wait_for()
    assert visit.violations() == []
    assert visit.trouble == []


def test_quiet_periods_and_the_undo_window_are_set_by_an_administrator(visitor: Visitor) -> None:
    visit = visitor("Alice")
    visit.open("/admin/admin")
    visit.tab("Control")
    visit.app.get_by_label("A reminder waits").fill("15")
    visit.app.get_by_role("button", name="Save").click()
    visit.flag("Saved")
    form = visit.unfold("Add a quiet period").locator("form")
    form.get_by_label("Name").fill("Christmas")
    form.get_by_label("First day").fill(date(2026, 12, 24).isoformat())
    form.get_by_label("Last day").fill(date(2027, 1, 1).isoformat())
    form.get_by_label("Every year").check()
    form.get_by_role("button", name="Add").click()
    visit.flag("Christmas is quiet")
    visit.app.get_by_role("button", name="Remove").wait_for()
    assert visit.violations() == []
    assert visit.trouble == []


def test_req_UX06_a_reminder_in_its_undo_window_is_held_on_the_calendar(visitor: Visitor) -> None:
    visit = visitor("Priya")
    stage = visit.company.stage
    with stage.container.writing(stage.tenant_id) as session:
        settings = session.get_one(MailSettings, stage.tenant_id)
        save_control(session, replace(control_of(settings), undo_minutes=60), now=visit.company.clock.now(), actor="a")
    visit.open("/projects/MRL/apps/project")
    visit.tab("Calendar")
    due = visit.app.locator("#board tbody tr:has(td)").filter(has_text="@").first
    assert due.count() == 1
    for _ in range(30):
        visit.company.clock.instant += timedelta(days=1)
        visit.company.settle()
        visit.open("/projects/MRL/apps/project")
        visit.tab("Calendar")
        if visit.app.get_by_role("heading", name="Leaving soon").count():
            break
    held = visit.app.locator("#outbox")
    recipient = held.get_by_text(" to ").first.inner_text()
    before = [mail.message_id for mail in stage.mailbox.mails]
    held.get_by_text("Hold it").first.click()
    held.get_by_label("Why").first.fill("They have just called")
    held.get_by_role("button", name="Hold it").first.click()
    visit.flag("Held")
    visit.company.clock.instant += timedelta(hours=2)
    visit.company.settle()
    number = recipient.split(" to ")[0]
    since = [mail for mail in stage.mailbox.mails if mail.message_id not in before]
    assert not any(number in mail.text for mail in since)
    assert visit.trouble == []
