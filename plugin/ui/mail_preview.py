"""The mail of a step before it goes: who gets what, and the mail itself in a frame that nothing can leave.

A frame asks without a token of the host, so its address is signed: for one step, one site and a minute (``ui.md`` 7).
"""

from typing import Final

import msgspec
from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from plugin.clock import machine_now
from plugin.hosts.ports import TokenRefused
from plugin.services.follow_ups.preview_step import preview_step
from plugin.ui import here
from plugin.ui.headers import show_as_mail
from plugin.ui.on_invoice import AT, require_billable
from plugin.ui.routes import Routes

routes = Routes("mail_preview", __name__)

PURPOSE: Final = "mail-preview"
SECONDS: Final = 60


class Shown(msgspec.Struct, frozen=True):
    """What a signed address opens, and until when (Unix seconds, the machine's); ``framed_by`` are the Jira sites."""

    tenant_id: str
    invoice_id: str
    step_key: str
    framed_by: tuple[str, ...]
    until: int


@routes.fragment(f"{AT}/steps/<step_key>/mail")
def mail(surface: str, place: str, invoice_id: str, step_key: str) -> ResponseReturnValue:  # noqa: ARG001
    """Sender, recipients and subject, and the frame. For those who bill: it names what is owed and by whom."""
    require_billable(invoice_id)
    with here.reading() as session:
        shown = preview_step(session, invoice_id, step_key, now=here.now(), links=here.container().mail_links)
    return render_template("ui/parts/mail_preview.html", preview=shown, src=_address(invoice_id, step_key))


@routes.signed("/ui/mail-preview")
def framed() -> Response:
    """The mail alone, with a policy that lets it show its styles and nothing else."""
    shown = _opened(request.args.get("mail", ""))
    with here.container().reading(shown.tenant_id) as session:
        links = here.container().mail_links
        html = preview_step(session, shown.invoice_id, shown.step_key, now=here.now(), links=links).mail.html
    show_as_mail(shown.framed_by)
    return make_response(html)


def _address(invoice_id: str, step_key: str) -> str:
    known = here.principal()
    shown = Shown(known.tenant_id, invoice_id, step_key, known.framed_by, int(machine_now().timestamp()) + SECONDS)
    return url_for("mail_preview.framed", mail=_signer().dumps(msgspec.to_builtins(shown)))


def _opened(signed: str) -> Shown:
    try:
        shown = msgspec.convert(_signer().loads(signed), Shown)
    except (BadSignature, msgspec.ValidationError):
        raise TokenRefused("the address of the mail preview is not signed by us") from None
    if machine_now().timestamp() > shown.until:
        raise TokenRefused("the address of the mail preview is too old")
    return shown


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(here.container().keys.signing_keys(PURPOSE), salt=PURPOSE)
