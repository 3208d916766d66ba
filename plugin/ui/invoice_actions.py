"""What is done to one invoice, from the panel or the project page; each answers with the surface it came from."""

from datetime import date

import msgspec
from flask import Response, request

from plugin.domain.errors import InvalidInput
from plugin.domain.money import Money
from plugin.services.billing.lookup import invoice_of
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.close_task import Outcome, close_task
from plugin.services.follow_ups.holds import lift_hold, put_hold
from plugin.services.follow_ups.switches import opt_out_invoice
from plugin.services.payments.record_payment import record_payment, reverse_payment, write_off
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Hold, Task
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.payments import Payment
from plugin.ui import here
from plugin.ui.desk.plan_form import PartsForm, parts_of_form
from plugin.ui.filters import money
from plugin.ui.forms import read_form
from plugin.ui.on_invoice import AT, client_today, part_of, require_billable, show_again
from plugin.ui.rights import require_biller, rights_in
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit

routes = Routes("invoices", __name__)


class PaymentForm(msgspec.Struct):
    """Amounts are text in major units."""

    amount: str
    received_on: date
    method: str = "transfer"
    reference: str = ""
    receipt: bool = False


class HoldForm(msgspec.Struct):
    """A pause, a promise or a dispute."""

    kind: str
    reason: str
    until: date | None = None
    amount: str = ""
    resume_level: int | None = None


class OutcomeForm(PartsForm):
    """How a task ended; the parts are those of a plan that the client accepted."""

    outcome: str = ""
    spoke_with: str = ""
    notes: str = ""
    next_action: str = ""
    next_on: date | None = None
    promised_on: date | None = None
    amount: str = ""
    resume_level: int | None = None


class ReasonForm(msgspec.Struct):
    """Why."""

    reason: str = ""
    since: date | None = None
    until: date | None = None
    on: bool = False


@routes.action(f"{AT}/payments")
def pay(surface: str, place: str, invoice_id: str) -> Response:
    """Records money that came in."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        return log_payment(session, invoice_id)

    return submit(f"payment-{invoice_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/payments/<payment_id>/reversal")
def reverse(surface: str, place: str, invoice_id: str, payment_id: str) -> Response:
    """Takes a payment or a write-off back."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        entry = part_of(session, Payment, payment_id, invoice_id)
        reverse_payment(
            session,
            payment_id,
            today=here.today_of(session),
            now=here.now(),
            actor=here.actor(),
            reason=read_form(ReasonForm).reason,
        )
        what = "Write-off" if entry.kind == "write_off" else "Payment"
        return Said(title=f"{what} taken back", body="What is owed again is followed up again.", tone="warning")

    return submit(f"reversal-{payment_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/write-off")
def give_up(surface: str, place: str, invoice_id: str) -> Response:
    """Writes off what is open."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        write_off(
            session,
            invoice_id,
            today=here.today_of(session),
            now=here.now(),
            actor=here.actor(),
            reason=read_form(ReasonForm).reason,
        )
        return Said(title="Written off", body="Nothing is chased any more.", tone="warning")

    return submit(f"writeoff-{invoice_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/holds")
def hold(surface: str, place: str, invoice_id: str) -> Response:
    """Pauses, or records a promise or a dispute."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        form = read_form(HoldForm)
        if form.kind not in ("paused", "promised", "disputed"):
            raise InvalidInput("Choose pause, promise or dispute.", field="kind")
        invoice = invoice_of(session, invoice_id)
        put_hold(
            session,
            invoice_id,
            kind=form.kind,
            reason=form.reason,
            until=form.until,
            amount_minor=_amount(form.amount, invoice).minor if form.amount.strip() else None,
            today=client_today(session, invoice),
            now=here.now(),
            actor=here.actor(),
            detail={"resume_level": form.resume_level} if form.resume_level is not None else None,
        )
        return Said(title={"paused": "Paused", "promised": "Promise recorded"}.get(form.kind, "Dispute recorded"))

    kind = request.form.get("kind", "")
    return submit(f"{kind}-{invoice_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/holds/<hold_id>/lift")
def lift(surface: str, place: str, invoice_id: str, hold_id: str) -> Response:
    """Ends a hold."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        part_of(session, Hold, hold_id, invoice_id)
        lift_hold(session, hold_id, now=here.now(), actor=here.actor())
        return Said(title="Follow-ups go on")

    return submit(f"lift-{hold_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/tasks/<task_id>/outcome")
def close(surface: str, place: str, invoice_id: str, task_id: str) -> Response:
    """Closes a task with its outcome. Whoever works on the project may log a call; the rest is for those who bill."""
    _task_allowed(invoice_id, task_id)

    def work(session: TenantSession) -> Said:
        return log_outcome(session, invoice_id, task_id)

    return submit(f"task-{task_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/reminders")
def reminders(surface: str, place: str, invoice_id: str) -> Response:
    """Turns the follow-ups of this invoice off with a reason, or on again."""
    require_billable(invoice_id)
    form = read_form(ReasonForm)

    def work(session: TenantSession) -> Said:
        opt_out_invoice(
            session,
            invoice_id,
            on=form.on,
            reason=form.reason,
            since=form.since,
            until=form.until,
            today=client_today(session, invoice_of(session, invoice_id)),
            now=here.now(),
            actor=here.actor(),
        )
        return Said(title="Reminders are on again" if form.on else "Reminders are off for this invoice")

    return submit(
        f"{'optin' if form.on else 'optout'}-{invoice_id}", work=work, show=show_again(surface, place, invoice_id)
    )


def log_payment(session: TenantSession, invoice_id: str) -> Said:
    """Stores the payment that the form at hand tells of."""
    form = read_form(PaymentForm)
    invoice = invoice_of(session, invoice_id)
    change = record_payment(
        session,
        invoice_id,
        amount=_amount(form.amount, invoice),
        received_on=form.received_on,
        today=here.today_of(session),
        now=here.now(),
        actor=here.actor(),
        message_ids=_message_id,
        method=form.method[:32],
        reference=form.reference[:255],
        receipt=form.receipt,
    )
    left = change.due_after
    told = f"{money(left.minor, left.currency.code)} is still open." if left.minor > 0 else "Nothing is open any more."
    return Said(title="Payment recorded", body=told)


def log_outcome(session: TenantSession, invoice_id: str, task_id: str) -> Said:
    """Stores the outcome that the form at hand tells of a task of this invoice."""
    form = read_form(OutcomeForm)
    task = part_of(session, Task, task_id, invoice_id)
    invoice = invoice_of(session, invoice_id)
    said = Outcome(
        outcome=form.outcome,
        notes=form.notes,
        next_action=form.next_action,
        next_on=form.next_on,
        spoke_with=form.spoke_with[:255],
        promised_on=form.promised_on,
        amount_minor=_amount(form.amount, invoice).minor if form.amount.strip() else None,
        resume_level=form.resume_level,
        parts=parts_of_form(form, invoice),
    )
    close_task(session, task.id, said, today=client_today(session, invoice), now=here.now(), actor=here.actor())
    return Said(title="Outcome saved", body="It stands in the history.")


def _task_allowed(invoice_id: str, task_id: str) -> None:
    with here.reading() as session:
        project_id = invoice_of(session, invoice_id).project_id
        kind = part_of(session, Task, task_id, invoice_id).kind
    rights_in(project_id) if kind == "call" else require_biller(project_id)


def _amount(text: str, invoice: Invoice) -> Money:
    try:
        return Money.parse(text, currency_of(invoice.currency))
    except InvalidInput as problem:
        raise InvalidInput(problem.sentence, field="amount") from None


def _message_id(row_id: str) -> str:
    return here.container().message_id(here.principal().tenant_id, row_id)
