"""The pages themselves: issue, project, search, people, the app's pages, mailbox."""

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from sandbox.host.context import Host
from sandbox.host.facts import home_issue
from sandbox.host.frames import ISSUE_CONTEXTS, ISSUE_PANELS, PROJECT_PAGES
from sandbox.jira import modules
from sandbox.jira.access import may_browse
from sandbox.jira.model import Project
from sandbox.mailbox.answers import KINDS, answer
from sandbox.mailbox.mail import Mail
from sandbox.mailbox.provider import provider_of

MOST_RESULTS = 50
HANDED = {
    "reply": "The answer was handed to the app. The next reminder waits until somebody has dealt with it.",
    "away": "The note was handed to the app. It is a robot's, so nothing waits for it.",
    "bounce": "The mail came back. The address is marked, and no reminder goes there any more.",
    "refused": "The app did not take it.",
}


def add_routes(routes: Blueprint, host: Host) -> None:
    """All pages."""
    _add_pages(routes, host)
    _add_searches(routes, host)
    _add_app_pages(routes, host)
    _add_mail_pages(routes, host)


def _add_pages(routes: Blueprint, host: Host) -> None:
    world = host.site.world

    @routes.get("/")
    def home() -> BaseResponse:
        issue = home_issue(world)
        if issue is not None and may_browse(world, host.viewer().account_id, issue):
            return redirect(f"/browse/{issue.key}")
        visible = host.visible_projects()
        return redirect(f"/projects/{visible[0].key}" if visible else "/people")

    @routes.get("/browse/<key>")
    def issue(key: str) -> str | BaseResponse:
        found = host.issue(key)
        if found.key != key:
            return redirect(f"/browse/{found.key}")
        frames, views = host.frames(), host.views()
        return host.page(
            "issue.html",
            here="issues",
            project=world.project_of(found),
            issue=views.issue(found),
            comments=views.comments(found),
            panels=frames.offered(*ISSUE_PANELS, issue=found, project=world.project_of(found)),
            contexts=frames.offered(*ISSUE_CONTEXTS, issue=found, project=world.project_of(found)),
        )

    @routes.get("/projects/<key>")
    def project(key: str) -> str:
        found = host.project(key)
        issues = sorted((i for i in world.issues.values() if i.project_id == found.id), key=lambda i: -i.id)
        views = host.views()
        return host.page(
            "project.html",
            here="issues",
            project=found,
            issues=[views.row(each) for each in issues],
            project_pages=host.frames().offered(*PROJECT_PAGES, project=found),
        )


def _add_searches(routes: Blueprint, host: Host) -> None:
    world = host.site.world

    @routes.get("/search")
    def search() -> str | BaseResponse:
        query = request.args.get("q", "").strip()
        exact = world.issue(query)
        if exact is not None:
            return redirect(f"/browse/{exact.key}")
        account, words = host.viewer().account_id, query.lower().split()
        found = [
            each
            for each in world.issues.values()
            if all(word in each.summary.lower() for word in words) and may_browse(world, account, each)
        ]
        views = host.views()
        return host.page("search.html", query=query, issues=[views.row(each) for each in found[:MOST_RESULTS]])

    @routes.get("/people")
    def people() -> str:
        return host.page("people.html")


def _add_app_pages(routes: Blueprint, host: Host) -> None:
    def page(module: str, project: Project | None) -> str:
        try:
            found = modules.module(host.site, module)
        except LookupError:
            abort(404)
        return host.page(
            "app_page.html", here=module, project=project, module=host.frames().view(found, project=project)
        )

    @routes.get("/projects/<key>/apps/<module>")
    def project_page(key: str, module: str) -> str:
        return page(module, host.project(key))

    @routes.get("/projects/<key>/settings/<module>")
    def project_settings(key: str, module: str) -> str:
        return page(module, host.project(key))

    @routes.get("/admin/<module>")
    def admin_page(module: str) -> str:
        return page(module, None)

    @routes.get("/apps/<module>")
    def general_page(module: str) -> str:
        return page(module, None)


def _add_mail_pages(routes: Blueprint, host: Host) -> None:
    @routes.get("/mailbox/")
    def mails() -> str:
        found = host.mailbox.mails if host.mailbox else []
        views = host.views()
        return host.page("mailbox.html", here="mailbox", mails=[views.mail_row(mail) for mail in reversed(found)])

    def kept(number: int) -> Mail:
        found = next((each for each in (host.mailbox.mails if host.mailbox else []) if each.number == number), None)
        if found is None:
            abort(404)
        return found

    @routes.get("/mailbox/<int:number>")
    def mail(number: int) -> str:
        shown = host.views().mail(kept(number))
        can_answer = provider_of(host.options.state) is not None
        told = HANDED.get(request.args.get("handed", ""), "")
        return host.page("mail.html", here="mailbox", mail=shown, can_answer=can_answer, told=told)

    @routes.post("/mailbox/<int:number>/answer")
    def answer_mail(number: int) -> BaseResponse:
        """As its reader, as the reader's robot, or as the server that does not know the reader."""
        found, provider = kept(number), provider_of(host.options.state)
        kind = request.form.get("kind", "")
        if provider is None or kind not in KINDS:
            abort(404)
        status = provider.hand_over(answer(found, kind, request.form.get("text", "").strip()))
        return redirect(f"/mailbox/{number}?handed={kind if status == 204 else 'refused'}", 303)
