"""The app's frames in the pretend Jira: which module stands where, and what ``connectHost.create`` is given."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from sandbox.host.views import View
from sandbox.jira import modules
from sandbox.jira.access import may_in_project
from sandbox.jira.lifecycle import required
from sandbox.jira.model import Issue, Person, Project
from sandbox.jira.modules import Module, Place
from sandbox.jira.site import Site

ISSUE_PANELS = ("jiraIssueContents", "webPanels")
ISSUE_CONTEXTS = ("jiraIssueContexts", "jiraIssueGlances")
PROJECT_PAGES = ("jiraProjectPages",)
PROJECT_SETTINGS = ("jiraProjectAdminTabPanels",)
ADMIN_PAGES = ("adminPages",)
GENERAL_PAGES = ("generalPages",)
# Jira's own list.
FRAME_RIGHTS = [
    "allow-downloads",
    "allow-forms",
    "allow-modals",
    "allow-popups",
    "allow-same-origin",
    "allow-scripts",
    "allow-top-navigation-by-user-activation",
]


@dataclass(frozen=True, slots=True)
class Frames:
    """The modules as one person is offered them."""

    site: Site
    viewer: Person
    context_life: timedelta

    def offered(
        self, *kinds: str, issue: Issue | None = None, project: Project | None = None
    ) -> list[dict[str, object]]:
        """Modules of these kinds, for the templates."""
        found = modules.modules(self.site.installation, *kinds)
        shown = [each for each in found if modules.shown_to(self.site, each, self.viewer.account_id)]
        return [self.view(each, issue=issue, project=project) for each in shown]

    def view(self, module: Module, *, issue: Issue | None = None, project: Project | None = None) -> View:
        """A module with the address of its page and of its frame."""
        around = {"module": module.key, "issue": issue.key if issue else "", "project": project.key if project else ""}
        return {
            "key": module.key,
            "kind": module.kind,
            "name": module.name,
            "href": _page(module, project),
            "frame": f"/_host/frame?{urlencode(around)}",
        }

    def navigation(self, project: Project | None) -> dict[str, object]:
        """What the side bar lists."""
        may_set = project is not None and may_in_project(
            self.site.world, self.viewer.account_id, "ADMINISTER_PROJECTS", project
        )
        return {
            "project_pages": self.offered(*PROJECT_PAGES, project=project) if project else [],
            "project_settings": self.offered(*PROJECT_SETTINGS, project=project) if may_set else [],
            "admin_pages": self.offered(*ADMIN_PAGES),
            "general_pages": self.offered(*GENERAL_PAGES),
        }

    def options(self, key: str, place: Place) -> dict[str, object]:
        """What ``connectHost.create`` wants for one module there. LookupError for a module that is not."""
        module = modules.module(self.site, key)
        return {
            "addon_key": required(self.site).app_key,
            "key": module.key,
            "url": modules.page_url(self.site, key, place),
            "options": {
                "hostOrigin": self.site.base_url,
                "origin": required(self.site).app_url,
                "autoresize": True,
                "moduleType": module.kind,
                "productContext": _product_context(place),
                "sandbox": FRAME_RIGHTS,
                **self._size(module),
            },
        }

    def token(self, place: Place) -> str:
        """For ``AP.context.getToken``."""
        return modules.context_token(self.site, place, life=self.context_life)

    def _size(self, module: Module) -> dict[str, object]:
        declared = module.definition.get("options") or module.definition.get("layout")
        given = declared if isinstance(declared, dict) else {}
        return {"width": given.get("width", "100%"), "height": given.get("height", "")}


def _product_context(place: Place) -> dict[str, str]:
    context: dict[str, str] = {}
    if place.issue is not None:
        context |= {"issue.id": str(place.issue.id), "issue.key": place.issue.key}
    if place.project is not None:
        context |= {"project.id": str(place.project.id), "project.key": place.project.key}
    return context


def _page(module: Module, project: Project | None) -> str:
    if module.kind in PROJECT_PAGES and project is not None:
        return f"/projects/{project.key}/apps/{module.key}"
    if module.kind in PROJECT_SETTINGS and project is not None:
        return f"/projects/{project.key}/settings/{module.key}"
    if module.kind in modules.ADMIN_KINDS:
        return f"/admin/{module.key}"
    return f"/apps/{module.key}"
