"""What a replay of past invoices counts: contacts by step, mails after settlement, days from first mail to payment."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from plugin.domain.reminders.backtest import PastInvoice
from plugin.domain.reminders.play import PlayedContact
from plugin.domain.reminders.policy import Channel, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestReport:
    """Counts of one policy over past invoices; two of them side by side compare two policies.

    ``steps``: invoices reached by step key. ``mails`` and ``tasks``: what leaves and what people do.
    ``after_settlement``: invoices in a contact after the day on which all their money had come; above 0 only where
    money is seen late. ``days_to_payment``: median days from an invoice's first contact to its settlement.
    ``busiest``: most contacts with one client; ``spread``: how many clients had so many contacts. ``tones``: mails by
    tone, softest first.
    """

    invoices: int
    clients: int
    steps: Mapping[str, int]
    mails: int
    tasks: Mapping[str, int]
    never_contacted: int
    after_settlement: int
    contacts_per_client: float
    busiest: int
    days_to_payment: float | None
    spread: Mapping[int, int]
    tones: Mapping[Tone, int]


def report(invoices: Sequence[PastInvoice], contacts: Sequence[PlayedContact]) -> BacktestReport:
    """Counts a replay's contacts. The invoices are those that were replayed."""
    past = {invoice.invoice_id: invoice for invoice in invoices}
    clients = {invoice.client_id for invoice in invoices}
    reached = Counter(contact.client_id for contact in contacts if contact.channel.reaches_client)
    tones = Counter(contact.tone for contact in contacts if contact.channel is Channel.EMAIL)
    return BacktestReport(
        invoices=len(past),
        clients=len(clients),
        steps=dict(sorted(Counter(step.key for contact in contacts for step in contact.steps).items())),
        mails=sum(contact.channel is Channel.EMAIL for contact in contacts),
        tasks=dict(sorted(Counter(each.channel.value for each in contacts if each.channel.is_task).items())),
        never_contacted=len(past.keys() - {step.invoice_id for contact in contacts for step in contact.steps}),
        after_settlement=sum(_after_settlement(past, contact) for contact in contacts),
        contacts_per_client=reached.total() / len(clients) if clients else 0.0,
        busiest=max(reached.values(), default=0),
        days_to_payment=_days_to_payment(past, contacts),
        spread=dict(sorted(Counter(reached[client] for client in clients).items())),
        tones={tone: tones[tone] for tone in Tone if tones[tone]},
    )


def _after_settlement(past: Mapping[str, PastInvoice], contact: PlayedContact) -> int:
    """How many invoices in it were settled before its day."""
    settled = (past[step.invoice_id].settled_on for step in contact.steps)
    return sum(1 for day in settled if day is not None and day < contact.day)


def _days_to_payment(past: Mapping[str, PastInvoice], contacts: Iterable[PlayedContact]) -> float | None:
    waited: dict[str, int] = {}
    for contact in contacts:
        for step in contact.steps:
            settled = past[step.invoice_id].settled_on
            if step.invoice_id not in waited and settled is not None and settled >= contact.day:
                waited[step.invoice_id] = (settled - contact.day).days
    return float(median(waited.values())) if waited else None
