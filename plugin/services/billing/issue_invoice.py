"""Issues a draft in one transaction: number, frozen snapshot, planned steps, outbox rows; all or nothing (I4-I6)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.billing.states import InvoiceState, transition
from plugin.domain.calendar import PaymentTerms, TermsKind, check_due_date
from plugin.domain.documents.model import InvoiceDocument
from plugin.domain.documents.snapshot import snapshot_sha256, to_snapshot
from plugin.domain.errors import InvalidInput
from plugin.domain.money import Money
from plugin.services.billing.document import build_document, require_ready
from plugin.services.billing.home_issue import choose_home_issue
from plugin.services.billing.lookup import company_of, invoice_of
from plugin.services.billing.numbers import take_number
from plugin.services.billing.same_time import require_same_time
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.messages import MessageIds
from plugin.services.follow_ups.plan_invoice import plan_new_invoice
from plugin.services.follow_ups.send_invoice import add_invoice_mail
from plugin.services.history.record import record_event
from plugin.services.renderer import Renderer
from plugin.store.audit import record_audit
from plugin.store.outbox import add_effect
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact, Project
from plugin.store.tables.invoices import Invoice, InvoiceLine
from plugin.store.tables.tenants import Installation


def issue_invoice(
    session: TenantSession,
    invoice_id: str,
    *,
    today: date,
    now: datetime,
    actor: str,
    renderer: Renderer,
    message_ids: MessageIds,
    due: date | None = None,
    send: bool = True,
) -> Invoice:
    """Gives the draft its number and freezes it. ``today`` is the seller's civil day and becomes the issue date.

    ``due`` overrides the client's terms. Raises Conflict where the draft is issued already or its time changed or moved
    in Jira since, InvalidInput where a line or the whole comes to zero, NotReady with every finding of content, law and
    fonts; then no number is used.
    """
    invoice = invoice_of(session, invoice_id, lock=True)
    transition(InvoiceState(invoice.state), InvoiceState.ISSUED, name="this draft")
    require_same_time(session, invoice)
    due = check_due_date(today, due or PaymentTerms(TermsKind.NET_DAYS, invoice.terms_days).due_date(today))
    _freeze(session, invoice, today=today, due=due, renderer=renderer)
    invoice.state, invoice.issued_on, invoice.due_on = InvoiceState.ISSUED.value, today, due
    invoice.issued_at, invoice.balance_minor = now, invoice.gross_minor
    invoice.home_issue_id = choose_home_issue(session, invoice)
    session.flush()
    document = add_effect(session, kind="document", key=f"document:{invoice.id}", subject_id=invoice.id, now=now)
    words = f"Invoice {invoice.number} issued"
    record_event(session, invoice, kind="issued", text=words, key=f"issued:{invoice.id}", now=now, actor=actor)
    plan_new_invoice(session, invoice, now=now)
    if send:
        add_invoice_mail(session, invoice, document_effect=document, message_ids=message_ids, now=now)
    _audit(session, invoice, now=now, actor=actor)
    return invoice


def _audit(session: TenantSession, invoice: Invoice, *, now: datetime, actor: str) -> None:
    record_audit(
        session,
        actor=actor,
        action="invoice.issued",
        subject=invoice.id,
        now=now,
        before={"state": "draft"},
        after={"number": invoice.number, "gross_minor": invoice.gross_minor, "sha256": invoice.snapshot_sha256},
    )


def _freeze(session: TenantSession, invoice: Invoice, *, today: date, due: date, renderer: Renderer) -> None:
    """Checks the document with a placeholder number first, so that a refusal burns no number."""
    lines = session.scalars(
        select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id).order_by(InvoiceLine.position)
    ).all()
    _require_worth(invoice, lines)
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    contact = session.scalars(
        select(Contact).where(Contact.client_id == client.id, Contact.role == "billing").order_by(Contact.id)
    ).first()
    project = session.get_one(Project, (session.tenant_id, invoice.project_id))
    jira_url = (
        session.scalars(select(Installation.display_url).where(Installation.display_url.is_not(None))).first() or ""
    )

    def document(number: str | None) -> InvoiceDocument:
        return build_document(
            invoice,
            lines,
            company=company_of(session),
            client=client,
            contact=contact,
            project=project,
            issue_date=today,
            due=due,
            number=number,
            jira_url=jira_url,
        )

    require_ready(document(None), renderer)
    invoice.number = take_number(session, invoice.series, today)
    invoice.snapshot = to_snapshot(document(invoice.number))
    invoice.snapshot_sha256 = snapshot_sha256(invoice.snapshot)


def _require_worth(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    """Nothing is ever billed at zero."""
    if not lines:
        raise InvalidInput("This draft has no lines left; delete it and make a new one.", field="lines")
    empty = next((line for line in lines if line.amount_minor == 0), None)
    if empty is None and invoice.gross_minor > 0:
        return
    zero = Money.zero(currency_of(invoice.currency))
    what = "This invoice" if empty is None else f"Line {empty.position} ({', '.join(empty.issue_keys[:3])})"
    raise InvalidInput(
        f"{what} comes to {zero}, and nothing is billed at zero. Set a higher rate, then delete this draft and make it "
        "again.",
        field="lines",
    )
