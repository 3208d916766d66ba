"""What every tab of the administration shows."""

from flask import url_for

from plugin.store.queries.admin import open_alerts, waiting_effects
from plugin.store.session import TenantSession
from plugin.ui import here
from plugin.ui.banners import banners_of
from plugin.ui.forms import Failed, Forms
from plugin.ui.surface import Shown

TEMPLATE, BLOCK = "ui/admin.html", "admin"
TABS = {
    "company": "Company",
    "numbering": "Numbers",
    "mail": "Mail",
    "delivery": "Delivery",
    "webhooks": "Webhooks",
    "texts": "Mail texts",
    "answers": "Answers",
    "follow-ups": "Follow-ups",
    "calendar": "Calendar",
    "control": "Control",
    "attention": "Needs you",
    "audit": "Audit",
    "sync": "Jira",
}


def admin_values(session: TenantSession, *, tab: str, failed: Failed | None) -> dict[str, object]:
    """The values of the frame around a tab."""
    waiting = len(open_alerts(session)) + len(waiting_effects(session))
    return {
        "tab": tab,
        "today": here.today_of(session),
        "forms": Forms(failed),
        "banners": banners_of(session),
        "tabs": [
            {
                "text": text,
                "url": url_for("admin.tab", tab=key),
                "target": "#admin",
                "current": key == tab,
                "count": (waiting or None) if key == "attention" else None,
            }
            for key, text in TABS.items()
        ],
    }


def shown(values: dict[str, object]) -> Shown:
    """The administration with these values."""
    return Shown(template=TEMPLATE, block=BLOCK, values=values)
