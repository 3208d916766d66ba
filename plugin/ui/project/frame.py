"""What every tab of the project page shows: the project, its sums, the tabs, the banners."""

from collections.abc import Mapping

from flask import url_for

from plugin.services.billing.lookup import project_of
from plugin.store.queries.ended import ended_schedules
from plugin.store.queries.invoice_parts import open_tasks_in
from plugin.store.queries.invoices import ProjectSums, project_sums
from plugin.store.queries.project_time import open_seconds
from plugin.store.session import TenantSession
from plugin.ui import here
from plugin.ui.banners import banners_of
from plugin.ui.filters import counted, hours, money
from plugin.ui.rights import Rights
from plugin.ui.surface import Shown

TEMPLATE, BLOCK = "ui/project.html", "project"


def project_values(session: TenantSession, project_id: str, rights: Rights, *, tab: str) -> dict[str, object]:
    """The values of the frame around a tab."""
    project = project_of(session, project_id)
    today = here.today_of(session)
    sums = project_sums(session, project_id, today=today)
    seconds = open_seconds(session, project_id)
    tasks = len(open_tasks_in(session, project_id)) + len(ended_schedules(session, today=today, project_id=project_id))
    return {
        "project": project,
        "rights": rights,
        "today": today,
        "tab": tab,
        "banners": banners_of(session),
        "tiles": _tiles(seconds, sums, tasks),
        "tabs": _tabs(project_id, tab, sums, tasks),
        "at": {"surface": "project", "place": project_id},
    }


def shown(values: Mapping[str, object]) -> Shown:
    """The project page with these values."""
    return Shown(template=TEMPLATE, block=BLOCK, values=values)


def _tiles(seconds: int, sums: ProjectSums, tasks: int) -> list[dict[str, str]]:
    return [
        {"label": "Not billed yet", "value": hours(seconds)},
        {"label": "Drafts", "value": str(sums.drafts)},
        {"label": "Open", "value": _amounts(sums.owed), "note": counted(sums.open, "invoice")},
        {
            "label": "Overdue",
            "value": _amounts(sums.owed_late),
            "note": counted(sums.overdue, "invoice") + (f", {counted(tasks, 'open task')}" if tasks else ""),
            "tone": "danger" if sums.overdue else "",
        },
    ]


def _amounts(by_currency: Mapping[str, int]) -> str:
    return " + ".join(money(minor, currency) for currency, minor in sorted(by_currency.items())) or "0"


def _tabs(project_id: str, tab: str, sums: ProjectSums, tasks: int) -> list[dict[str, object]]:
    offered = (
        ("unbilled", "Unbilled time", url_for("project.unbilled", project_id=project_id), None),
        (
            "invoices",
            "Drafts and invoices",
            url_for("project.invoices", project_id=project_id),
            sums.drafts + sums.open or None,
        ),
        ("calendar", "Calendar", url_for("project.calendar", project_id=project_id), None),
        ("tasks", "Tasks", url_for("project.tasks", project_id=project_id), tasks or None),
    )
    return [
        {
            "text": text,
            "url": url,
            "target": "#project",
            "current": key == ("invoices" if tab == "invoice" else tab),
            "count": count,
        }
        for key, text, url, count in offered
    ]
