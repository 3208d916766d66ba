"""What DNS says of the sender, wherever it matters: beside the mail server, in the first steps, before going live."""

from plugin.services.mail_domain.check import aligns, check_domain
from plugin.services.mail_domain.keys import signing_domain
from plugin.services.mail_domain.records import RecordCheck, Standing
from plugin.services.settings.smtp import own_server
from plugin.store.tables.company import MailSettings
from plugin.ui import here
from plugin.ui.rights import require_site_admin
from plugin.ui.routes import Routes
from plugin.ui.surface import Shown, fragment

routes = Routes("sender_check", __name__)

TONES = {
    Standing.OK: ("In order", "success"),
    Standing.WARNING: ("Could be better", "warning"),
    Standing.ERROR: ("Wrong", "danger"),
    Standing.UNKNOWN: ("Not known", "neutral"),
}
WORTH_PUBLISHING = (Standing.ERROR, Standing.WARNING)


@routes.fragment("/ui/fragment/admin/sender-check")
def sender_check() -> str:
    """The table, for pages that load it after themselves, since DNS takes seconds."""
    require_site_admin()
    values = {**check_values(check_sender()), "is_asked": here.container().dns_lookup is not None}
    return str(fragment(Shown(template="ui/admin/sender_check.html", block="sender_check", values=values)))


def check_sender() -> list[RecordCheck]:
    """What DNS says now; nothing where no sender is named, or DNS is not asked. No transaction is open meanwhile."""
    built = here.container()
    with here.reading() as session:
        mail = session.get_one(MailSettings, session.tenant_id)
        server = own_server(mail, built.keys) or built.settings.smtp
        signing = signing_domain(mail, built.keys)
    if built.dns_lookup is None or not mail.from_address:
        return []
    return check_domain(mail.from_address, signing, server=server.host, lookup=built.dns_lookup)


def check_values(checks: list[RecordCheck]) -> dict[str, object]:
    """What the table of the records needs."""
    return {"checks": checks, "aligned": aligns(checks), "tones": TONES, "worth_publishing": WORTH_PUBLISHING}
