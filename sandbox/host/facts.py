"""What the guide and the front page read off the pretend world: invoices on issues, comments, flags, mails."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sandbox.host.guide import Facts, Guide, MailFact, Places, awaits_call, facts_of
from sandbox.jira import modules
from sandbox.jira.model import Issue, adf_text
from sandbox.jira.site import Site
from sandbox.jira.world import World
from sandbox.mailbox.sink import Mailbox

PROPERTY = "dunlin"
OVERDUE = "overdue"


def invoices_on(issue: Issue) -> Iterator[Mapping[str, object]]:
    """The invoices that the app's property names on an issue."""
    value = issue.properties.get(PROPERTY)
    listed = value.get("invoices") if isinstance(value, dict) else None
    for invoice in listed if isinstance(listed, list) else []:
        if isinstance(invoice, dict):
            yield invoice


def home_issue(world: World) -> Issue | None:
    """The issue to open with: of those with an overdue invoice and a history, the one due first."""
    overdue = [
        (not issue.comment_ids, str(invoice.get("due", "")), issue.id)
        for issue in list(world.issues.values())
        for invoice in invoices_on(issue)
        if invoice.get("state") == OVERDUE
    ]
    return world.issues[min(overdue)[2]] if overdue else None


def guide_of(site: Site, mailbox: Mailbox | None, calls: list[dict[str, object]], kept: Path) -> Guide:
    """The guide of a site; ``kept`` remembers how the world was when it began."""

    def look() -> tuple[Facts, list[MailFact], Places]:
        world = site.world
        mails = [
            MailFact(
                number=mail.number, subject=mail.subject, media_types=tuple(a.content_type for a in mail.attachments)
            )
            for mail in (mailbox.mails if mailbox else [])
        ]
        facts = facts_of(
            [issue.properties[PROPERTY] for issue in list(world.issues.values()) if PROPERTY in issue.properties],
            [adf_text(comment.body) for comment in list(world.comments.values())],
            list(_flag_titles(calls)),
            mails,
        )
        return facts, mails, _places(site)

    return Guide(kept, look)


def _flag_titles(calls: list[dict[str, object]]) -> Iterator[str]:
    for call in list(calls):
        args = call.get("args")
        if call.get("name") == "flag.create" and isinstance(args, list) and args and isinstance(args[0], dict):
            yield str(args[0].get("title", ""))


def _places(site: Site) -> Places:
    world = site.world
    first = next(iter(world.projects.values()), None)
    pages = modules.modules(site.installation, "jiraProjectPages")
    home = home_issue(world)
    called = next((issue for issue in list(world.issues.values()) if _awaits_call(world, issue)), home)
    billing = f"/projects/{first.key}/apps/{pages[0].key}" if first and pages else "/"
    issues = {
        str(invoice["number"]): f"/browse/{issue.key}"
        for issue in list(world.issues.values())
        if issue.comment_ids
        for invoice in invoices_on(issue)
        if invoice.get("number")
    }
    return Places(billing=billing, call=f"/browse/{called.key}" if called else billing, issues=issues)


def _awaits_call(world: World, issue: Issue) -> bool:
    comments = (world.comments.get(each) for each in list(issue.comment_ids))
    return any(awaits_call(adf_text(comment.body)) for comment in comments if comment is not None)
