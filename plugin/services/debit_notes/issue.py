"""Issues a debit note in one transaction: what was looked at, number, frozen snapshot, outbox rows (I4, I6, L14)."""

import hashlib
import json
from datetime import date, datetime

from sqlalchemy import func, select

from plugin.domain.billing.states import OPEN, InvoiceState
from plugin.domain.calendar import check_due_date, civil_day
from plugin.domain.documents.model import InvoiceDocument
from plugin.domain.documents.snapshot import snapshot_sha256, to_snapshot
from plugin.domain.errors import Conflict
from plugin.domain.late_payment.claim import Claim, NoClaim
from plugin.domain.reminders.sentences import amount_in_words
from plugin.services.billing.document import require_ready
from plugin.services.billing.lookup import company_of, invoice_of
from plugin.services.billing.numbers import DEBIT_NOTES, take_number
from plugin.services.currencies import currency_of
from plugin.services.debit_notes.document import note_document
from plugin.services.debit_notes.send import add_note_mail
from plugin.services.follow_ups.gather_holds import hold_facts
from plugin.services.follow_ups.messages import MessageIds
from plugin.services.history.record import record_event
from plugin.services.late_payment.noted import open_claim
from plugin.services.renderer import Renderer
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.outbox import add_effect
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.law import DebitNote

CLAIMABLE = (*OPEN, InvoiceState.PAID)
"""Interest is owed after the invoice was paid late as well; nothing of one that was credited or given up (C33)."""
CHANGED = "What the law gives is another sum by now: a day went by, or somebody recorded something. Look at it again."


def claim_to_note(session: TenantSession, invoice: Invoice, *, now: datetime) -> Claim | NoClaim:
    """What a debit note of today would claim: up to the day that has dawned at the client's place and at the seller's.

    Raises Conflict where the invoice is at a stage at which none is made.
    """
    state = InvoiceState(invoice.state)
    if state not in CLAIMABLE:
        raise Conflict(f"Invoice {invoice.number or 'draft'} is {state.value.replace('_', ' ')}; nothing is claimed.")
    if hold_facts(session, invoice.id, currency_of(invoice.currency)).handed_over_on is not None:
        raise Conflict("The invoice is handed over; whoever has it claims what the law gives.")
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    day = min(civil_day(now, client.zone), civil_day(now, company_of(session).zone))
    return open_claim(session, invoice, day=day)


def seal_of(claim: Claim) -> str:
    """Over all that a person sees of a claim before it becomes a note; what is issued carries the same."""
    said = [
        claim.profile,
        str(claim.until),
        claim.interest.minor,
        claim.fixed_sum.minor,
        [[str(one.first), str(one.last), one.principal.minor, str(one.rate), one.basis] for one in claim.segments],
    ]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()[:32]


def issue_debit_note(
    session: TenantSession,
    invoice_id: str,
    *,
    seal: str,
    due: date,
    send: bool,
    today: date,
    now: datetime,
    actor: str,
    renderer: Renderer,
    message_ids: MessageIds,
) -> DebitNote:
    """Makes the note that was looked at: ``seal`` is that of the claim shown, ``today`` the seller's civil day.

    Raises Conflict where the claim is another one by now or there is none, NotReady with every finding of content, law
    and fonts; then no number is used. Two people at once make one: the second one's seal is that of a claim made.
    """
    invoice = invoice_of(session, invoice_id, lock=True)
    claim = claim_to_note(session, invoice, now=now)
    if isinstance(claim, NoClaim):
        raise Conflict(claim.sentence)
    if seal_of(claim) != seal:
        raise Conflict(CHANGED)
    note = _freeze(session, invoice, claim, today=today, due=check_due_date(today, due), renderer=renderer)
    note.issued_by, note.issued_at = actor, now
    session.add(note)
    session.flush()
    document = add_effect(session, kind="document", key=f"document:{note.id}", subject_id=note.id, now=now)
    _tell(session, invoice, note, claim)
    if send:
        add_note_mail(session, invoice, note, document_effect=document, message_ids=message_ids, now=now)
    record_audit(
        session,
        actor=actor,
        action="debit_note.issued",
        subject=note.id,
        now=now,
        after={
            "number": note.number,
            "invoice": invoice.number,
            "interest_minor": note.interest_minor,
            "fixed_sum_minor": note.fixed_sum_minor,
            "sha256": note.snapshot_sha256,
        },
    )
    return note


def _freeze(
    session: TenantSession, invoice: Invoice, claim: Claim, *, today: date, due: date, renderer: Renderer
) -> DebitNote:
    """Checks the document with a placeholder number first, so that a refusal burns no number."""
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    contact = session.scalars(
        select(Contact).where(Contact.client_id == client.id, Contact.role == "billing").order_by(Contact.id)
    ).first()

    def document(number: str | None) -> InvoiceDocument:
        return note_document(
            invoice,
            claim,
            company=company_of(session),
            client=client,
            contact=contact,
            issue_date=today,
            due=due,
            number=number,
        )

    require_ready(document(None), renderer)
    number = take_number(session, DEBIT_NOTES, today)
    snapshot = to_snapshot(document(number))
    last = session.scalars(select(func.max(DebitNote.place)).where(DebitNote.invoice_id == invoice.id)).one()
    return DebitNote(
        id=new_id(),
        invoice_id=invoice.id,
        place=(last or 0) + 1,
        series=DEBIT_NOTES,
        number=number,
        currency=invoice.currency,
        until=claim.until,
        interest_minor=claim.interest.minor,
        fixed_sum_minor=claim.fixed_sum.minor,
        issued_on=today,
        due_on=due,
        snapshot=snapshot,
        snapshot_sha256=snapshot_sha256(snapshot),
    )


def _tell(session: TenantSession, invoice: Invoice, note: DebitNote, claim: Claim) -> None:
    record_event(
        session,
        invoice,
        kind="debit_note",
        text=f"Debit note {note.number} issued for late payment",
        internal_note=f"{amount_in_words(claim.total)}: interest {amount_in_words(claim.interest)}, "
        f"fixed sum {amount_in_words(claim.fixed_sum)}",
        key=f"debit-note:{note.id}:issued",
        now=note.issued_at,
        actor=note.issued_by,
    )
