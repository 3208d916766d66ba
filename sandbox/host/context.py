"""What the routes of the host pages work with: the site, who looks, and what every page needs."""

from dataclasses import dataclass

from flask import abort, render_template, request
from markupsafe import Markup

from sandbox.clock import OffsetFileClock
from sandbox.control.time_machine import TimeMachine
from sandbox.host import vendor
from sandbox.host.frames import Frames
from sandbox.host.views import Views
from sandbox.jira.access import is_site_admin, may_browse, may_in_project
from sandbox.jira.model import Issue, Person, Project
from sandbox.jira.modules import Place
from sandbox.jira.site import Site
from sandbox.mailbox.sink import Mailbox
from sandbox.options import Options

COOKIE = "sandbox_person"


@dataclass(frozen=True, slots=True)
class Host:
    """What the routes work with."""

    site: Site
    mailbox: Mailbox | None
    machine: TimeMachine
    options: Options

    def viewer(self) -> Person:
        """The person of the switch; the first administrator until somebody chooses."""
        people = self.site.world.people
        chosen = people.get(request.cookies.get(COOKIE, ""))
        if chosen is not None and chosen.account_type == "atlassian":
            return chosen
        humans = [person for person in people.values() if person.account_type == "atlassian"]
        if not humans:
            abort(404, "Nobody lives on this site yet.")
        admins = [person for person in humans if is_site_admin(self.site.world, person.account_id)]
        return (admins or humans)[0]

    def views(self) -> Views:
        return Views(self.site, self.viewer())

    def frames(self) -> Frames:
        return Frames(self.site, self.viewer(), self.options.context_life)

    def issue(self, key: str) -> Issue:
        """404 for what the viewer may not see."""
        found = self.site.world.issue(key)
        if found is None or not may_browse(self.site.world, self.viewer().account_id, found):
            abort(404)
        return found

    def project(self, key: str) -> Project:
        """404 for what the viewer may not see."""
        found = self.site.world.project(key)
        if found is None or not may_in_project(self.site.world, self.viewer().account_id, "BROWSE_PROJECTS", found):
            abort(404)
        return found

    def place(self) -> Place:
        """Issue and project named in the query."""
        issue = self.issue(request.args["issue"]) if request.args.get("issue") else None
        named = request.args.get("project")
        around = self.site.world.project_of(issue) if issue is not None else None
        return Place(self.viewer().account_id, issue, self.project(named) if named else around)

    def page(self, template: str, *, here: str = "", project: Project | None = None, **values: object) -> str:
        """A template with what every page needs."""
        site, views, frames = self.site, self.views(), self.frames()
        clock = {
            "now": site.clock.now().isoformat(),
            "today": f"{site.clock.now():%a, %-d %b %Y}",
            "offset": site.clock.offset() if isinstance(site.clock, OffsetFileClock) else 0,
        }
        person = views.person(self.viewer())
        app = site.installation
        return render_template(
            template,
            site={"name": site.name, "base_url": site.base_url},
            person=person,
            people=views.people(),
            projects=[views.project(each) for each in self.visible_projects()],
            project=views.project(project) if project else None,
            nav=frames.navigation(project),
            app={
                "key": app.app_key if app else "",
                "base_url": app.app_url if app else "",
                "installed": app is not None,
            },
            clock=clock,
            mail_count=len(self.mailbox.mails) if self.mailbox else 0,
            icon_sprite=Markup(vendor.icon_sprite(self.options)),
            here=here,
            notice="" if app else "The app is not installed on this site yet.",
            state={"site": site.base_url, "person": person, "clock": clock, "here": here},
            **values,
        )

    def visible_projects(self) -> list[Project]:
        """Those the viewer may browse."""
        world, account = self.site.world, self.viewer().account_id
        return [p for p in world.projects.values() if may_in_project(world, account, "BROWSE_PROJECTS", p)]
