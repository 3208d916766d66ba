"""Steps that wait for a person and that no mail carries: tried again, or left out with a reason."""

import msgspec
from flask import Response
from markupsafe import Markup

from plugin.domain.errors import InvalidInput
from plugin.services.follow_ups.parked import leave_effect_out, leave_step_out, try_step_again
from plugin.store.session import TenantSession
from plugin.ui import here
from plugin.ui.admin.attention import show_attention
from plugin.ui.forms import Failed, read_form
from plugin.ui.rights import require_site_admin
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit
from plugin.ui.surface import fragment

routes = Routes("admin_parked", __name__)


class ParkedForm(msgspec.Struct):
    """``what``: again, or leave (with ``reason``). Either ``effect`` names the step, or ``invoice`` and ``step`` do."""

    what: str
    effect: str = ""
    invoice: str = ""
    step: str = ""
    reason: str = ""

    @property
    def name(self) -> str:
        """Under which the page finds the form again."""
        return f"parked-{self.effect or f'{self.invoice}-{self.step}'}"


@routes.action("/ui/fragment/admin/parked-steps")
def settle_step() -> Response:
    """What an administrator decides about one of them."""
    require_site_admin()
    form = read_form(ParkedForm)

    def show(_: Said | None, failed: Failed | None) -> Markup:
        return fragment(show_attention(failed))

    return submit(form.name, work=lambda session: _decide(session, form), show=show)


def _decide(session: TenantSession, form: ParkedForm) -> Said:
    now, actor = here.now(), here.actor()
    if form.what == "again" and form.step:
        try_step_again(session, form.invoice, form.step, now=now, actor=actor)
        return Said(title="It is tried again")
    if form.what == "leave" and form.effect:
        leave_effect_out(session, form.effect, reason=form.reason, now=now, actor=actor)
        return Said(title="Left out", body="The steps after it go on.")
    if form.what == "leave" and form.step:
        leave_step_out(session, form.invoice, form.step, reason=form.reason, now=now, actor=actor)
        return Said(title="Left out", body="The steps after it go on.")
    raise InvalidInput("Choose what to do with this step.", field="what")
