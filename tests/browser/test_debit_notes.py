"""A debit note in a real browser: looked at, issued, paid; days and rates in light, dark and narrow."""

from sqlalchemy import update

from plugin.store.tables.clients import Client
from tests.browser.conftest import Visitor


def test_law_L14_what_the_law_gives_is_looked_at_and_put_on_a_note(visitor: Visitor) -> None:
    visit = visitor("Priya")
    stage = visit.company.stage
    with stage.container.writing(stage.tenant_id) as session:
        session.execute(update(Client).values(law_profile="eu"))
    visit.open("/projects/BRW/apps/project")
    visit.tab("Drafts and invoices")
    visit.open_invoice(visit.company.awaiting_call)
    fold = visit.unfold("Claim it on a debit note")
    fold.get_by_role("list", name="Days and rates").get_by_text("10.40 % a year").wait_for()
    assert visit.violations() == []
    visit.darken()
    assert visit.violations() == []
    fold.get_by_role("button", name="Issue the debit note").click()
    visit.flag("Debit note DN-2026-0001 issued")
    visit.app.get_by_text("stands on debit notes already").wait_for()
    form = visit.unfold("It was paid").locator("form")
    form.get_by_role("button", name="Book the payment").click()
    visit.flag("Debit note paid")
    assert visit.violations() == []
    visit.narrow()
    assert visit.too_wide() == {}
    assert visit.trouble == []
