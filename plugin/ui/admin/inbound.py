"""Where answers come in, and what came in last."""

from collections.abc import Callable

import msgspec
from flask import Response, g
from markupsafe import Markup

from plugin.services.inbound.addresses import PAGE, inbound_token
from plugin.services.settings.inbound import MailboxForm, inbound_view, keep_mails, make_secret, save_mailbox
from plugin.store.queries.voices import newest_mails
from plugin.store.session import TenantSession
from plugin.ui import here, words
from plugin.ui.admin.frame import admin_values, shown
from plugin.ui.forms import Failed, read_form
from plugin.ui.rights import require_site_admin
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit
from plugin.ui.surface import Shown, fragment

routes = Routes("admin_answers", __name__)

AT = "/ui/fragment/admin/answers"


class MailboxInput(msgspec.Struct):
    """The form of the mailbox."""

    row_version: int
    host: str = ""
    user: str = ""
    password: str = ""
    folder: str = "INBOX"


class KeptInput(msgspec.Struct):
    """For how many days mails are kept."""

    days: int
    row_version: int


def show_inbound(failed: Failed | None = None) -> Shown:
    """The tab: the mailbox, the address for a provider, the last mails."""
    built = here.container()
    with here.reading() as session:
        values = admin_values(session, tab="answers", failed=failed)
        view = inbound_view(session, built.keys)
        mails = newest_mails(session)
        address = f"{built.settings.base_url}{PAGE}{inbound_token(built.keys, session.tenant_id)}"
    return shown(
        {
            **values,
            "inbound": view,
            "mails": mails,
            "address": address,
            "fresh_secret": g.get("fresh_secret", ""),
            "mail_words": words.INBOUND,
        }
    )


@routes.action(f"{AT}/mailbox")
def save_mailbox_form() -> Response:
    """Stores the mailbox in which answers come in."""
    return _change("mailbox", save)


@routes.action(f"{AT}/kept")
def save_kept_form() -> Response:
    """Stores for how long mails that came in are kept."""
    return _change("kept", keep)


@routes.action(f"{AT}/secret")
def make_secret_form() -> Response:
    """Makes the secret of the mail provider anew, and shows it once."""
    return _change("secret", make)


def _change(form: str, work: Callable[[TenantSession], Said]) -> Response:
    require_site_admin()

    def show(_: Said | None, failed: Failed | None) -> Markup:
        return fragment(show_inbound(failed))

    return submit(form, work=work, show=show)


def save(session: TenantSession) -> Said:
    """Stores the mailbox."""
    form, built = read_form(MailboxInput), here.container()
    save_mailbox(
        session,
        MailboxForm(**msgspec.structs.asdict(form)),
        keys=built.keys,
        scheme="imaps" if built.settings.is_production or ":143" not in form.host else "imap",
        now=here.now(),
        actor=here.actor(),
    )
    if not form.host.strip():
        return Said(title="No mailbox is read any more", refresh=False)
    return Said(title="Mailbox saved", body="It is read every two minutes; the first look is under way.", refresh=False)


def keep(session: TenantSession) -> Said:
    """Stores the days."""
    form = read_form(KeptInput)
    keep_mails(session, days=form.days, row_version=form.row_version, now=here.now(), actor=here.actor())
    return Said(title=f"Mails are kept for {form.days} days", refresh=False)


def make(session: TenantSession) -> Said:
    """Makes the provider's secret."""
    # It goes to this one answer and nowhere else: what a form says is kept for its repetition.
    g.fresh_secret = make_secret(session, keys=here.container().keys, now=here.now(), actor=here.actor())
    return Said(title="Secret made", body="Copy it now; it is not shown again.", tone="warning", refresh=False)
