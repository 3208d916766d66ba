"""What the caller may do in a project: see it, bill in it, administer the site. Jira decides; nothing here does."""

from dataclasses import dataclass

from plugin.domain.errors import NotAllowed
from plugin.ui import here


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """``bills``: may draft, issue, record money and change settings. ``site``: administers the whole Jira site."""

    bills: bool
    site: bool


NOBODY = Rights(bills=False, site=False)


def rights_in(project_id: str) -> Rights:
    """The caller's rights in a project. Raises NotAllowed for a person who may not see it."""
    permissions = here.principal().permissions
    permissions.require_browse_project(project_id)
    site = permissions.is_site_admin()
    return Rights(bills=site or permissions.is_project_admin(project_id), site=site)


def require_biller(project_id: str) -> Rights:
    """Refuses whoever may only look."""
    rights = rights_in(project_id)
    if not rights.bills:
        raise NotAllowed(
            "This needs the permission Administer Projects in this project; ask its administrator to do it."
        )
    return rights


def require_site_admin() -> None:
    """Refuses whoever does not administer the Jira site."""
    here.principal().permissions.require_site_admin()
