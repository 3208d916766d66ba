"""An invoice is issued without a mouse: Tab, Enter, and a focus that can be seen all the way."""

from typing import TYPE_CHECKING

from tests.browser.conftest import Visitor
from tests.browser.visit import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Frame

FARTHEST = 150
FOCUSED = "() => (document.activeElement?.innerText || document.activeElement?.value || '').trim()"
OUTLINED = "() => getComputedStyle(document.activeElement).outlineStyle"


def focused(visit: Visit) -> "tuple[Frame, str]":
    """The frame in which the keyboard is, and the words on what has the focus."""
    frame = visit.page.main_frame
    while frame.evaluate("() => document.activeElement?.tagName") == "IFRAME":
        frame = frame.child_frames[0]
    return frame, str(frame.evaluate(FOCUSED))


def tab_to(visit: Visit, words: str) -> "Frame":
    """Presses Tab until the focus stands on these words."""
    for _ in range(FARTHEST):
        visit.page.keyboard.press("Tab")
        frame, text = focused(visit)
        if text.startswith(words):
            return frame
    raise AssertionError(f"{words!r} cannot be reached by keyboard")


def test_an_invoice_is_issued_by_keyboard(visitor: Visitor) -> None:
    visit = visitor("Priya")
    visit.open("/projects/CLV/apps/project")
    frame = tab_to(visit, "Create draft")
    assert frame.evaluate(OUTLINED) != "none"
    visit.page.keyboard.press("Enter")
    visit.app.get_by_role("button", name="Issue invoice").wait_for()
    tab_to(visit, "Issue invoice")
    visit.page.keyboard.press("Enter")
    visit.flag("issued")
    visit.app.get_by_role("heading", name="Invoice INV-").wait_for()
    assert visit.trouble == []


def test_the_skip_link_is_the_first_stop(visitor: Visitor) -> None:
    visit = visitor("Priya")
    visit.open("/")
    visit.page.keyboard.press("Tab")
    assert focused(visit)[1] == "Skip to the page"
    visit.page.keyboard.press("Enter")
    tab_to(visit, "PDF")
    assert visit.trouble == []
