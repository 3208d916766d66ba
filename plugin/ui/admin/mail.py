"""How mail leaves."""

from datetime import time

import msgspec

from plugin.services.effects.settle import resume_mail
from plugin.services.settings.mail import MailForm, save_mail
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings
from plugin.ui import here
from plugin.ui.admin.frame import admin_values, shown
from plugin.ui.forms import Failed, read_form
from plugin.ui.submit import Said
from plugin.ui.surface import Shown

FIELDS = tuple(name for name in MailForm.__dataclass_fields__)


class MailInput(msgspec.Struct):
    """The form of the mail settings; hours are the client's."""

    from_address: str
    window_start: time
    window_end: time
    contact_interval_days: int
    row_version: int
    from_name: str = ""
    reply_to: str = ""


def show_mail(failed: Failed | None = None) -> Shown:
    """The tab of the mail settings."""
    with here.reading() as session:
        values = admin_values(session, tab="mail", failed=failed)
        mail = session.get_one(MailSettings, session.tenant_id)
    stored = {name: getattr(mail, name) for name in FIELDS}
    hours = {name: stored[name].strftime("%H:%M") for name in ("window_start", "window_end")}
    return shown({**values, "mail": {**stored, **hours}, "paused_reason": mail.paused_reason})


def save_settings(session: TenantSession) -> Said:
    """Stores the mail settings."""
    form = read_form(MailInput)
    save_mail(session, MailForm(**msgspec.structs.asdict(form)), now=here.now(), actor=here.actor())
    return Said(title="Mail settings saved", refresh=False)


def resume(session: TenantSession) -> Said:
    """Mail goes on after its server refused us."""
    resume_mail(session, actor=here.actor(), now=here.now())
    return Said(title="Mail goes on", body="What waited leaves now.", refresh=False)
