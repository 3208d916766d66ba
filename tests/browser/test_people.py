"""The person switch: a member looks, a project manager acts, an administrator administers; the server decides."""

import re

from tests.browser.conftest import Visitor

BILLING = "/projects/MRL/apps/project"
REFUSED = "the server responded with a status of 403"


def test_req_F49_the_switch_on_top_changes_who_looks(visitor: Visitor) -> None:
    visit = visitor("Alice")
    visit.open("/")
    with visit.page.expect_navigation():
        visit.page.get_by_label("Person").select_option(label="Bob Lindqvist, member")
    visit.settle()
    visit.page.get_by_role("img", name="Bob Lindqvist").wait_for()
    assert visit.app.get_by_text("Record a payment").count() == 0
    assert visit.trouble == []


def test_req_F49_a_member_sees_what_is_owed_and_changes_nothing(visitor: Visitor) -> None:
    visit = visitor("Bob")
    visit.open("/")
    visit.app.get_by_text("Overdue").first.wait_for()
    assert visit.app.get_by_role("button", name="PDF").count() == 0
    assert visit.app.locator("form").count() == 0
    visit.open(BILLING)
    visit.tab("Unbilled time")
    visit.app.get_by_text("You can look here, not bill").wait_for()
    assert visit.app.get_by_role("button", name="Create draft").count() == 0
    assert visit.page.get_by_role("link", name="Billing settings").count() == 0
    assert visit.trouble == []


def test_req_F49_a_project_manager_bills_and_settles_but_does_not_administer(visitor: Visitor) -> None:
    visit = visitor("Priya")
    visit.open("/")
    visit.app.get_by_role("button", name="Settle the dispute").click()
    visit.flag("Follow-ups go on")
    visit.app.get_by_text(re.compile(r"^\d+ older$")).click()
    visit.app.get_by_text("Workshop days were agreed").first.wait_for(state="attached")
    assert visit.app.get_by_role("button", name="Settle the dispute").count() == 0
    visit.open("/projects/MRL/settings/project-settings")
    visit.app.get_by_role("button", name="Save client").wait_for()
    assert visit.page.get_by_role("link", name="Dunlin billing").count() == 0
    assert visit.trouble == []


def test_req_F49_an_administrator_reaches_the_administration(visitor: Visitor) -> None:
    visit = visitor("Alice")
    visit.open("/")
    visit.page.get_by_role("link", name="Dunlin billing").click()
    visit.settle()
    assert visit.app.get_by_label("Name").first.input_value() == "Heron & Vale GmbH"
    assert visit.trouble == []


def test_attack_A39_the_address_of_the_administration_tells_a_member_why_not_and_nothing_else(visitor: Visitor) -> None:
    visit = visitor("Bob")
    visit.page.goto(f"{visit.company.url}/admin/admin")
    visit.app.get_by_text("This page needs the permission Administer Jira; ask a Jira administrator.").wait_for()
    assert visit.app.locator("form, input, button, table").count() == 0
    assert "DE89" not in visit.app.locator("body").inner_text()
    assert visit.violations() == []
    assert [each for each in visit.trouble if REFUSED not in each] == []
