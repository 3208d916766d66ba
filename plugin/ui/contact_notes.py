"""Contacts noted by hand: the forms on an invoice's page, and what they share with those on the client's tab."""

from datetime import date

import msgspec
from flask import Response

from plugin.services.billing.lookup import invoice_of
from plugin.services.contacts.note import note_contact, take_back_note
from plugin.store.session import TenantSession
from plugin.ui import here
from plugin.ui.forms import read_form
from plugin.ui.on_invoice import AT, require_billable, show_again
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit

routes = Routes("contact_notes", __name__)


class ContactForm(msgspec.Struct):
    """How and when somebody was in touch, with whom, and what was said."""

    made_on: date
    way: str = ""
    spoke_with: str = ""
    note: str = ""


class WithdrawalForm(msgspec.Struct):
    """Why it is taken back."""

    reason: str = ""


def note_form(session: TenantSession, client_id: str, *, invoice_id: str | None = None) -> Said:
    """Stores what the form says about a client, or about one of its invoices."""
    form = read_form(ContactForm)
    note_contact(
        session,
        client_id,
        invoice_id=invoice_id,
        **msgspec.structs.asdict(form),
        now=here.now(),
        actor=here.actor(),
    )
    return Said(title="Contact noted", body="Reminders of this client wait as if Dunlin had written.")


def withdraw_form(session: TenantSession, client_id: str, note_id: str) -> Said:
    """Takes a note back with the reason of the form."""
    reason = read_form(WithdrawalForm).reason
    take_back_note(session, client_id, note_id, reason=reason, now=here.now(), actor=here.actor())
    return Said(title="Taken back", body="It stays on record, and nothing waits for it any more.", tone="warning")


@routes.action(f"{AT}/contacts")
def note(surface: str, place: str, invoice_id: str) -> Response:
    """Notes a contact about one invoice."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        return note_form(session, invoice_of(session, invoice_id).client_id, invoice_id=invoice_id)

    return submit("contact", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/contacts/<note_id>/withdrawal")
def withdraw(surface: str, place: str, invoice_id: str, note_id: str) -> Response:
    """Takes back a contact with the invoice's client."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        return withdraw_form(session, invoice_of(session, invoice_id).client_id, note_id)

    return submit(f"contact-{note_id}", work=work, show=show_again(surface, place, invoice_id))
