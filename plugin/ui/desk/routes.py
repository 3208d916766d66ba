"""The forms of an invoice's desk. Each answers with the page of the invoice, or with the panel."""

from datetime import date

import msgspec
from flask import Response, make_response

from plugin.domain.errors import InvalidInput
from plugin.domain.money import Money
from plugin.services.billing.lookup import invoice_of
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.dispute_line import dispute_line
from plugin.services.follow_ups.legal import approve_hand_over, refuse_hand_over
from plugin.services.follow_ups.problems import Problem, report_problem
from plugin.services.legal_pack.make import legal_pack
from plugin.services.plans.decide import accept_plan, withdraw_plan
from plugin.services.plans.offer import offer_plan
from plugin.services.plans.rows import live_plan
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.plans import InstalmentPlan
from plugin.ui import here
from plugin.ui.desk.plan_form import PartsForm, parts_of_form
from plugin.ui.download import attachment
from plugin.ui.forms import read_form
from plugin.ui.on_invoice import AT, client_today, part_of, require_billable, show_again
from plugin.ui.outbox_form import OutboxForm, change_waiting, require_own_mail
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit

routes = Routes("desk", __name__)


class OfferForm(PartsForm):
    """What happens when a part is not paid stands beside the parts."""

    grace_days: int = 4
    resume_level: int | None = None
    note: str = ""


class AcceptForm(msgspec.Struct):
    """Who accepted, and how."""

    who: str = ""
    how: str = ""


class ProblemForm(msgspec.Struct):
    """What is in the way, by its code."""

    problem: str
    note: str = ""
    until: date | None = None
    amount: str = ""


class LineForm(msgspec.Struct):
    """A disputed line."""

    line: str
    reason: str = ""


class DecisionForm(msgspec.Struct):
    """``what``: approve, or refuse with a reason."""

    what: str = ""
    reason: str = ""


@routes.action(f"{AT}/plan")
def offer(surface: str, place: str, invoice_id: str) -> Response:
    """Offers a payment plan."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        form = read_form(OfferForm)
        invoice = invoice_of(session, invoice_id)
        parts = parts_of_form(form, invoice)
        if not parts:
            raise InvalidInput("Enter how many instalments, or each on a line.", field="count")
        offer_plan(
            session,
            invoice_id,
            parts,
            grace_days=form.grace_days,
            resume_level=form.resume_level,
            note=form.note,
            today=client_today(session, invoice),
            now=here.now(),
            actor=here.actor(),
        )
        return Said(title="Plan offered", body="Reminders go on until the client has accepted it.")

    return submit(f"plan-{invoice_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/plan/acceptance")
def accept(surface: str, place: str, invoice_id: str) -> Response:
    """Puts on record that the client accepted."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        form = read_form(AcceptForm)
        plan = _live(session, invoice_id)
        accept_plan(session, plan.id, who=form.who, how=form.how, now=here.now(), actor=here.actor())
        return Said(title="Plan agreed", body="Reminders rest while it is kept.")

    return submit(f"accept-{invoice_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/plan/withdrawal")
def withdraw(surface: str, place: str, invoice_id: str) -> Response:
    """Ends a plan."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        form = read_form(DecisionForm)
        plan = _live(session, invoice_id)
        withdraw_plan(session, plan.id, reason=form.reason, now=here.now(), actor=here.actor())
        return Said(title="Plan withdrawn", body="Reminders go on.", tone="warning")

    return submit(f"withdraw-{invoice_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/problems")
def problem(surface: str, place: str, invoice_id: str) -> Response:
    """Notes what the client says is in the way (F42)."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        form = read_form(ProblemForm)
        if form.problem not in list(Problem):
            raise InvalidInput("Choose what is in the way.", field="problem")
        invoice = invoice_of(session, invoice_id)
        amount = Money.parse(form.amount, currency_of(invoice.currency)).minor if form.amount.strip() else None
        report_problem(
            session,
            invoice_id,
            Problem(form.problem),
            note=form.note,
            today=client_today(session, invoice),
            now=here.now(),
            actor=here.actor(),
            until=form.until,
            amount_minor=amount,
        )
        return Said(title="Noted", body="A task says what is to be mended; closing it lets the reminders go on.")

    return submit(f"problem-{invoice_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/disputed-line")
def line(surface: str, place: str, invoice_id: str) -> Response:
    """Holds what one line asks for."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        form = read_form(LineForm)
        if not form.line:
            raise InvalidInput("Choose the line.", field="line")
        invoice = invoice_of(session, invoice_id)
        dispute_line(
            session,
            invoice_id,
            form.line,
            reason=form.reason,
            today=client_today(session, invoice),
            now=here.now(),
            actor=here.actor(),
        )
        return Said(title="Dispute recorded", body="The rest is asked for as before.")

    return submit(f"line-{invoice_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/outbox")
def outbox(surface: str, place: str, invoice_id: str) -> Response:
    """Holds a mail in its undo window, lets it go, or leaves it out."""
    require_billable(invoice_id)
    form = read_form(OutboxForm)

    def work(session: TenantSession) -> Said:
        require_own_mail(session, form, Invoice.id == invoice_id)
        return change_waiting(session, form)

    return submit(form.name, work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/tasks/<task_id>/approval")
def approval(surface: str, place: str, invoice_id: str, task_id: str) -> Response:
    """Approves handing over, or refuses it (F46)."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        form = read_form(DecisionForm)
        part_of(session, Task, task_id, invoice_id)
        match form.what:
            case "approve":
                today = client_today(session, invoice_of(session, invoice_id))
                approve_hand_over(session, task_id, today=today, now=here.now(), actor=here.actor())
                return Said(title="Handed over", body="Nothing else is sent. The legal pack is ready.")
            case "refuse":
                refuse_hand_over(session, task_id, reason=form.reason, now=here.now(), actor=here.actor())
                return Said(title="Not handed over", body="The task stays open.")
        raise InvalidInput("Approve it or refuse it.", field="what")

    return submit(f"approval-{task_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.action("/ui/fragment/invoices/<invoice_id>/legal-pack")
def pack(invoice_id: str) -> Response:
    """Makes the archive; the record says who took it."""
    require_billable(invoice_id)
    with here.writing() as session:
        today = client_today(session, invoice_of(session, invoice_id))
        made = legal_pack(session, invoice_id, today=today, now=here.now(), actor=here.actor())
    response = make_response(made.content)
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = attachment(made.file_name)
    return response


def _live(session: TenantSession, invoice_id: str) -> InstalmentPlan:
    plan = live_plan(session, invoice_id)
    if plan is None:
        raise InvalidInput("There is no plan on offer or running; reload the page.")
    return plan
