"""Open tasks of a project: calls to make, plans to offer, decisions to take, ladders that have ended (F02)."""

from plugin.services.follow_ups.task_words import TITLES
from plugin.store.queries.ended import ended_schedules
from plugin.store.queries.invoice_parts import open_tasks_in
from plugin.ui import here
from plugin.ui.project.frame import project_values, shown
from plugin.ui.rights import Rights
from plugin.ui.surface import Shown


def show_tasks(project_id: str, rights: Rights) -> Shown:
    """The list, the most urgent first."""
    with here.reading() as session:
        values = project_values(session, project_id, rights, tab="tasks")
        tasks = open_tasks_in(session, project_id)
        ended = ended_schedules(session, today=here.today_of(session), project_id=project_id)
    return shown({**values, "open_tasks": tasks, "ended": ended, "task_titles": TITLES})
