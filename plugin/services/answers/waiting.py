"""What clients said and nobody has dealt with yet: it holds the next automatic step of their invoices (F44)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from plugin.store.session import TenantSession
from plugin.store.tables.answers import ClientAnswer, InboundMail
from plugin.store.tables.invoices import Invoice

WAIT_FOR_A_PERSON = ("already_paid", "plan")
"""Answers without an effect of their own; a promise rests the ladder, a query and a wrong contact are holds."""


def replies_waiting(session: TenantSession, invoices: Collection[Invoice]) -> dict[str, datetime]:
    """When the oldest reply that waits came in, by invoice id; two queries for however many invoices.

    A mail that belongs to a client but to none of its invoices counts for all of them.
    """
    found: dict[str, datetime] = {}
    answers = select(ClientAnswer.invoice_id, ClientAnswer.given_at).where(
        ClientAnswer.invoice_id.in_({invoice.id for invoice in invoices}),
        ClientAnswer.kind.in_(WAIT_FOR_A_PERSON),
        ClientAnswer.handled_at.is_(None),
    )
    for invoice_id, at in session.execute(answers):
        found[invoice_id] = min(at, found.get(invoice_id, at))
    mails = select(InboundMail.client_id, InboundMail.invoice_ids, InboundMail.received_at).where(
        InboundMail.client_id.in_({invoice.client_id for invoice in invoices}),
        InboundMail.kind == "reply",
        InboundMail.handled_at.is_(None),
    )
    for client_id, about, at in session.execute(mails):
        for invoice in invoices:
            if invoice.client_id == client_id and (not about or invoice.id in about):
                found[invoice.id] = min(at, found.get(invoice.id, at))
    return found
