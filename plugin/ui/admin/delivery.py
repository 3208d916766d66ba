"""How mail leaves the house: the site's own server, the signature of its domain, and what DNS says about it."""

from collections.abc import Callable

import msgspec
from flask import Response
from markupsafe import Markup

from plugin.domain.errors import DunlinError, InvalidInput
from plugin.environment import SmtpSecurity
from plugin.services.mail_domain.check import aligns
from plugin.services.mail_domain.keys import drop_key, make_key, signing_domain
from plugin.services.mail_domain.records import RecordCheck, dkim_record, domain_of, is_within
from plugin.services.settings.smtp import SmtpForm, own_server, save_smtp
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings
from plugin.ui import here
from plugin.ui.admin.frame import admin_values, shown
from plugin.ui.admin.sender_check import check_sender, check_values
from plugin.ui.forms import Failed, read_form
from plugin.ui.rights import require_site_admin
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit
from plugin.ui.surface import Shown, fragment

routes = Routes("admin_delivery", __name__)

AT = "/ui/fragment/admin/delivery"
SECURITY = [
    (SmtpSecurity.TLS.value, "TLS (port 465)"),
    (SmtpSecurity.STARTTLS.value, "STARTTLS (port 587)"),
    (SmtpSecurity.PLAIN.value, "None"),
]


class ServerInput(msgspec.Struct):
    """The form of the mail server."""

    row_version: int
    host: str = ""
    security: str = SmtpSecurity.STARTTLS.value
    user: str = ""
    password: str = ""


def show_delivery(failed: Failed | None = None, checks: list[RecordCheck] | None = None) -> Shown:
    """The tab. ``checks`` are what DNS just said."""
    built = here.container()
    with here.reading() as session:
        values = admin_values(session, tab="delivery", failed=failed)
        mail = session.get_one(MailSettings, session.tenant_id)
        server = own_server(mail, built.keys)
        signing = signing_domain(mail, built.keys)
    sender = domain_of(mail.from_address)
    return shown(
        {
            **values,
            "server": {
                "host": f"{server.host}:{server.port}" if server else "",
                "security": server.security.value if server else SmtpSecurity.STARTTLS.value,
                "user": (server.username or "") if server else "",
                "password": "",
                "row_version": mail.row_version,
            },
            "securities": SECURITY if not built.settings.is_production else SECURITY[:2],
            "sender": sender,
            "signing": signing,
            "record": dkim_record(signing.public_key) if signing.public_key else "",
            "strays": bool(signing.domain and sender) and not is_within(signing.domain, sender),
            **check_values(checks or []),
            "is_asked": built.dns_lookup is not None,
        }
    )


@routes.action(f"{AT}/server")
def save_server() -> Response:
    """Stores the site's own mail server."""
    return _change("server", _save)


@routes.action(f"{AT}/server/trial")
def try_server() -> Response:
    """Connects to the server that is stored and logs in; nothing is sent."""
    require_site_admin()
    problem = _try_out()

    def say(_: TenantSession) -> Said:
        if problem is not None:
            raise InvalidInput(problem)
        return Said(title="The mail server takes our mail", refresh=False)

    return submit("server-trial", work=say, show=_show)


@routes.action(f"{AT}/key")
def make_new_key() -> Response:
    """Makes a key for the sender's domain."""
    return _change("key", _make_key)


@routes.action(f"{AT}/key/removal")
def remove_key() -> Response:
    """Mails are not signed any more."""
    return _change("key-removal", _drop_key)


@routes.action(f"{AT}/domain")
def check_dns() -> Response:
    """Asks DNS for the records of the sender's domain."""
    require_site_admin()
    checks = check_sender()
    said = "SPF, DKIM and DMARC align" if aligns(checks) else "The sender's domain needs attention"

    def show(_: Said | None, failed: Failed | None) -> Markup:
        return fragment(show_delivery(failed, checks))

    return submit("domain", work=lambda _: Said(title=said, refresh=False), show=show)


def _save(session: TenantSession) -> Said:
    form, built = read_form(ServerInput), here.container()
    save_smtp(
        session,
        SmtpForm(**msgspec.structs.asdict(form)),
        keys=built.keys,
        strict=built.settings.is_production,
        now=here.now(),
        actor=here.actor(),
    )
    return Said(title="Mail server saved", body="Try it out before the next mail leaves.", refresh=False)


def _try_out() -> str | None:
    """What is in the way, in a sentence. No transaction is open while the server is spoken to."""
    built = here.container()
    with here.reading() as session:
        server = own_server(session.get_one(MailSettings, session.tenant_id), built.keys)
    try:
        (built.mail_channel if server is None else built.channel_to(server)).try_out()
    except DunlinError as problem:
        return problem.sentence
    return None


def _make_key(session: TenantSession) -> Said:
    built = here.container()
    make_key(session, keys=built.keys, make=built.new_dkim_key, now=here.now(), actor=here.actor())
    return Said(title="Key made", body="Publish its record, then check the domain.", refresh=False)


def _drop_key(session: TenantSession) -> Said:
    drop_key(session, now=here.now(), actor=here.actor())
    return Said(title="Mails are not signed any more", tone="warning", refresh=False)


def _show(_: Said | None, failed: Failed | None) -> Markup:
    return fragment(show_delivery(failed))


def _change(form: str, work: Callable[[TenantSession], Said]) -> Response:
    require_site_admin()
    return submit(form, work=work, show=_show)
