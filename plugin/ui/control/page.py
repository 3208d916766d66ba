"""The tab of control."""

from plugin.services.settings.control import control_of
from plugin.services.settings.quiet_periods import quiet_periods
from plugin.store.queries.settings import client_names
from plugin.store.tables.company import MailSettings
from plugin.ui import here
from plugin.ui.admin.frame import admin_values, shown
from plugin.ui.forms import Failed
from plugin.ui.surface import Shown


def show_control(failed: Failed | None = None) -> Shown:
    """Settings, quiet periods of the site and of clients, and the age of payments."""
    with here.reading() as session:
        values = admin_values(session, tab="control", failed=failed)
        settings = session.get_one(MailSettings, session.tenant_id)
        form = control_of(settings)
        clients = client_names(session)
        periods = [("The whole site", row) for row in quiet_periods(session, None)]
        periods += [(name, row) for client_id, name in clients for row in quiet_periods(session, client_id)]
    return shown(
        {
            **values,
            "control": {
                "undo_minutes": form.undo_minutes,
                "manual_quiet_days": form.manual_quiet_days,
                "payments_limit_hours": "" if form.payments_limit_hours is None else form.payments_limit_hours,
                "digest_at": f"{form.digest_at:%H:%M}",
                "row_version": form.row_version,
            },
            "payments_as_of": settings.payments_as_of,
            "as_of_default": here.now().astimezone(here.zone()).strftime("%Y-%m-%dT%H:%M"),
            "quiet": periods,
            "quiet_for": [("", "The whole site"), *clients],
        }
    )
