"""How a project is billed and followed up: client, rounding, grouping, policy, where the history goes."""

from dataclasses import dataclass
from datetime import datetime

from plugin.domain.billing.grouping import Grouping
from plugin.domain.billing.rounding import RoundingMode, RoundingPolicy, RoundingUnit
from plugin.domain.errors import InvalidInput
from plugin.services.billing.lookup import check_version, project_of
from plugin.services.follow_ups.switches import switch_project
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.policies import PolicyRow

COMMENT_ON = ("home", "all")
VISIBILITY = ("restricted", "open")


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectForm:
    """What the form says; ids are ours, empty means none. ``row_version`` is the one the person saw."""

    client_id: str
    policy_id: str
    rounding_unit: str
    rounding_mode: str
    rounding_minutes: int
    minimum_minutes: int
    grouping: str
    comment_on: str
    comment_visibility: str
    reminders_on: bool
    row_version: int


def save_project(session: TenantSession, project_id: str, form: ProjectForm, *, now: datetime, actor: str) -> Project:
    """Checks and stores the settings. Drafts and invoices that exist keep what they were made with."""
    project = project_of(session, project_id)
    session.refresh(project, with_for_update={"key_share": True})
    check_version(project, form.row_version)
    _check(session, form)
    before = _shown(project)
    project.client_id, project.policy_id = form.client_id or None, form.policy_id or None
    project.rounding_unit, project.rounding_mode = form.rounding_unit, form.rounding_mode
    project.rounding_minutes, project.minimum_minutes = form.rounding_minutes, form.minimum_minutes
    project.grouping, project.comment_on = form.grouping, form.comment_on
    project.comment_visibility = form.comment_visibility
    project.row_version += 1
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="project.saved",
        subject=project.id,
        now=now,
        before=before,
        after=_shown(project),
    )
    if project.reminders_on != form.reminders_on:
        switch_project(session, project_id, on=form.reminders_on, now=now, actor=actor)
    return project


def _check(session: TenantSession, form: ProjectForm) -> None:
    if form.client_id and session.get(Client, (session.tenant_id, form.client_id)) is None:
        raise InvalidInput("Choose one of your clients, or add a new one.", field="client_id")
    if form.policy_id and session.get(PolicyRow, (session.tenant_id, form.policy_id)) is None:
        raise InvalidInput("Choose one of your reminder policies.", field="policy_id")
    for field, value, known in (
        ("rounding_unit", form.rounding_unit, list(RoundingUnit)),
        ("rounding_mode", form.rounding_mode, list(RoundingMode)),
        ("grouping", form.grouping, list(Grouping)),
        ("comment_on", form.comment_on, list(COMMENT_ON)),
        ("comment_visibility", form.comment_visibility, list(VISIBILITY)),
    ):
        if value not in known:
            raise InvalidInput("Choose one of the values offered.", field=field)
    RoundingPolicy(
        RoundingUnit(form.rounding_unit), RoundingMode(form.rounding_mode), form.rounding_minutes, form.minimum_minutes
    )


def _shown(project: Project) -> dict[str, object]:
    return {
        "client_id": project.client_id,
        "policy_id": project.policy_id,
        "rounding": [
            project.rounding_unit,
            project.rounding_mode,
            project.rounding_minutes,
            project.minimum_minutes,
        ],
        "grouping": project.grouping,
    }
