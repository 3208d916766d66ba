"""Policies in a real browser: pages sound in light, dark and narrow; steps moved by keyboard; two people at once."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor
from tests.browser.test_forms import quiet
from tests.browser.visit import Visit

FOCUSED = "() => document.activeElement?.id"


def policies(visit: Visit) -> None:
    visit.open("/admin/admin")
    visit.tab("Follow-ups")
    visit.app.get_by_role("button", name="See and change policies").click()
    visit.app.get_by_role("heading", name="New policy").wait_for()


def standard(visit: Visit) -> None:
    policies(visit)
    visit.app.get_by_role("button", name="Standard", exact=True).click()
    visit.app.get_by_role("heading", name="Versions").wait_for()


def editor(visit: Visit) -> None:
    standard(visit)
    visit.app.get_by_role("button", name="Change in a draft").click()
    visit.app.get_by_role("heading", name="Draft of Standard").wait_for()


def moves(visit: Visit) -> None:
    standard(visit)
    visit.app.get_by_role("button", name="Move open invoices to it").click()
    visit.app.get_by_role("heading", name="Move open invoices to Standard").wait_for()


def simulation(visit: Visit) -> None:
    policies(visit)
    visit.app.get_by_role("button", name="Simulation").click()
    visit.app.get_by_label("Beside it").select_option("preset:strict")
    visit.app.get_by_role("heading", name="What Strict (preset) changes").wait_for()


def backtest(visit: Visit) -> None:
    policies(visit)
    visit.app.get_by_role("button", name="Backtest").click()
    visit.app.get_by_label("Beside it").select_option("preset:gentle")
    visit.app.get_by_text("Gentle (preset): mails").wait_for()


PAGES: dict[str, Callable[[Visit], None]] = {
    "policies": policies,
    "one policy": standard,
    "editor": editor,
    "moves": moves,
    "simulation": simulation,
    "backtest": backtest,
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_policies_is_sound_in_light_in_dark_and_in_a_narrow_window(visitor: Visitor, page: str) -> None:
    visit = visitor()
    PAGES[page](visit)
    assert visit.violations() == []
    visit.darken()
    assert visit.violations() == []
    visit.narrow()
    assert visit.too_wide() == {}
    assert visit.trouble == []


def test_a_step_is_moved_by_keyboard_and_the_focus_goes_with_it(visitor: Visitor) -> None:
    visit = visitor()
    editor(visit)
    button = visit.app.locator("#step-call-up")
    button.focus()
    visit.page.keyboard.press("Enter")
    visit.flag("Draft saved")
    visit.app.get_by_role("heading", name="2. Phone call").wait_for()
    assert button.evaluate(FOCUSED) == "step-call-up"
    assert visit.app.locator("#step-call-offset").input_value() == "3"
    assert quiet(visit)


def test_what_is_typed_is_looked_at_at_once(visitor: Visitor) -> None:
    visit = visitor()
    editor(visit)
    field = visit.app.locator("#step-second-tone")
    field.select_option("friendly")
    visit.app.get_by_text("the tone never softens").wait_for()
    visit.app.locator("#step-second-offset").fill("soon")
    visit.app.get_by_text("Step 4: enter a whole number").wait_for()
    assert visit.app.locator("#step-second-offset").input_value() == "soon"
    assert quiet(visit)


def test_two_people_on_one_draft_the_second_sees_both_and_publishes_knowingly(visitor: Visitor) -> None:
    first, second = visitor("Alice"), visitor("Alice")
    editor(first)
    policies(second)
    second.app.get_by_role("button", name="Standard", exact=True).last.click()
    second.app.get_by_role("heading", name="Draft of Standard").wait_for()
    first.app.get_by_label("Name of the policy").fill("Patient")
    first.app.get_by_role("button", name="Save draft").first.click()
    first.flag("Draft saved")
    second.app.get_by_label("Name of the policy").fill("Strict")
    second.app.get_by_role("button", name="Save draft").first.click()
    second.app.get_by_text("Stored meanwhile: Patient").wait_for()
    assert second.app.get_by_label("Name of the policy").input_value() == "Strict"
    second.app.get_by_role("button", name="Save draft").first.click()
    second.flag("Draft saved")
    second.app.get_by_text("Publish", exact=True).click()
    second.app.get_by_role("button", name="Publish now").click()
    second.flag("Strict, version 2")
    assert quiet(second)
