"""The administration of the site: for Jira administrators, on every route."""

from collections.abc import Callable

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from plugin.store.session import TenantSession
from plugin.ui import here
from plugin.ui.admin import attention, company, follow_ups, late_payment, mail, texts
from plugin.ui.admin.audit import show_audit
from plugin.ui.admin.delivery import show_delivery
from plugin.ui.admin.get_started import show_get_started
from plugin.ui.admin.inbound import show_inbound
from plugin.ui.admin.webhook_targets import show_webhooks
from plugin.ui.board.page import show_board
from plugin.ui.board.scope import SITE, Scope
from plugin.ui.control.page import show_control
from plugin.ui.forms import Failed, Forms
from plugin.ui.rights import require_site_admin
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit
from plugin.ui.surface import Shown, fragment, page

routes = Routes("admin", __name__)

AT = "/ui/fragment/admin"


def _calendar(failed: Failed | None) -> Shown:
    """What is to come on the whole site."""
    return show_board(Scope(kind=SITE, place="-"), failed)


SHOW: dict[str, Callable[[Failed | None], Shown]] = {
    "company": company.show_company,
    "numbering": company.show_numbering,
    "mail": mail.show_mail,
    "delivery": show_delivery,
    "webhooks": show_webhooks,
    "texts": texts.show_texts,
    "follow-ups": follow_ups.show_follow_ups,
    "calendar": _calendar,
    "control": show_control,
    "attention": attention.show_attention,
    "audit": show_audit,
    "answers": show_inbound,
    "sync": attention.show_sync,
}


@routes.page("/ui/admin")
def admin() -> ResponseReturnValue:
    """The page as Jira's frame loads it."""
    require_site_admin()
    return page(company.show_company())


@routes.page("/ui/get-started")
def get_started() -> ResponseReturnValue:
    """What a new site does first."""
    require_site_admin()
    return page(show_get_started())


@routes.fragment(f"{AT}/<any({', '.join(repr(name) for name in SHOW)}):tab>")
def tab(tab: str) -> ResponseReturnValue:
    """One tab."""
    require_site_admin()
    return str(fragment(SHOW[tab](None)))


@routes.action(f"{AT}/company")
def save_company() -> Response:
    """Stores the company profile."""
    require_site_admin()
    roles = company.roles_to_choose()
    return _change("company", "company", lambda session: company.save_profile(session, roles))


@routes.action(f"{AT}/reference-rate")
def save_reference_rate() -> Response:
    """Stores a reference rate that the site entered itself."""
    return _change("company", "reference-rate", late_payment.save_rate)


@routes.action(f"{AT}/fixed-sums")
def save_fixed_sums() -> Response:
    """Says whether the fixed sums of a law are claimed."""
    form = f"sums-{request.form.get('profile', '')}"
    return _change("company", form, late_payment.save_fixed_sums)


@routes.action(f"{AT}/logo")
def save_logo() -> Response:
    """Stores or removes the logo."""
    return _change("company", "logo", company.save_picture)


@routes.action(f"{AT}/numbering")
def save_numbering() -> Response:
    """Stores the pattern of numbers."""
    form = f"numbering-{request.form.get('series', 'invoice')}"
    return _change("numbering", form, company.save_pattern)


@routes.action(f"{AT}/mail")
def save_mail() -> Response:
    """Stores the mail settings."""
    return _change("mail", "mail", mail.save_settings)


@routes.action(f"{AT}/mail/resume")
def resume_mail() -> Response:
    """Lets mail go on."""
    return _change("mail", "resume", mail.resume)


@routes.action(f"{AT}/texts")
def save_text() -> Response:
    """Stores a wording."""
    return _change("texts", "text", texts.save_wording)


@routes.action(f"{AT}/texts/preview")
def preview_text() -> ResponseReturnValue:
    """Shows the mail of the typed wording; keeps nothing but its page for the frame."""
    require_site_admin()
    with here.writing() as session:
        shown = texts.show_preview(session)
    return render_template("ui/admin/text_preview.html", **shown)


@routes.action(f"{AT}/texts/reset")
def reset_text() -> Response:
    """The standard text speaks again."""
    return _change("texts", "reset", texts.reset_wording)


@routes.action(f"{AT}/texts/trial")
def try_text() -> Response:
    """Sends the typed wording as a mail to oneself."""
    require_site_admin()

    def show(_: Said | None, failed: Failed | None) -> str:
        return render_template("ui/admin/text_trial.html", forms=Forms(failed), trial=texts.TRIAL)

    return submit("trial", work=texts.send_test, show=show)


@routes.signed("/ui/text-preview")
def framed_text() -> ResponseReturnValue:
    """The mail of a wording alone, in a frame that can do nothing."""
    return texts.framed()


@routes.action(f"{AT}/switches")
def switch() -> Response:
    """Turns one of the site's switches."""
    return _change("follow-ups", f"switch-{request.form.get('what', '')}", follow_ups.switch)


@routes.action(f"{AT}/alerts/<alert_id>")
def settle_alert(alert_id: str) -> Response:
    """Marks an alert as settled."""
    return _change("attention", f"alert-{alert_id}", lambda session: attention.settle(session, alert_id))


@routes.action(f"{AT}/effects/<effect_id>")
def settle_effect(effect_id: str) -> Response:
    """Settles what is in doubt."""
    form = f"effect-{effect_id}-{request.form.get('decision', '')}"
    return _change("attention", form, lambda session: attention.decide(session, effect_id))


@routes.action(f"{AT}/sync")
def read_now() -> Response:
    """Reads Jira at once."""
    return _change("sync", "sync", attention.read_now)


def _change(shown_tab: str, form: str, work: Callable[[TenantSession], Said]) -> Response:
    require_site_admin()

    def show(_: Said | None, failed: Failed | None) -> Markup:
        return fragment(SHOW[shown_tab](failed))

    return submit(form, work=work, show=show)
