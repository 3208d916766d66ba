"""How a project's invoices are followed up: on or off, by which policy, and what that policy says."""

import msgspec

from plugin.domain.reminders.policy_words import policy_in_words
from plugin.services.billing.lookup import project_of
from plugin.services.policies.judge import judge
from plugin.services.policies.resolution import choose_for_project
from plugin.services.policies.versions import default_row, newest_policy, policy_row
from plugin.services.settings.projects import save_project
from plugin.store.queries.settings import policies
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.ui import here
from plugin.ui.forms import Failed, read_form
from plugin.ui.policies.picture import LADDER_COLUMNS, picture_of
from plugin.ui.rights import Rights
from plugin.ui.settings.billing import form_of
from plugin.ui.settings.frame import settings_values, shown
from plugin.ui.submit import Said
from plugin.ui.surface import Shown


class ReminderInput(msgspec.Struct):
    """The switch and the choice of a policy; empty: the site's."""

    row_version: int
    policy_id: str = ""
    reminders_on: bool = False


def show_reminders(project_id: str, rights: Rights, failed: Failed | None = None) -> Shown:
    """The tab: switch, choice, and the policy in force."""
    with here.reading() as session:
        values = settings_values(session, project_id, rights, tab="reminders", failed=failed)
        project = project_of(session, project_id)
        client = session.get(Client, (session.tenant_id, project.client_id)) if project.client_id else None
        offered = policies(session)
        theirs = next((one.name for one in offered if client and one.id == client.policy_id), "")
        default = default_row(session)
        row = policy_row(session, project.policy_id) if project.policy_id else default
        policy, terms = newest_policy(session, row.id), client.terms_days if client else None
        return shown(
            {
                **values,
                "client": client,
                "policy_of_client": theirs,
                "policies": [
                    ("", f"The site's default ({default.name})"),
                    *((one.id, one.name) for one in offered),
                ],
                "policy": row,
                "version": policy.version,
                "words": policy_in_words(policy),
                "picture": picture_of(policy, terms_days=terms),
                "columns": LADDER_COLUMNS,
                "findings": judge(session, policy, here.outside(), terms_days=terms),
            }
        )


def save(session: TenantSession, project_id: str) -> Said:
    """Stores the switch and the choice."""
    form = read_form(ReminderInput)
    project = project_of(session, project_id)
    changed = form_of(project, row_version=form.row_version, reminders_on=form.reminders_on)
    chosen = project.policy_id or ""
    save_project(session, project_id, changed, now=here.now(), actor=here.actor())
    if chosen != form.policy_id:
        choose_for_project(session, project_id, form.policy_id, now=here.now(), actor=here.actor())
    return Said(title="Saved", body="Invoices keep the policy they were issued with.")
