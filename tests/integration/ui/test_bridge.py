"""``host.js`` inside Atlassian's own host code: tokens, forms that keep what was typed, flags, dialogs, theme, size."""

from typing import TYPE_CHECKING

from tests.integration.ui.conftest import Stage
from tests.support.browser import Watched

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Route

PROJECT = "/projects/ACM/apps/project"
HEIGHT_NEAR = "(tall) => Math.abs(document.querySelector('.app-frame iframe').offsetHeight - tall) <= 2"


def open_app(watched: Watched, stage: Stage, path: str) -> "FrameLocator":
    watched.page.goto(f"{stage.jira.base_url}{path}")
    frame = watched.page.frame_locator(".app-frame iframe")
    frame.locator("main h1").wait_for(state="attached")
    return frame


LOADED = "() => document.readyState === 'complete' || new Promise((done) => addEventListener('load', done))"


def open_issue(watched: Watched, stage: Stage) -> "FrameLocator":
    frame = open_app(watched, stage, f"/browse/{stage.issue.key}")
    frame.get_by_text("Reminder sent", exact=True).wait_for()
    # The text stands in the page itself; a click before the scripts have run reaches nobody.
    frame.locator("html").evaluate(LOADED)
    return frame


def calls(watched: Watched, name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = watched.page.evaluate("(name) => calls.filter((call) => call.name === name)", name)
    return found


def test_a_fragment_carries_token_language_and_zone_and_no_address(watched: Watched, stage: Stage) -> None:
    open_issue(watched, stage)
    (call,) = stage.app.of("/ui/history")
    assert call.status == 200
    assert call.headers["authorization"].startswith("JWT ")
    assert (call.headers["x-locale"], call.headers["x-time-zone"]) == ("en_US", "Europe/Berlin")
    assert "hx-current-url" not in call.headers
    assert "cookie" not in call.headers
    assert watched.trouble == []


def test_the_first_fragment_waits_for_the_bridge_however_slow_its_script(watched: Watched, stage: Stage) -> None:
    def later(route: "Route") -> None:
        watched.page.wait_for_timeout(300)
        route.continue_()

    watched.page.route("**/host.*.js", later)
    open_issue(watched, stage)
    assert [call.status for call in stage.app.of("/ui/history")] == [200]


def test_one_token_serves_many_requests(watched: Watched, stage: Stage) -> None:
    frame = open_issue(watched, stage)
    for button in ("Grow", "Shrink", "Grow"):
        frame.get_by_role("button", name=button).click()
    frame.get_by_text("line").first.wait_for()
    assert len(calls(watched, "context.getToken")) == 1
    assert len({call.headers["authorization"] for call in stage.app.calls}) == 1


def test_a_refused_token_is_renewed_once_and_unseen(watched: Watched, stage: Stage) -> None:
    frame = open_issue(watched, stage)
    stage.app.refuse = 1
    frame.get_by_role("button", name="Grow").click()
    frame.get_by_text("line").first.wait_for()
    assert [call.status for call in stage.app.of("/ui/grow")] == [401, 200]
    assert frame.locator("#page-message").inner_text() == ""
    assert len(calls(watched, "context.getToken")) == 2


def test_an_expired_session_keeps_the_typed_form(watched: Watched, stage: Stage) -> None:
    frame = open_app(watched, stage, PROJECT)
    frame.get_by_label("Name").fill("Acme Ltd")
    stage.app.refuse = 2
    frame.get_by_role("button", name="Save").click()
    frame.get_by_role("alert").get_by_text("Your session has expired").wait_for()
    assert frame.get_by_label("Name").input_value() == "Acme Ltd"
    assert [call.status for call in stage.app.of("/ui/save")] == [401, 401]
    frame.get_by_role("button", name="Save").click()
    frame.locator("#page-message:empty").wait_for(state="attached")
    assert [call.status for call in stage.app.of("/ui/save")] == [401, 401, 200]


def test_a_refusal_or_a_broken_gateway_replaces_no_form(watched: Watched, stage: Stage) -> None:
    frame = open_app(watched, stage, PROJECT)
    frame.get_by_label("Name").fill("Acme Ltd")
    frame.get_by_role("button", name="Forbidden").click()
    frame.locator("#page-message").get_by_text("You may look, but not change.").wait_for()
    frame.get_by_role("button", name="Broken").click()
    frame.locator("#page-message").get_by_text("Something went wrong on our side").wait_for()
    assert "Bad gateway" not in frame.locator("body").inner_text()
    assert frame.get_by_label("Name").input_value() == "Acme Ltd"


def test_an_invalid_form_keeps_its_input_and_leads_to_the_field(watched: Watched, stage: Stage) -> None:
    frame = open_app(watched, stage, PROJECT)
    frame.get_by_label("Note").fill("Call before noon")
    frame.get_by_role("button", name="Save").click()
    frame.get_by_role("alert").wait_for()
    name = frame.get_by_label("Name")
    assert name.get_attribute("aria-invalid") == "true"
    assert name.evaluate("(field) => field === document.activeElement")
    assert frame.get_by_label("Note").input_value() == "Call before noon"
    assert stage.app.of("/ui/save")[0].form["key"] == "k1"


def test_a_form_cannot_be_sent_twice_while_it_is_on_its_way(watched: Watched, stage: Stage) -> None:
    frame = open_app(watched, stage, PROJECT)
    frame.get_by_label("Name").fill("slow")
    save = frame.get_by_role("button", name="Save")
    save.click()
    assert save.is_disabled()
    watched.page.locator(".flag").wait_for()
    assert len(stage.app.of("/ui/save")) == 1
    assert save.is_enabled()


def test_a_saved_form_tells_the_host(watched: Watched, stage: Stage) -> None:
    frame = open_app(watched, stage, PROJECT)
    frame.get_by_label("Name").fill("Acme <b>Ltd</b>")
    frame.get_by_label("Name").press("Enter")
    watched.page.locator(".flag").get_by_text("New invoices use Acme").wait_for()
    assert watched.page.locator(".flag b").count() == 0
    assert len(calls(watched, "flag.create")) == 1
    assert len(calls(watched, "jira.refreshIssuePage")) == 1
    assert watched.trouble == []


def test_refresh_shows_what_changed_on_the_issue_without_losing_the_frame(watched: Watched, stage: Stage) -> None:
    open_issue(watched, stage)
    bob = stage.jira.world.people[stage.comment.author]
    added = stage.jira.add_comment(stage.issue, "Paid in full.", author=bob)
    watched.page.locator("#comments").get_by_text("Paid in full.").wait_for()
    stage.jira.delete_comment(added)
    assert len(stage.app.of("/ui/history")) == 1


def test_a_dialog_saves_and_its_opener_reloads(watched: Watched, stage: Stage) -> None:
    frame = open_issue(watched, stage)
    frame.get_by_role("button", name="Log a call").click()
    dialog = watched.page.frame_locator(".ap-aui-dialog2 iframe")
    save = watched.page.locator(".aui-dialog2-footer").get_by_role("button", name="Save")
    dialog.get_by_label("Spoke to").wait_for()
    save.click()
    dialog.get_by_text("Who did you speak to?").first.wait_for()
    dialog.get_by_label("Spoke to").fill("Ms Amann")
    save.click()
    watched.page.locator(".ap-aui-dialog2").wait_for(state="detached")
    frame.get_by_text("Reminder sent", exact=True).wait_for()
    sent = stage.app.of("/ui/call")
    assert [call.status for call in sent] == [422, 200]
    assert sent[1].headers["x-dialog-data"] == "%7B%22task%22%3A%227%22%7D"
    assert [each for each in watched.trouble if "status of 422" not in each] == []


def test_escape_closes_a_dialog_and_sends_nothing(watched: Watched, stage: Stage) -> None:
    frame = open_issue(watched, stage)
    frame.get_by_role("button", name="Log a call").click()
    dialog = watched.page.frame_locator(".ap-aui-dialog2 iframe")
    dialog.get_by_label("Spoke to").fill("Ms Amann")
    dialog.get_by_label("Spoke to").press("Escape")
    watched.page.locator(".ap-aui-dialog2").wait_for(state="detached")
    assert stage.app.of("/ui/call") == []


def test_a_download_keeps_its_name(watched: Watched, stage: Stage) -> None:
    frame = open_issue(watched, stage)
    with watched.page.expect_download() as expected:
        frame.get_by_role("button", name="PDF").click()
    assert expected.value.suggested_filename == "Rechnung 2026-0042.pdf"
    assert stage.app.of("/ui/pdf")[0].headers["authorization"].startswith("JWT ")
    assert watched.trouble == []


def test_the_theme_follows_live_and_without_a_seam(watched: Watched, stage: Stage) -> None:
    frame = open_issue(watched, stage)
    colour = "(element) => getComputedStyle(element).backgroundColor"
    shown = frame.locator("html")
    seen = [shown.evaluate(colour)]
    watched.page.get_by_role("button", name="Dark").click()
    frame.locator("html[data-color-mode=dark]").wait_for()
    seen.append(shown.evaluate(colour))
    assert seen[0] != seen[1]
    assert shown.evaluate("(element) => getComputedStyle(element).colorScheme") == "dark"
    assert seen[1] == watched.page.locator("body").evaluate(colour)
    assert watched.trouble == []


def test_the_frame_grows_and_shrinks_with_its_content(watched: Watched, stage: Stage) -> None:
    frame = open_issue(watched, stage)
    iframe, content = watched.page.locator(".app-frame iframe"), frame.locator(".ac-content")

    def settled() -> int:
        tall = int(content.evaluate("(element) => element.offsetHeight"))
        watched.page.wait_for_function(HEIGHT_NEAR, arg=tall)
        return int(iframe.evaluate("(element) => element.offsetHeight"))

    first = settled()
    frame.get_by_role("button", name="Grow").click()
    frame.get_by_text("line").first.wait_for()
    assert settled() > first + 500
    frame.get_by_role("button", name="Shrink").click()
    frame.get_by_text("line").first.wait_for(state="detached")
    assert abs(settled() - first) <= 2
