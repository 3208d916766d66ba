"""The two pages that a board stands on: a tab of the project's page, and one of the administration."""

from plugin.ui import here
from plugin.ui.admin.frame import admin_values
from plugin.ui.admin.frame import shown as on_admin_page
from plugin.ui.board.scope import SITE, Scope
from plugin.ui.board.view import Aside, board_values
from plugin.ui.forms import Failed, Forms
from plugin.ui.project.frame import project_values
from plugin.ui.project.frame import shown as on_project_page
from plugin.ui.surface import Shown

NOTHING = Aside()


def show_board(scope: Scope, failed: Failed | None = None, aside: Aside = NOTHING) -> Shown:
    """The tab with the board; its rows for everybody who may look, its forms for those who bill."""
    rights = scope.rights()
    with here.reading() as session:
        values = board_values(session, scope, bills=rights.bills, aside=aside)
        if scope.kind == SITE:
            return on_admin_page({**admin_values(session, tab="calendar", failed=failed), **values})
        frame = project_values(session, scope.place, rights, tab="calendar")
    return on_project_page({**frame, "forms": Forms(failed), **values})
