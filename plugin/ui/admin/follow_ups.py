"""The switches of the whole site, and its default policy."""

import msgspec

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy_words import policy_in_words
from plugin.services.follow_ups.policies import read_policy
from plugin.services.follow_ups.switches import go_live, kill_switch, switch_site
from plugin.services.policies.judge import judge
from plugin.services.policies.versions import newest_version
from plugin.store.queries.settings import policies
from plugin.store.session import TenantSession
from plugin.store.tables.policies import PolicyRow, PolicyVersion
from plugin.store.tables.tenants import Tenant
from plugin.ui import here
from plugin.ui.admin.frame import admin_values, shown
from plugin.ui.forms import Failed, read_form
from plugin.ui.policies.picture import LADDER_COLUMNS, picture_of
from plugin.ui.submit import Said
from plugin.ui.surface import Shown


class SwitchInput(msgspec.Struct):
    """``what``: live, kill or reminders."""

    what: str
    on: bool = False


def show_follow_ups(failed: Failed | None = None) -> Shown:
    """The tab."""
    with here.reading() as session:
        values = admin_values(session, tab="follow-ups", failed=failed)
        tenant = session.get_one(Tenant, session.tenant_id)
        row, version = _default(session)
        policy = read_policy(version)
        return shown(
            {
                **values,
                "tenant": tenant,
                "policy": row,
                "version": version,
                "words": policy_in_words(policy),
                "picture": picture_of(policy),
                "columns": LADDER_COLUMNS,
                "findings": judge(session, policy),
            }
        )


def switch(session: TenantSession) -> Said:
    """Turns one of the site's switches."""
    form = read_form(SwitchInput)
    now, actor = here.now(), here.actor()
    match form.what:
        case "live":
            go_live(session, live=form.on, now=now, actor=actor)
            return Said(title="Live: mail reaches clients" if form.on else "Sandbox mode: no mail leaves")
        case "kill":
            kill_switch(session, stopped=form.on, now=now, actor=actor)
            return Said(title="All sending is stopped" if form.on else "Sending goes on")
        case "reminders":
            switch_site(session, on=form.on, now=now, actor=actor)
            return Said(title="Reminders are on" if form.on else "Reminders are off")
    raise InvalidInput("There is no such switch.", field="what")


def _default(session: TenantSession) -> tuple[PolicyRow, PolicyVersion]:
    row = next(one for one in policies(session) if one.is_default)
    version = newest_version(session, row.id)
    if version is None:
        raise InvalidInput("The default policy has no version.", field="name")
    return row, version
