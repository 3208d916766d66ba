"""Pages in the host's dialog: one form each, whose buttons are the host's. What they are about comes in a header."""

import json
from urllib.parse import unquote

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from plugin.domain.errors import InvalidInput, NotFound
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.task_words import OUTCOMES
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Task
from plugin.ui import here
from plugin.ui.forms import Failed, Forms
from plugin.ui.invoice_actions import log_outcome, log_payment
from plugin.ui.invoice_view import view_invoices
from plugin.ui.rights import require_biller, rights_in
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit

routes = Routes("dialogs", __name__)

DATA = "X-Dialog-Data"
LONGEST = 4_000


@routes.page("/ui/dialogs/log-call")
def log_call() -> ResponseReturnValue:
    """The frame of the dialog; the form comes a moment later, since the address does not say which call it is."""
    return render_template("ui/dialogs/log_call.html")


@routes.page("/ui/dialogs/record-payment")
def record_payment() -> ResponseReturnValue:
    """The same for a payment."""
    return render_template("ui/dialogs/record_payment.html")


@routes.fragment("/ui/fragment/dialogs/log-call")
def call_form() -> ResponseReturnValue:
    """The form of the call that the opener named."""
    return _call(_said("task"), None)


@routes.fragment("/ui/fragment/dialogs/record-payment")
def payment_form() -> ResponseReturnValue:
    """The form of a payment for the invoice that the opener named."""
    return _payment(_said("invoice"), None)


@routes.action("/ui/fragment/dialogs/tasks/<task_id>")
def save_call(task_id: str) -> Response:
    """Stores how the call ended, and closes the dialog."""
    invoice_id = _callable(task_id)

    def work(session: TenantSession) -> Said:
        return _closing(log_outcome(session, invoice_id, task_id))

    return submit(f"task-{task_id}", work=work, show=lambda _, failed: _call(task_id, failed) if failed else "")


@routes.action("/ui/fragment/dialogs/invoices/<invoice_id>/payments")
def save_payment(invoice_id: str) -> Response:
    """Stores the payment, and closes the dialog."""
    with here.reading() as session:
        project_id = invoice_of(session, invoice_id).project_id
    require_biller(project_id)

    def work(session: TenantSession) -> Said:
        return _closing(log_payment(session, invoice_id))

    form = f"payment-{invoice_id}"
    return submit(form, work=work, show=lambda _, failed: _payment(invoice_id, failed) if failed else "")


def _closing(said: Said) -> Said:
    return Said(title=said.title, body=said.body, tone=said.tone, refresh=False, events={"appclose": {"saved": True}})


def _call(task_id: str, failed: Failed | None) -> str:
    _callable(task_id)
    with here.reading() as session:
        task = session.get_one(Task, (session.tenant_id, task_id))
        (view,) = view_invoices(session, [invoice_of(session, task.invoice_id)], now=here.now())
    return render_template("ui/dialogs/call_form.html", task=task, view=view, forms=Forms(failed), outcomes=OUTCOMES)


def _payment(invoice_id: str, failed: Failed | None) -> str:
    with here.reading() as session:
        invoice = invoice_of(session, invoice_id)
        (view,) = view_invoices(session, [invoice], now=here.now())
        today = here.today_of(session)
    require_biller(invoice.project_id)
    return render_template("ui/dialogs/payment_form.html", view=view, forms=Forms(failed), today=today)


def _callable(task_id: str) -> str:
    """The invoice of a task that the caller may close: a call for whoever works on the project."""
    with here.reading() as session:
        task = session.get(Task, (session.tenant_id, task_id))
        project_id = invoice_of(session, task.invoice_id).project_id if task else ""
    if task is None:
        raise NotFound("There is no such task here; reload the page.")
    if task.kind == "call":
        rights_in(project_id)
    else:
        require_biller(project_id)
    return task.invoice_id


def _said(name: str) -> str:
    """One member of what the opener gave the dialog; an identifier of ours or nothing."""
    try:
        data = json.loads(unquote(request.headers.get(DATA, ""))[:LONGEST])
    except ValueError:
        raise InvalidInput("The dialog was opened without saying what for; close it and open it again.") from None
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, str) or not value.isalnum():
        raise InvalidInput("The dialog was opened without saying what for; close it and open it again.")
    return value
