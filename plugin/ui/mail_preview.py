"""The mail of a step before it goes: who gets what, and the mail itself in a frame that nothing can leave."""

from typing import Final

import msgspec
from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.services.follow_ups.preview_step import preview_step
from plugin.ui import here
from plugin.ui.headers import show_as_mail
from plugin.ui.on_invoice import AT, require_billable
from plugin.ui.routes import Routes
from plugin.ui.signed_frame import opened, sign

routes = Routes("mail_preview", __name__)

PURPOSE: Final = "mail-preview"


class StepMail(msgspec.Struct, frozen=True):
    """What a frame shows."""

    invoice_id: str
    step_key: str


@routes.fragment(f"{AT}/steps/<step_key>/mail")
def mail(surface: str, place: str, invoice_id: str, step_key: str) -> ResponseReturnValue:  # noqa: ARG001
    """Sender, recipients and subject, and the frame. For those who bill: it names what is owed and by whom."""
    require_billable(invoice_id)
    with here.reading() as session:
        shown = preview_step(session, invoice_id, step_key, now=here.now(), links=here.container().mail_links)
    src = url_for("mail_preview.framed", mail=sign(PURPOSE, StepMail(invoice_id, step_key)))
    return render_template("ui/parts/mail_preview.html", preview=shown, src=src)


@routes.signed("/ui/mail-preview")
def framed() -> Response:
    """The mail alone, with a policy that lets it show its styles and nothing else."""
    framed_for, shows = opened(PURPOSE, request.args.get("mail", ""), StepMail)
    with here.container().reading(framed_for.tenant_id) as session:
        links = here.container().mail_links
        html = preview_step(session, shows.invoice_id, shows.step_key, now=here.now(), links=links).mail.html
    show_as_mail(framed_for.framed_by)
    return make_response(html)
