"""A real Chromium for tests: pages that remember every error and policy violation, and axe in each frame."""

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Frame, Page, Request

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]
LAST_ANSWERS = 30
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation",
  (event) => console.error(`CSP ${event.violatedDirective} ${event.blockedURI} in ${event.documentURI.split("?")[0]}`));
"""


@dataclass
class Watched:
    """A page and what went wrong in it, in words; a good page leaves ``trouble`` empty.

    ``traffic``: the last answers that it got, for whoever has to find out why a test failed.
    """

    page: "Page"
    trouble: list[str] = field(default_factory=list)
    traffic: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_ANSWERS))


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One browser for the run. Tests that need it are skipped on a machine without Chromium."""
    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(program).exists():
        pytest.skip("no Chromium; install one (apt-get install chromium) or name it by CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


def open_page(context: "BrowserContext") -> Watched:
    """A new page that notes console errors, exceptions, policy violations and failed requests of all its frames."""
    page = context.new_page()
    watched = Watched(page)
    page.add_init_script(REPORT_VIOLATIONS)

    def heard(message: "ConsoleMessage") -> None:
        if message.type == "error":
            watched.trouble.append(f"console: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: watched.trouble.append(f"exception: {error}"))

    def failed(request: "Request") -> None:
        # A page that is left takes its open requests with it.
        if request.failure != "net::ERR_ABORTED":
            watched.trouble.append(f"failed: {request.url.split('?')[0]} {request.failure}")

    page.on("requestfailed", failed)
    page.on("response", lambda answer: watched.traffic.append(f"{answer.status} {answer.url.split('?')[0]}"))
    return watched


def axe_violations(frame: "Frame") -> list[str]:
    """What axe finds in one frame: the rule, the first element and why."""
    if not frame.evaluate("() => 'axe' in window"):
        frame.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": RULES, "iframes": False, "preload": False}
    found = frame.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']} {each['nodes'][0]['failureSummary']}" for each in found]
