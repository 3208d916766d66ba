"""The forms of debit notes on an invoice's page: issued after a look, paid, taken back, cancelled; and their PDF."""

from datetime import date

import msgspec
from flask import Response, make_response

from plugin.domain.errors import InvalidInput, NotFound
from plugin.services.debit_notes.end import cancel_note, pay_note, take_note_back
from plugin.services.debit_notes.issue import issue_debit_note
from plugin.services.debit_notes.rows import note_in, pdf_of_note
from plugin.store.session import TenantSession
from plugin.store.tables.law import DebitNote
from plugin.ui import here
from plugin.ui.download import attachment
from plugin.ui.forms import read_form
from plugin.ui.on_invoice import AT, require_billable, show_again
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit

routes = Routes("debit_notes", __name__)


class IssueForm(msgspec.Struct):
    """``seal``: of the claim that was shown."""

    due_on: date
    seal: str = ""
    send: bool = False


class SettleForm(msgspec.Struct):
    """``what``: paid with its day; back or cancel with a reason."""

    what: str = ""
    paid_on: date | None = None
    reason: str = ""


@routes.action(f"{AT}/debit-notes")
def issue(surface: str, place: str, invoice_id: str) -> Response:
    """Issues the note that was looked at."""
    require_billable(invoice_id)
    built = here.container()

    def work(session: TenantSession) -> Said:
        form = read_form(IssueForm)
        note = issue_debit_note(
            session,
            invoice_id,
            seal=form.seal,
            due=form.due_on,
            send=form.send,
            today=here.today_of(session),
            now=here.now(),
            actor=here.actor(),
            renderer=built.renderer,
            message_ids=lambda row: built.message_id(session.tenant_id, row),
        )
        how = "It goes to the client by mail." if form.send else "Send the PDF yourself."
        return Said(title=f"Debit note {note.number} issued", body=how)

    return submit("debit-note", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/debit-notes/<debit_note_id>")
def settle(surface: str, place: str, invoice_id: str, debit_note_id: str) -> Response:
    """Says that it was paid, or not after all, or cancels it."""
    with here.reading() as session:
        note_in(session, debit_note_id, invoice_id)
    require_billable(invoice_id)
    form = read_form(SettleForm)

    def work(session: TenantSession) -> Said:
        note = note_in(session, debit_note_id, invoice_id)
        return _settled(session, note, form)

    return submit(f"note-{form.what[:8]}-{debit_note_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.fragment("/ui/fragment/invoices/<invoice_id>/debit-notes/<debit_note_id>/pdf")
def pdf(invoice_id: str, debit_note_id: str) -> Response:
    """The stored bytes that the client got."""
    with here.reading() as session:
        note_in(session, debit_note_id, invoice_id)
        stored = pdf_of_note(session, debit_note_id)
    require_billable(invoice_id)
    if stored is None:
        raise NotFound("The document is being made; try again in a moment.")
    response = make_response(stored.body)
    response.headers["Content-Type"] = stored.media_type
    response.headers["Content-Disposition"] = attachment(stored.file_name)
    return response


def _settled(session: TenantSession, note: DebitNote, form: SettleForm) -> Said:
    now, actor = here.now(), here.actor()
    match form.what:
        case "paid":
            if form.paid_on is None:
                raise InvalidInput("Enter the day on which it was paid.", field="paid_on")
            pay_note(session, note.id, paid_on=form.paid_on, today=here.today_of(session), now=now, actor=actor)
            return Said(title="Debit note paid", body="It is booked now; the invoice stays as it is.")
        case "back":
            take_note_back(session, note.id, reason=form.reason, now=now, actor=actor)
            return Said(title="Payment taken back", body="The debit note is open again.", tone="warning")
        case "cancel":
            cancel_note(session, note.id, reason=form.reason, now=now, actor=actor)
            return Said(
                title="Debit note cancelled",
                body="It keeps its number. A client who has it already needs a word from you.",
                tone="warning",
            )
    raise InvalidInput("Choose what became of it.", field="what")
