"""The switches of the whole site, and its default policy."""

import msgspec

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy_words import policy_in_words
from plugin.services.follow_ups.switches import go_live, kill_switch, switch_site
from plugin.services.policies.judge import judge
from plugin.services.policies.versions import default_row, newest_policy
from plugin.store.session import TenantSession
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
        row = default_row(session)
        policy = newest_policy(session, row.id)
        return shown(
            {
                **values,
                "tenant": tenant,
                "policy": row,
                "version": policy.version,
                "words": policy_in_words(policy),
                "picture": picture_of(policy),
                "columns": LADDER_COLUMNS,
                "findings": judge(session, policy, here.outside()),
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
