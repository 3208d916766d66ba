"""One person at one browser window of the pretend Jira, and the few things that every test does there."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.history.staged import StagedCompany
from tests.support.browser import Watched, axe_violations

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

DIALOG = ".ap-aui-dialog2"
APP = ".app-frame iframe"
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Visit:
    """``trouble`` is what the browser complained of: console, exceptions, policy, failed requests."""

    watched: Watched
    company: StagedCompany

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

    def become(self, name: str, *, theme: str) -> None:
        """Chooses the person and the theme, as the bar on top would keep them."""
        people = self.company.stage.jira.world.people.values()
        (account,) = (each.account_id for each in people if each.name.startswith(name))
        context = self.page.context
        context.add_cookies([{"name": "sandbox_person", "value": account, "url": self.company.url}])
        context.add_init_script(f"try {{ localStorage.setItem('theme', '{theme}') }} catch {{}}")

    def open(self, path: str) -> None:
        """Goes to a page of the pretend Jira and waits for the app's part in it."""
        self.page.goto(f"{self.company.url}{path}")
        self.settle()

    def settle(self) -> None:
        """Until the host's page and every frame of the app have their content."""
        self.page.locator("main h1").first.wait_for(state="attached")
        for number in range(self.page.locator(".app-frame").count()):
            self.page.frame_locator(APP).nth(number).locator("main h1").wait_for(state="attached")
        self.page.wait_for_load_state("networkidle")

    def tab(self, text: str) -> None:
        """Chooses a tab of the app's page."""
        self.app.get_by_role("navigation").get_by_role("button", name=text).first.click()
        self.app.locator(f"nav.tabs [aria-current]:has-text('{text}')").wait_for()

    def violations(self) -> list[tuple[str, list[str]]]:
        """What axe finds, frame by frame; nothing where nothing is found."""
        frames = [frame for frame in self.page.frames if frame.url.startswith("http")]
        found = [(frame.url.split("?")[0], axe_violations(frame)) for frame in frames]
        return [each for each in found if each[1]]

    def too_wide(self) -> dict[str, int]:
        """The frames that would have to be scrolled sideways, and by how many pixels."""
        frames = [frame for frame in self.page.frames if frame.url.startswith("http")]
        wide = {frame.url.split("?")[0]: int(frame.evaluate(TOO_WIDE)) for frame in frames}
        return {url: pixels for url, pixels in wide.items() if pixels > 0}
