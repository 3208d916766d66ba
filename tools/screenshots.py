"""Takes the pictures of ``docs/screenshots`` from the pretend company on its stage: same code, same pictures.

``python -m tools.screenshots`` needs a Chromium (``CHROMIUM`` names it) and the built front end (``make setup``).
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps
from playwright.sync_api import Browser, FrameLocator, Page, sync_playwright

from sandbox.history.staged import StagedCompany

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
WIDTH = 1280
COLOURS = 192
MOST_BYTES = 250_000
PDF_SCALE = 1.4
FRAME = ".app-frame iframe"
FLAGS = ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none", "--lang=en-GB"]
GROWN = f"(tall) => Math.abs(document.querySelector('{FRAME}').offsetHeight - Math.max(tall, 1)) <= 2"
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Shot:
    """A page of the pretend Jira; ``act`` leads on in the app's frame. ``height`` is in pixels."""

    name: str
    path: str
    height: int
    act: Callable[[FrameLocator], None] = lambda _: None
    themes: Sequence[str] = THEMES
    with_guide: bool = False


def main() -> int:
    """Exit status 1 where a picture is too large for a README."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with StagedCompany() as company, _browser() as browser:
        sizes = {name: _store(name, picture) for name, picture in _pictures(company, browser)}
    for name, size in sizes.items():
        print(f"{name:24} {size // 1000:5} kB")
    heavy = [name for name, size in sizes.items() if size > MOST_BYTES]
    if heavy:
        print(f"larger than {MOST_BYTES // 1000} kB: {', '.join(heavy)}", file=sys.stderr)
    return int(bool(heavy))


def _shots(company: StagedCompany) -> Sequence[Shot]:
    mail = company.stage.mailbox.mails[-1]
    return (
        Shot("issue", "/", 1500, with_guide=True),
        Shot("project", "/projects/MRL/apps/project", 1150),
        Shot("invoice", "/projects/MRL/apps/project", 1250, _open_invoice),
        Shot("settings", "/projects/MRL/settings/project-settings", 1050, _tab("Follow-ups")),
        Shot("admin", "/admin/admin", 850, _tab("Mail texts")),
        Shot("mail", f"/mailbox/{mail.number}", 1240, themes=("light",)),
    )


def _pictures(company: StagedCompany, browser: Browser) -> Iterator[tuple[str, Image.Image]]:
    for shot in _shots(company):
        for theme in shot.themes:
            yield f"{shot.name}-{theme}", _taken(company.url, browser, shot, theme)
    yield "pdf-light", _first_page(company)


def _taken(url: str, browser: Browser, shot: Shot, theme: str) -> Image.Image:
    context = browser.new_context(
        viewport={"width": WIDTH, "height": shot.height}, locale="en-GB", reduced_motion="reduce"
    )
    guide = "shown" if shot.with_guide else "away"
    keep = f"localStorage.setItem('theme', '{theme}'); localStorage.setItem('guide', '{guide}')"
    context.add_init_script(f"try {{ {keep} }} catch {{}}")
    page = context.new_page()
    page.goto(f"{url}{shot.path}")
    page.wait_for_load_state("networkidle")
    if page.locator(FRAME).count():
        frame = page.frame_locator(FRAME)
        frame.locator(f"html[data-color-mode={theme}] main h1").wait_for(state="attached")
        shot.act(frame)
        _wait_for_height(page, frame)
    _rest(page)
    picture = Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide")))
    context.close()
    return picture.convert("RGB")


def _wait_for_height(page: Page, frame: FrameLocator) -> None:
    """The host makes the frame as tall as its content a moment after that has changed."""
    tall = frame.locator(".ac-content").evaluate("(element) => element.offsetHeight")
    page.wait_for_function(GROWN, arg=tall)


def _rest(page: Page) -> None:
    """Nothing under the pointer, nothing focused, nothing under way."""
    page.mouse.move(0, 0)
    page.evaluate("() => document.activeElement?.blur()")
    page.wait_for_load_state("networkidle")


def _tab(text: str) -> Callable[[FrameLocator], None]:
    def open_tab(frame: FrameLocator) -> None:
        tabs = frame.locator("nav.tabs")
        tabs.get_by_role("button", name=text).click()
        tabs.locator(f"[aria-current]:has-text('{text}')").wait_for()

    return open_tab


def _open_invoice(frame: FrameLocator) -> None:
    _tab("Drafts and invoices")(frame)
    frame.locator("tbody .link").first.click()
    frame.get_by_role("heading", name="Invoice INV-").wait_for()


def _first_page(company: StagedCompany) -> Image.Image:
    """The first page of the newest invoice that went out by mail, with a thin frame around the paper."""
    files = [each for mail in company.stage.mailbox.mails for each in mail.attachments]
    document = pypdfium2.PdfDocument(files[-1].content)
    paper: Image.Image = document[0].render(scale=PDF_SCALE).to_pil()
    document.close()
    return ImageOps.expand(paper.convert("RGB"), border=1, fill="#c7c9cf")


def _store(name: str, picture: Image.Image) -> int:
    """Few colours are enough for a page of text; gives the bytes written."""
    path = FOLDER / f"{name}.png"
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return path.stat().st_size


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
