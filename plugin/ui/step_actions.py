"""What is done to one step of a ladder: another day, now, not at all."""

from datetime import date

import msgspec
from flask import Response

from plugin.domain.errors import InvalidInput
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.change_step import move_step, send_now, skip_step
from plugin.services.follow_ups.parked import leave_step_out, try_step_again
from plugin.store.session import TenantSession
from plugin.ui import here
from plugin.ui.filters import day
from plugin.ui.forms import read_form
from plugin.ui.on_invoice import AT, client_today, require_billable, show_again
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit

routes = Routes("steps", __name__)


class StepForm(msgspec.Struct):
    """``what``: move (with ``to``), now, skip (with ``reason``); of a parked step again, or leave (with ``reason``)."""

    what: str
    to: date | None = None
    reason: str = ""


@routes.action(f"{AT}/steps/<step_key>")
def change(surface: str, place: str, invoice_id: str, step_key: str) -> Response:
    """Moves, sends or leaves out a step to come."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        return _change(session, invoice_id, step_key)

    return submit(f"step-{invoice_id}-{step_key}", work=work, show=show_again(surface, place, invoice_id))


def _change(session: TenantSession, invoice_id: str, key: str) -> Said:
    form = read_form(StepForm)
    today = client_today(session, invoice_of(session, invoice_id))
    now, actor = here.now(), here.actor()
    match form.what:
        case "move":
            if form.to is None:
                raise InvalidInput("Enter the day.", field="to")
            step = move_step(session, invoice_id, key, to=form.to, today=today, now=now, actor=actor)
            return Said(title=f"Moved to {day(step.planned_on)}")
        case "now":
            step = send_now(session, invoice_id, key, now=now, actor=actor)
            return Said(title="It goes now" if step.next_at == now else "It goes as soon as it may", body=step.reason)
        case "skip":
            skip_step(session, invoice_id, key, reason=form.reason, today=today, now=now, actor=actor)
            return Said(title="Left out", body="The steps after it go on.")
        case "again":
            try_step_again(session, invoice_id, key, now=now, actor=actor)
            return Said(title="It is tried again")
        case "leave":
            leave_step_out(session, invoice_id, key, reason=form.reason, now=now, actor=actor)
            return Said(title="Left out", body="The steps after it go on.")
    raise InvalidInput("Choose what to do with this step.", field="what")
