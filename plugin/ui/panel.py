"""The panel on an issue."""

from collections.abc import Mapping

from flask import request
from flask.typing import ResponseReturnValue

from plugin.services.billing.issue_time import issue_time
from plugin.services.billing.lookup import project_of
from plugin.services.follow_ups.task_words import OUTCOMES, TITLES
from plugin.store.queries.invoices import invoices_on_issue
from plugin.store.tables.jira_facts import JiraIssue
from plugin.ui import here, words
from plugin.ui.banners import banners_of
from plugin.ui.forms import Failed, Forms
from plugin.ui.invoice_view import history_entries, newest_events, view_invoices
from plugin.ui.names import names_of
from plugin.ui.rights import NOBODY, rights_in
from plugin.ui.routes import Routes
from plugin.ui.surface import Shown, fragment, page
from plugin.ui.voices import handlers_of, voices_of

routes = Routes("panel", __name__)

TEMPLATE, BLOCK = "ui/panel.html", "panel"


@routes.page("/ui/panel")
def panel() -> ResponseReturnValue:
    """The panel as Jira's frame loads it."""
    return page(show_panel(request.args.get("issue", "")))


@routes.fragment("/ui/fragment/panel/<issue_id>")
def panel_again(issue_id: str) -> ResponseReturnValue:
    """The panel anew, after a dialog or a change elsewhere."""
    return str(fragment(show_panel(issue_id)))


def show_panel(issue_id: str, failed: Failed | None = None) -> Shown:
    """What the panel of an issue shows. Raises NotAllowed for a person who may not see the issue."""
    here.principal().permissions.require_browse_issue(issue_id)
    with here.reading() as session:
        issue = session.get(JiraIssue, (session.tenant_id, issue_id))
    project_id = issue.project_id if issue else None
    rights = rights_in(project_id) if project_id else NOBODY
    with here.reading() as session:
        rows = invoices_on_issue(session, issue_id)
        today = here.today_of(session)
        views = view_invoices(session, [row.invoice for row in rows], now=here.now())
        voices = voices_of(session, [row.invoice for row in rows])
        events = newest_events(session, views)
        values: Mapping[str, object] = {
            "at": {"surface": "panel", "place": issue_id},
            "banners": banners_of(session),
            "time": issue_time(session, project_of(session, project_id), issue_id, today=today) if project_id else None,
            "views": views,
            "rights": rights,
            "today": today,
        }
    people = [account for view in views for account in view.people]
    names = names_of([*(event.actor for event in events), *handlers_of(voices), *people])
    numbers = {view.invoice.id: view.name for view in views} if len(views) > 1 else {}
    shown = {
        **values,
        "entries": history_entries(events, names, numbers),
        "names": names,
        "voices": voices,
        "forms": Forms(failed),
        "hold_words": words.HOLD,
        "outcomes": OUTCOMES,
        "task_titles": TITLES,
    }
    return Shown(template=TEMPLATE, block=BLOCK, values=shown)
