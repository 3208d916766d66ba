"""Open tasks of a project: calls to make, plans to offer, decisions to take, things to mend, ended ladders (F02)."""

from dataclasses import dataclass
from datetime import date

from flask import request

from plugin.services.call_issues.script import call_paragraphs
from plugin.services.follow_ups.task_words import TITLES
from plugin.store.queries.ended import ended_schedules
from plugin.store.queries.invoice_parts import open_tasks_in
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice
from plugin.ui import here
from plugin.ui.names import names_of
from plugin.ui.project.frame import project_values, shown
from plugin.ui.rights import Rights
from plugin.ui.surface import Shown

MINE = "mine"


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskView:
    """A task with what whoever does it needs. ``script``: one line each, for a call."""

    task: Task
    invoice: Invoice
    client: str
    what: str
    is_late: bool
    script: tuple[str, ...]


def show_tasks(project_id: str, rights: Rights) -> Shown:
    """The list, the most urgent first; all, or those of the person who looks."""
    whose = MINE if request.args.get("whose") == MINE else ""
    with here.reading() as session:
        values = project_values(session, project_id, rights, tab="tasks")
        today = here.today_of(session)
        rows = [row for row in open_tasks_in(session, project_id) if not whose or row[0].assignee == here.actor()]
        views = [_view(session, task, invoice, today) for task, invoice in rows]
        # Each becomes a task within minutes; until then it is not kept from anybody.
        ended = [] if whose else ended_schedules(session, today=today, project_id=project_id)
    names = names_of(view.task.assignee for view in views)
    return shown({**values, "open_tasks": views, "ended": ended, "whose": whose, "task_titles": TITLES, "names": names})


def _view(session: TenantSession, task: Task, invoice: Invoice, today: date) -> TaskView:
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    project = session.get_one(Project, (session.tenant_id, invoice.project_id))
    return TaskView(
        task=task,
        invoice=invoice,
        client=client.name,
        what=str(task.detail.get("what", "")),
        is_late=task.due_on < today,
        script=tuple(call_paragraphs(session, invoice, client, project)) if task.kind == "call" else (),
    )
