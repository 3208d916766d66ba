"""Where policies are worked on: the administration of the site or the settings of a project, and who may what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from plugin.domain.errors import Conflict
from plugin.services.policies.versions import policy_row
from plugin.store.queries.settings import policy_users
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.policies import PolicyRow
from plugin.ui.admin.frame import admin_values
from plugin.ui.forms import Failed
from plugin.ui.rights import Rights, require_biller, require_site_admin
from plugin.ui.settings.frame import settings_values
from plugin.ui.surface import Shown

NOT_YOURS = (
    "This policy is followed by others too, so it is changed in the site's administration; copy it to make one of this "
    "project's own."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """``project_id`` None: the administration. Made by ``place``, which has asked for the rights."""

    project_id: str | None

    @property
    def root(self) -> str:
        """The id of the part of the page that is exchanged."""
        return "admin" if self.project_id is None else "settings"

    @property
    def target(self) -> str:
        """The same as a selector."""
        return f"#{self.root}"

    def url(self, endpoint: str, **values: Any) -> str:
        """The address of a route of these pages at this place."""
        return url_for(f"policies.{endpoint}", project_id=self.project_id, **values)

    def may_change(self, session: TenantSession, row: PolicyRow) -> bool:
        """The site's administrators change all; a project's those that nobody but it follows."""
        if self.project_id is None:
            return True
        return not row.is_default and policy_users(session, row.id) == {self.project_id}

    def changeable(self, session: TenantSession, policy_id: str) -> PolicyRow:
        """The policy, where it may be changed here. NotFound for a stranger's, Conflict for others'."""
        row = policy_row(session, policy_id)
        if not self.may_change(session, row):
            raise Conflict(NOT_YOURS)
        return row

    def shown(self, session: TenantSession, part: str, failed: Failed | None, values: Mapping[str, object]) -> Shown:
        """A page of policies in the frame of this place."""
        if self.project_id is None:
            frame = admin_values(session, tab="follow-ups", failed=failed)
            tab_url, heading = url_for("admin.tab", tab="follow-ups"), "Dunlin billing"
        else:
            rights = Rights(bills=True, site=False)
            frame = settings_values(session, self.project_id, rights, tab="reminders", failed=failed)
            tab_url = url_for("settings.tab", project_id=self.project_id, tab="reminders")
            heading = f"Billing settings of {session.get_one(Project, (session.tenant_id, self.project_id)).name}"
        own = {"place": self, "part": f"ui/policies/{part}.html", "tab_url": tab_url, "heading": heading}
        return Shown(template="ui/policies.html", block="policies", values={**frame, **own, **values})


def place(project_id: str | None) -> Place:
    """Where the request stands. Raises NotAllowed for who may not change follow-ups there."""
    if project_id is None:
        require_site_admin()
    else:
        require_biller(project_id)
    return Place(project_id=project_id)
