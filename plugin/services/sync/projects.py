"""Projects: all that the app may see, with their kind, since a service desk wants internal comments."""

from sqlalchemy import select

from plugin.services.jira_facts import Project as JiraProject
from plugin.services.sync.context import SyncContext
from plugin.store.tables.clients import Project


def sync_projects(context: SyncContext) -> int:
    """Adds and renames projects; one that Jira no longer lists is marked gone, never deleted. Gives their number."""
    seen: list[JiraProject] = []
    start: int | None = 0
    while start is not None:
        page = context.jira.projects(start_at=start)
        seen.extend(page.projects)
        start = page.next_start
    with context.writing() as session:
        known = {row.id: row for row in session.scalars(select(Project))}
        for project in seen:
            row = known.pop(project.id, None)
            if row is None:
                row = Project(id=project.id, key=project.key, name=project.name)
                session.add(row)
            row.key, row.name, row.gone_at = project.key, project.name, None
            row.service_desk = project.kind == "service_desk"
        for row in known.values():
            row.gone_at = row.gone_at or context.now
    return len(seen)
