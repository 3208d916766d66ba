"""What the guide and the front page read off the pretend world: invoices on issues, comments, flags, mails."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sandbox.host.guide import Facts, Guide, MailFact, Places, Told, awaits_call, facts_of
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


def guide_file(folder: Path, site: Site) -> Path:
    """Where a site's guide remembers how the world began."""
    return folder / f"guide-{site.client_key}.json"


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
        told, drafts = list(_told(world)), list(_drafts(calls))
        properties = [
            issue.properties[PROPERTY] for issue in list(world.issues.values()) if PROPERTY in issue.properties
        ]
        facts = facts_of(properties, told, len(drafts), mails)
        return facts, mails, _places(site, facts, told, drafts)

    return Guide(kept, look)


def _told(world: World) -> Iterator[Told]:
    """The comment of each invoice, on the issue that tells its history."""
    for issue in list(world.issues.values()):
        texts = [adf_text(world.comments[each].body) for each in list(issue.comment_ids) if each in world.comments]
        for invoice in invoices_on(issue):
            number = str(invoice.get("number") or "")
            for text in texts:
                if number and number in text:
                    yield Told(number=number, path=f"/browse/{issue.key}", text=text)


def _drafts(calls: list[dict[str, object]]) -> Iterator[str]:
    """Where a flag told of a new draft: the page, and the app's place on it."""
    for call in list(calls):
        args = call.get("args")
        told = args[0] if call.get("name") == "flag.create" and isinstance(args, list) and args else None
        if isinstance(told, dict) and "draft created" in str(told.get("title", "")).lower():
            yield str(call.get("at", ""))


def _places(site: Site, facts: Facts, told: list[Told], drafts: list[str]) -> Places:
    first = next(iter(site.world.projects.values()), None)
    pages = modules.modules(site.installation, "jiraProjectPages")
    billing = f"/projects/{first.key}/apps/{pages[0].key}" if first and pages else "/"
    home = home_issue(site.world)
    awaited = (each.path for each in told if each.number not in facts.settled and awaits_call(each.text))
    return Places(
        billing=billing,
        call=next(awaited, f"/browse/{home.key}" if home else billing),
        issues={each.number: each.path for each in told},
        draft=drafts[-1] if drafts else "",
    )
