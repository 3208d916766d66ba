"""Each page has its help, served by the app itself: what it is for, why something was sent, and no dead link (F37)."""

import re
from html import unescape

import pytest

from plugin.ui.admin.frame import TABS as ADMIN
from plugin.ui.help import help_words
from plugin.ui.settings.frame import TABS as SETTINGS
from tests.support.app_seed import Business

PROJECT = ("unbilled", "invoices", "calendar", "tasks")
LINK = re.compile(r'hx-get="([^"]+)"')
ANCHOR = re.compile(r'(?:href|aria-controls|aria-labelledby|for)="#?([A-Za-z][\w-]*)"')
PAGES = {
    "panel": "/ui/fragment/panel/{issue}",
    **{f"project.{tab}": f"/ui/fragment/project/{{project}}/{tab}" for tab in PROJECT},
    "project.invoice": "/ui/fragment/project/{project}/invoices/{invoice}",
    **{f"settings.{tab}": f"/ui/fragment/settings/{{project}}/{tab}" for tab in SETTINGS},
    **{f"admin.{tab}": f"/ui/fragment/admin/{tab}" for tab in ADMIN},
    "policies": "/ui/fragment/admin/policies",
}


def shown(business: Business, path: str) -> str:
    ours = business.ours
    place = path.format(issue=ours.issue, project=ours.project, invoice=ours.invoice)
    answer = business.world.get(place, business.world.sites.alice)
    assert answer.status_code == 200, place
    return answer.get_data(as_text=True)


def help_of(text: str) -> str:
    found: list[str] = re.findall(r'<details class="help" id="help">.*?</details>', text, re.DOTALL)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("page", PAGES)
def test_req_F37_each_page_says_what_it_is_for_and_why_something_was_sent(business: Business, page: str) -> None:
    text = shown(business, PAGES[page])
    own = unescape(help_of(text))
    words = help_words()
    assert f"Help: {words[page]['title']}" in own
    for line in words[page]["text"]:  # type: ignore[attr-defined]
        assert line in own
    assert "Why was this sent, or not?" in own
    assert "http" not in own, "nothing is fetched from elsewhere"
    for address in LINK.findall(own):
        answer = business.world.get(unescape(address), business.world.sites.alice)
        assert answer.status_code == 200, address


@pytest.mark.parametrize("page", PAGES)
def test_no_anchor_of_a_page_is_dead(business: Business, page: str) -> None:
    text = shown(business, PAGES[page])
    there = set(re.findall(r'\bid="([^"]+)"', text))
    named = {name for name in ANCHOR.findall(text) if not name.startswith("i-")}
    assert named - there == set()


def test_the_first_steps_have_their_help(business: Business) -> None:
    world = business.world
    text = world.page("get-started", world.sites.alice).get_data(as_text=True)
    assert "Help: Get started" in help_of(text)


def test_every_word_of_help_is_shown_somewhere_and_is_short() -> None:
    assert set(help_words()) == {*PAGES, "started", "why"}
    for page, words in help_words().items():
        lines = words["answer" if page == "why" else "text"]
        assert isinstance(lines, list)
        assert 1 <= len(lines) <= 3
        assert all(len(line) <= 260 for line in lines), page
        see = words.get("see", [])
        assert isinstance(see, list)
        assert all(f"{page.partition('.')[0]}.{tab}" in PAGES for tab in see), page
