"""What every tab of the project's settings shows."""

from flask import url_for

from plugin.services.billing.lookup import project_of
from plugin.store.session import TenantSession
from plugin.ui import here
from plugin.ui.forms import Failed, Forms
from plugin.ui.rights import Rights
from plugin.ui.surface import Shown

TEMPLATE, BLOCK = "ui/settings.html", "settings"
TABS = {"client": "Client", "rates": "Rates", "billing": "Rounding and history", "reminders": "Follow-ups"}


def settings_values(
    session: TenantSession, project_id: str, rights: Rights, *, tab: str, failed: Failed | None
) -> dict[str, object]:
    """The values of the frame around a tab."""
    offered = [key for key in TABS if rights.bills or key != "rates"]
    return {
        "project": project_of(session, project_id),
        "rights": rights,
        "tab": tab,
        "today": here.today_of(session),
        "forms": Forms(failed),
        "tabs": [
            {
                "text": TABS[key],
                "url": url_for("settings.tab", project_id=project_id, tab=key),
                "target": "#settings",
                "current": key == tab,
            }
            for key in offered
        ],
    }


def shown(values: dict[str, object]) -> Shown:
    """The settings page with these values."""
    return Shown(template=TEMPLATE, block=BLOCK, values=values)
