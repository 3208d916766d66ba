"""The switches of the whole site, and its default policy."""

import msgspec
from flask import request

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy_lint import lint
from plugin.services.follow_ups.policies import read_policy
from plugin.services.follow_ups.switches import go_live, kill_switch, switch_site
from plugin.services.settings.policies import newest_version, save_policy
from plugin.store.queries.settings import policies
from plugin.store.session import TenantSession
from plugin.store.tables.policies import PolicyRow, PolicyVersion
from plugin.store.tables.tenants import Tenant
from plugin.ui import here
from plugin.ui.admin.frame import admin_values, shown
from plugin.ui.forms import Failed, read_form
from plugin.ui.policy_form import OPTIONS, rows_of, typed_policy, typed_rows
from plugin.ui.submit import Said
from plugin.ui.surface import Shown


class SwitchInput(msgspec.Struct):
    """``what``: live, kill or reminders."""

    what: str
    on: bool = False


class PolicyInput(msgspec.Struct):
    """The head of the policy's form."""

    name: str
    row_version: int


def show_follow_ups(failed: Failed | None = None) -> Shown:
    """The tab."""
    with here.reading() as session:
        values = admin_values(session, tab="follow-ups", failed=failed)
        tenant = session.get_one(Tenant, session.tenant_id)
        row, version = _default(session)
    stored = rows_of(version.body)
    rows = typed_rows(request.form) if failed and failed.form == "policy" and failed.typed else stored
    return shown(
        {
            **values,
            "tenant": tenant,
            "policy": row,
            "version": version,
            "rows": rows,
            "stored_rows": stored,
            "options": OPTIONS,
            "findings": lint(read_policy(version)),
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


def publish(session: TenantSession) -> Said:
    """Publishes the form as the next version of the site's default policy."""
    form = read_form(PolicyInput)
    row, version = _default(session)
    typed = typed_policy(request.form, stored=version.body)
    with typed.in_the_form():
        saved, published, findings = save_policy(
            session,
            row.id,
            name=form.name,
            body=typed.body,
            row_version=form.row_version,
            now=here.now(),
            actor=here.actor(),
        )
    told = " ".join(finding.sentence for finding in findings) or "New invoices follow it; issued ones keep theirs."
    return Said(title=f"{saved.name}, version {published.version}", body=told, refresh=False)


def _default(session: TenantSession) -> tuple[PolicyRow, PolicyVersion]:
    row = next(one for one in policies(session) if one.is_default)
    version = newest_version(session, row.id)
    if version is None:
        raise InvalidInput("The default policy has no version.", field="name")
    return row, version
