"""How a project's invoices are followed up: on or off, by which policy, and the policy's steps as a plain form."""

from collections.abc import Sequence

import msgspec
from flask import request

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy_json import from_dict
from plugin.domain.reminders.policy_lint import check, lint
from plugin.services.billing.lookup import project_of
from plugin.services.follow_ups.policies import read_policy
from plugin.services.settings.policies import newest_version, save_policy
from plugin.services.settings.projects import save_project
from plugin.store.queries.settings import policies, policy_users
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.policies import PolicyRow, PolicyVersion
from plugin.ui import here
from plugin.ui.forms import Failed, read_form
from plugin.ui.policy_form import OPTIONS, rows_of, typed_policy, typed_rows
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


class PolicyInput(msgspec.Struct):
    """The head of the policy's form; the steps are rows beside it."""

    name: str
    row_version: int


def show_reminders(project_id: str, rights: Rights, failed: Failed | None = None) -> Shown:
    """The tab: switch, choice, and the editor of the policy in force."""
    with here.reading() as session:
        values = settings_values(session, project_id, rights, tab="reminders", failed=failed)
        project = project_of(session, project_id)
        client = session.get(Client, (session.tenant_id, project.client_id)) if project.client_id else None
        offered = policies(session)
        theirs = next((one.name for one in offered if client and one.id == client.policy_id), "")
        row, version = policy_in_force(session, project)
        own = _owns(session, project, row, rights)
    stored = rows_of(version.body)
    rows = typed_rows(request.form) if failed and failed.form == "policy" and failed.typed else stored
    terms = client.terms_days if client else None
    return shown(
        {
            **values,
            "client": client,
            "policy_of_client": theirs,
            "policies": [("", f"The site's default ({_default(offered)})"), *((one.id, one.name) for one in offered)],
            "policy": row,
            "version": version,
            "own": own,
            "policy_name": row.name if own else f"{project.key} follow-ups",
            "policy_row_version": row.row_version if own else 0,
            "rows": rows,
            "stored_rows": stored,
            "options": OPTIONS,
            "findings": lint(read_policy(version), terms_days=terms),
        }
    )


def save(session: TenantSession, project_id: str) -> Said:
    """Stores the switch and the choice."""
    form = read_form(ReminderInput)
    project = project_of(session, project_id)
    changed = form_of(project, row_version=form.row_version, policy_id=form.policy_id, reminders_on=form.reminders_on)
    save_project(session, project_id, changed, now=here.now(), actor=here.actor())
    return Said(title="Saved", body="Invoices keep the policy they were issued with.")


def publish(session: TenantSession, project_id: str, rights: Rights) -> Said:
    """Publishes the form as the next version of the project's own policy, or as a policy of its own (F04)."""
    form = read_form(PolicyInput)
    project = project_of(session, project_id)
    row, version = policy_in_force(session, project)
    own = _owns(session, project, row, rights)
    typed = typed_policy(request.form, stored=version.body)
    with typed.in_the_form():
        _require_after_issue(session, project, typed.body)
        saved, published, findings = save_policy(
            session,
            row.id if own else None,
            name=form.name,
            body=typed.body,
            row_version=form.row_version,
            now=here.now(),
            actor=here.actor(),
        )
    if not own:
        changed = form_of(project, row_version=project.row_version, policy_id=saved.id)
        save_project(session, project_id, changed, now=here.now(), actor=here.actor())
    remarks = " ".join(finding.sentence for finding in findings)
    told = remarks or "New invoices follow it; issued ones keep theirs."
    return Said(title=f"{saved.name}, version {published.version}", body=told, refresh=False)


def policy_in_force(session: TenantSession, project: Project) -> tuple[PolicyRow, PolicyVersion]:
    """The project's policy, else the site's default, with its newest version."""
    offered = policies(session)
    row = next((one for one in offered if one.id == project.policy_id), None) or next(
        one for one in offered if one.is_default
    )
    version = newest_version(session, row.id)
    if version is None:
        raise InvalidInput(f"The policy {row.name} has no version; choose another one.", field="policy_id")
    return row, version


def _owns(session: TenantSession, project: Project, row: PolicyRow, rights: Rights) -> bool:
    """Whether the editor changes this policy: one that the project follows and nobody else does, or as site admin."""
    if row.id != project.policy_id or row.is_default:
        return False
    return rights.site or policy_users(session, row.id) == {project.id}


def _require_after_issue(session: TenantSession, project: Project, body: dict[str, object]) -> None:
    """With the client's terms known, a step before the issue date is refused here: it could never go."""
    client = session.get(Client, (session.tenant_id, project.client_id)) if project.client_id else None
    if client is not None:
        check(from_dict(body, policy_id="typed", version=1), terms_days=client.terms_days)


def _default(offered: Sequence[PolicyRow]) -> str:
    return next((one.name for one in offered if one.is_default), "Standard")
