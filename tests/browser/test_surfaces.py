"""Every surface in light and dark: no error, no policy violation, nothing for axe to find, no sideways scrolling."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor
from tests.browser.visit import Visit

Open = Callable[[Visit], None]


def at(path: str) -> Open:
    return lambda visit: visit.open(path)


def tab(text: str, *, project: str = "BRW") -> Open:
    def open_tab(visit: Visit) -> None:
        visit.open(f"/projects/{project}/apps/project")
        visit.tab(text)

    return open_tab


def invoice(visit: Visit) -> None:
    tab("Drafts and invoices")(visit)
    visit.app.get_by_role("button", name="INV-2026-0004").click()
    visit.app.get_by_role("heading", name="Invoice INV-2026-0004").wait_for()


def call_dialog(visit: Visit) -> None:
    tab("Tasks")(visit)
    visit.app.get_by_role("button", name="Log call").click()
    visit.dialog.get_by_label("How it ended").wait_for()


SURFACES: dict[str, Open] = {
    "front page": at("/"),
    "unbilled time": tab("Unbilled time"),
    "invoices": tab("Drafts and invoices"),
    "invoice": invoice,
    "disputed": at("/browse/MRL-10"),
    "tasks": tab("Tasks"),
    "call dialog": call_dialog,
    "mailbox": at("/mailbox/"),
    "mail": at("/mailbox/12"),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("surface", SURFACES)
def test_req_F47_a_surface_opens_without_error_or_axe_violation(visitor: Visitor, surface: str, theme: str) -> None:
    visit = visitor(theme=theme)
    SURFACES[surface](visit)
    assert visit.violations() == []
    assert visit.trouble == []


@pytest.mark.parametrize("surface", [name for name in SURFACES if "dialog" not in name])
def test_req_F47_a_narrow_window_needs_no_sideways_scrolling(visitor: Visitor, surface: str) -> None:
    visit = visitor(width=320)
    SURFACES[surface](visit)
    assert visit.too_wide() == {}
