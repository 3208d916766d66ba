"""One person at one browser window of the pretend Jira, and the few things that every test does there."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.history.staged import StagedCompany
from tests.support.browser import Watched, axe_violations

if TYPE_CHECKING:
    from playwright.sync_api import Frame, FrameLocator, Locator, Page

DIALOG = ".ap-aui-dialog2"
APP = ".app-frame iframe"
PATIENCE = 300
MAIL = re.compile(r"/html$|/ui/(mail|text)-preview")
LOADED = (
    """() => document.readyState === "complete" || new Promise((done) => addEventListener("load", () => done(true)))"""
)
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Visit:
    """``trouble`` is what the browser complained of: console, exceptions, policy, failed requests."""

    watched: Watched
    company: StagedCompany
    theme: str = "light"

    @property
    def page(self) -> "Page":
        return self.watched.page

    @property
    def trouble(self) -> list[str]:
        return self.watched.trouble

    @property
    def app(self) -> "FrameLocator":
        """The app's frame on the page."""
        return self.page.frame_locator(APP)

    @property
    def dialog(self) -> "FrameLocator":
        """The app's frame in the open dialog."""
        return self.page.frame_locator(f"{DIALOG} iframe")

    def become(self, name: str) -> None:
        """Chooses the person and the theme, as the bar on top would keep them."""
        people = self.company.stage.jira.world.people.values()
        (account,) = (each.account_id for each in people if each.name.startswith(name))
        context = self.page.context
        context.add_cookies([{"name": "sandbox_person", "value": account, "url": self.company.url}])
        context.add_init_script(f"try {{ localStorage.setItem('theme', '{self.theme}') }} catch {{}}")

    def open(self, path: str) -> None:
        """Goes to a page of the pretend Jira and waits for the app's part in it."""
        self.page.goto(f"{self.company.url}{path}")
        self.settle()

    def settle(self) -> None:
        """Until the host's page and every frame of the app have their content."""
        self.page.locator("main h1").first.wait_for(state="attached")
        self.page.locator("#guide li, #show-guide:not([hidden])").first.wait_for()
        for frame in self._app_frames():
            frame.locator("main h1").wait_for(state="attached")
            frame.locator(f"html[data-color-mode={self.theme}]").wait_for()
            # What is pressed earlier is done by then (test_early); every other test begins here.
            frame.locator("html").evaluate(LOADED)

    def darken(self) -> None:
        """Chooses the dark theme, and waits until the app has followed."""
        # By key: a page taller than the window may be moved by its frame's growth while the pointer is on its way.
        self.page.get_by_role("button", name="Dark").press("Enter")
        self.theme = "dark"
        self.settle()

    def narrow(self) -> None:
        """Makes the window as narrow as a phone, or as a page at 400 %."""
        self.page.set_viewport_size({"width": 320, "height": 1600})

    def tab(self, text: str) -> None:
        """Chooses a tab of the app's page; its count of things stands behind its name."""
        name = re.compile(rf"^{text}( \d+)?$")
        tabs = self.app.locator("nav.tabs")
        # By key, as in ``darken``.
        tabs.get_by_role("button", name=name).press("Enter")
        tabs.get_by_role("button", name=name, include_hidden=False).and_(tabs.locator("[aria-current]")).wait_for()

    def flag(self, title: "str | re.Pattern[str]") -> None:
        """Waits for a flag of the host."""
        self.page.locator(".flag").get_by_text(title).first.wait_for()

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Waits for the world behind the page; names what did not happen."""
        for _ in range(PATIENCE):
            if holds():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"in vain waited until {what}")

    def open_invoice(self, number: str) -> None:
        """From the list of invoices."""
        self.app.get_by_role("button", name=number, exact=True).click()
        self.app.get_by_role("heading", name=f"Invoice {number}").wait_for()

    def unfold(self, title: str) -> "Locator":
        """Opens the first fold whose summary says so, and gives it; other folds of the page may be open as well."""
        fold = self.app.locator("details.fold", has=self.page.locator("summary", has_text=title)).first
        # By key, as in ``darken``: a click of the pointer may land beside it while the frame grows.
        fold.locator("> summary").press("Enter")
        fold.and_(self.app.locator("details[open]")).wait_for()
        return fold

    def violations(self) -> list[tuple[str, list[str]]]:
        """What axe finds, frame by frame; nothing where nothing is found."""
        found = [(frame.url.split("?")[0], axe_violations(frame)) for frame in self._frames()]
        return [each for each in found if each[1]]

    def account(self) -> str:
        """What stands in the window, what went wrong in it and what it was answered last, for a test that failed."""
        shown = [f"--- {frame.url.split('?')[0]}\n{frame.locator('body').inner_text()}" for frame in self._frames()]
        return "\n".join(["TROUBLE", *self.trouble, "ANSWERS", *self.watched.traffic, "SHOWN", *shown])

    def too_wide(self) -> dict[str, int]:
        """The frames that would have to be scrolled sideways, and by how many pixels."""
        wide = {frame.url.split("?")[0]: int(frame.evaluate(TOO_WIDE)) for frame in self._frames()}
        return {url: pixels for url, pixels in wide.items() if pixels > 0}

    def _app_frames(self) -> "list[FrameLocator]":
        return [self.page.frame_locator(APP).nth(number) for number in range(self.page.locator(".app-frame").count())]

    def _frames(self) -> "list[Frame]":
        """The page and the app's frames. A mail's own frame lets no script in; an open dialog is Atlassian's code."""
        shown = [frame for frame in self.page.frames if frame.url.startswith("http") and not MAIL.search(frame.url)]
        return shown[1:] if self.page.locator(DIALOG).count() else shown
