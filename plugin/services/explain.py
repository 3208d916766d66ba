"""Why, why not, and when: the ladder of one invoice in lines of text, by the code that sends (U09)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.money import Money
from plugin.domain.reminders.sentences import amount_in_words, day_in_words
from plugin.domain.reminders.timeline import Entry, Timeline
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.gather import PlanInput
from plugin.services.follow_ups.plan_invoice import timeline_of
from plugin.services.policies.resolution import choice_of
from plugin.services.policies.simulate import timeline_on
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import MessageMember
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect

THEN = "What stood in the way on a day that is over, and does not any more, is not kept."


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """``lines`` for people, ``data`` for scripts: the invoice, the day, each step with its verdict and gates."""

    lines: tuple[str, ...]
    data: dict[str, object]


def explain_invoice(
    session: TenantSession, number: str, *, now: datetime, day: date | None = None
) -> Explanation | None:
    """The invoice, whom its ladder is of, its steps with why and why not, and its mails; None where there is none such.

    ``day``: the client's civil day to speak of, today by default. On a later one the gates are those of that day, if
    nothing happens until then; of an earlier one only what became of the steps is known.
    """
    invoice = session.scalars(
        select(Invoice).where(Invoice.number == number, Invoice.issued_on.is_not(None))
    ).one_or_none()
    if invoice is None:
        return None
    asked, timeline = timeline_of(session, invoice, now=now)
    on = day or asked.today
    if on > asked.today:
        timeline = timeline_on(session, invoice, on, now=now)
    steps = _steps_by(timeline, on) if on < asked.today else timeline.entries
    lines = [_headline(invoice, asked), _outlook(timeline, on, asked.today), choice_of(session, invoice).sentence]
    lines += [line for entry in steps for line in _step(entry)]
    lines += [THEN] if on < asked.today else list(_mails(session, invoice))
    return Explanation(lines=tuple(lines), data=_data(invoice, timeline, on, steps))


def _steps_by(timeline: Timeline, day: date) -> tuple[Entry, ...]:
    """What a day that is over knew: the steps that were settled by then."""
    return tuple(entry for entry in timeline.entries if entry.settled and entry.day is not None and entry.day <= day)


def _headline(invoice: Invoice, asked: PlanInput) -> str:
    gross = Money(invoice.gross_minor, currency_of(invoice.currency))
    owed = f"{amount_in_words(asked.facts.balance)} of {amount_in_words(gross)} open"
    return f"{invoice.number}: {invoice.state.replace('_', ' ')}, {owed}, due {day_in_words(asked.facts.due_date)}"


def _outlook(timeline: Timeline, on: date, today: date) -> str:
    if on < today:
        return f"As of {day_in_words(on)}, which is over."
    place = f"Today is {day_in_words(on)} at the client's place."
    if on > today:
        place = f"On {day_in_words(on)}, if nothing happens until then:"
    coming = timeline.next
    if coming is None or coming.day is None:
        return f"{place} Nothing more is planned."
    return f"{place} Next: {coming.key}, {day_in_words(coming.day)}."


def _step(entry: Entry) -> Iterator[str]:
    day = entry.day or entry.nominal
    yield f"  {str(day) if day else 'no day yet':10}  {entry.key:14} {entry.verdict.value:11} {entry.sentence}"
    for gate in entry.gates:
        if gate.sentence:
            yield f"{'':14}{'decided' if gate.decided else 'also'}: {gate.name.value}: {gate.sentence}"


def _data(invoice: Invoice, timeline: Timeline, on: date, steps: tuple[Entry, ...]) -> dict[str, object]:
    return {
        "invoice": invoice.number,
        "state": invoice.state,
        "day": on.isoformat(),
        "policy": timeline.policy_id,
        "version": timeline.policy_version,
        "due": [entry.key for entry in steps if entry in timeline.due],
        "steps": [_step_data(entry) for entry in steps],
    }


def _step_data(entry: Entry) -> dict[str, object]:
    return {
        "key": entry.key,
        "occurrence": entry.occurrence,
        "day": entry.day.isoformat() if entry.day else None,
        "verdict": entry.verdict.value,
        "sentence": entry.sentence,
        "gates": [gate.name.value for gate in entry.gates if gate.sentence],
        "decided": next((gate.name.value for gate in entry.gates if gate.decided), None),
    }


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
