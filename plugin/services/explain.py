"""Why, why not, and when: the ladder of one invoice in lines of text, by the code that sends."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from plugin.domain.money import Money
from plugin.domain.reminders.sentences import amount_in_words, day_in_words
from plugin.domain.reminders.timeline import Entry, Timeline
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.gather import PlanInput
from plugin.services.follow_ups.plan_invoice import timeline_of
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import MessageMember
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect


def explain_invoice(session: TenantSession, number: str, *, now: datetime) -> Iterator[str]:
    """The invoice, its steps with why and why not, and its mails; nothing where the tenant has no such invoice."""
    invoice = session.scalars(
        select(Invoice).where(Invoice.number == number, Invoice.issued_on.is_not(None))
    ).one_or_none()
    if invoice is None:
        return
    asked, timeline = timeline_of(session, invoice, now=now)
    yield _headline(invoice, asked)
    yield _outlook(timeline)
    for entry in timeline.entries:
        yield from _step(entry)
    yield from _mails(session, invoice)


def _headline(invoice: Invoice, asked: PlanInput) -> str:
    gross = Money(invoice.gross_minor, currency_of(invoice.currency))
    owed = f"{amount_in_words(asked.facts.balance)} of {amount_in_words(gross)} open"
    return f"{invoice.number}: {invoice.state.replace('_', ' ')}, {owed}, due {day_in_words(asked.facts.due_date)}"


def _outlook(timeline: Timeline) -> str:
    today = f"Today is {day_in_words(timeline.today)} at the client's place."
    coming = timeline.next
    if coming is None or coming.day is None:
        return f"{today} Nothing more is planned."
    return f"{today} Next: {coming.key}, {day_in_words(coming.day)}."


def _step(entry: Entry) -> Iterator[str]:
    day = entry.day or entry.nominal
    yield f"  {str(day) if day else 'no day yet':10}  {entry.key:14} {entry.verdict.value:11} {entry.sentence}"
    for gate in entry.gates:
        if gate.sentence:
            yield f"{'':14}{'decided' if gate.decided else 'also'}: {gate.name.value}: {gate.sentence}"


def _mails(session: TenantSession, invoice: Invoice) -> Iterator[str]:
    """What the outbox says of them: a step may be due and its mail still wait for a server."""
    query = (
        select(MessageMember.step_key, Effect.state, Effect.reason, Effect.next_at, Effect.done_at)
        .join(
            Effect, (Effect.tenant_id == MessageMember.tenant_id) & (Effect.subject_id == MessageMember.message_row_id)
        )
        .where(MessageMember.invoice_id == invoice.id, Effect.kind == "mail")
        .order_by(Effect.created_at, Effect.id)
    )
    for place, (key, state, reason, next_at, done_at) in enumerate(session.execute(query)):
        if place == 0:
            yield "  Mails"
        at = done_at or next_at
        when = f"{at:%Y-%m-%d %H:%M} UTC" if at else "no time set"
        yield f"  {when:20} {key:10} {state:11} {'next try; ' if done_at is None and at else ''}{reason}".rstrip("; ")
