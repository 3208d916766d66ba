"""Whether a client may promise once more by itself: once a rung of the ladder, and then a person has a look."""

from datetime import datetime

from sqlalchemy import select

from plugin.domain.reminders.rung import rung_reached
from plugin.services.answers.said import AnswerKind
from plugin.services.follow_ups.plan_invoice import timeline_of
from plugin.store.session import TenantSession
from plugin.store.tables.answers import ClientAnswer
from plugin.store.tables.invoices import Invoice

PROMISE_AGAIN = "promise_again"
"""The kind under which a further promise is stored: a question to us, with no effect of its own."""
TAKEN_BACK = "taken_back"
"""The outcome of an answer whose effect a person took back."""


def rung_of(session: TenantSession, invoice: Invoice, *, now: datetime) -> int:
    """How far the ladder of the invoice has come. Call it with the invoice locked."""
    asked, timeline = timeline_of(session, invoice, now=now)
    return rung_reached(timeline, asked.policy)


def has_promised(session: TenantSession, invoice: Invoice, *, rung: int) -> bool:
    """Whether a day was promised on the page since the ladder stands there, and nobody took that back."""
    query = select(ClientAnswer.detail).where(
        ClientAnswer.invoice_id == invoice.id, ClientAnswer.kind == AnswerKind.PROMISE.value
    )
    given = [detail or {} for detail in session.scalars(query)]
    return any(detail.get("rung", 0) == rung and detail.get("outcome") != TAKEN_BACK for detail in given)
