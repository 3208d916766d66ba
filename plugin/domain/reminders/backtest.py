"""What a policy would have done with past invoices, given when their money really came (U07).

It counts contacts. It takes it that clients would have paid as they did, so it says nothing of what caused a payment.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from plugin.domain.billing.states import InvoiceState
from plugin.domain.calendar import BusinessCalendar
from plugin.domain.money import Money
from plugin.domain.reminders.facts import Dispute, InvoiceFacts, Recipient
from plugin.domain.reminders.play import Play, PlayedContact
from plugin.domain.reminders.policy import Policy, Role


@dataclass(frozen=True, slots=True)
class PastMoney:
    """Money that came in, or a credit, on a civil day at the seller's place; below zero what was taken back."""

    day: date
    amount: Money


@dataclass(frozen=True, slots=True)
class PastDispute:
    """The whole invoice was contested from ``since`` through ``until``, its last day (None: to the end)."""

    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastInvoice:
    """An issued invoice with what became of it. ``money`` and ``disputes`` in any order."""

    invoice_id: str
    client_id: str
    number: str
    gross: Money
    issue_date: date
    due_date: date
    money: tuple[PastMoney, ...] = ()
    disputes: tuple[PastDispute, ...] = ()

    def balance_on(self, day: date) -> Money:
        """What was owed at the end of ``day``; below zero when overpaid."""
        received = sum(money.amount.minor for money in self.money if money.day <= day)
        return Money(self.gross.minor - received, self.gross.currency)

    @property
    def settled_on(self) -> date | None:
        """The day from which nothing was owed any more; None where something still is, or is again."""
        settled: date | None = None
        for day in sorted({money.day for money in self.money}):
            if self.balance_on(day).minor > 0:
                settled = None
            elif settled is None:
                settled = day
        return settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How the house would have worked. ``seen_after_days``: money is known so many days after it came.

    ``until``: the last day played; later nothing is sent.
    """

    until: date
    contact_interval_days: int = 3
    seen_after_days: int = 0


def replay(
    invoices: Iterable[PastInvoice],
    policy: Policy,
    calendars: Mapping[str, BusinessCalendar],
    conditions: Conditions,
) -> list[PlayedContact]:
    """Every contact in the order of its day; ``calendars`` by client. The same arguments give the same list."""
    of_client: dict[str, list[PastInvoice]] = {}
    for invoice in invoices:
        of_client.setdefault(invoice.client_id, []).append(invoice)
    found = [
        contact
        for client_id in sorted(of_client)
        for contact in Play(
            [_PastCourse(past, policy, conditions) for past in of_client[client_id]], calendars[client_id]
        ).until(conditions.until)
    ]
    return sorted(found, key=lambda contact: (contact.day, contact.client_id, contact.steps))


@dataclass(frozen=True, slots=True)
class _PastCourse:
    """A past invoice as its client's play sees it."""

    past: PastInvoice
    policy: Policy
    conditions: Conditions

    @property
    def invoice_id(self) -> str:
        return self.past.invoice_id

    def turning_points(self) -> Iterator[date]:
        past = self.past
        yield past.issue_date
        for money in past.money:
            yield max(money.day + timedelta(days=self.conditions.seen_after_days), past.issue_date)
        for dispute in past.disputes:
            yield max(dispute.since, past.issue_date)
            if dispute.until is not None:
                yield max(dispute.until + timedelta(days=1), past.issue_date)

    def facts_on(self, day: date) -> InvoiceFacts:
        past = self.past
        balance = past.balance_on(day - timedelta(days=self.conditions.seen_after_days))
        state = InvoiceState.ISSUED if balance == past.gross else InvoiceState.PART_PAID
        return InvoiceFacts(
            invoice_id=past.invoice_id,
            number=past.number,
            state=state if balance.minor > 0 else InvoiceState.PAID,
            gross=past.gross,
            balance=Money(max(balance.minor, 0), balance.currency),
            issue_date=past.issue_date,
            due_date=past.due_date,
            client_id=past.client_id,
            read_at=datetime.combine(day, time(12), tzinfo=UTC),
            disputes=tuple(
                Dispute("as it was then")
                for dispute in past.disputes
                if dispute.since <= day and (dispute.until is None or day <= dispute.until)
            ),
            recipients=(Recipient("past@client.invalid", Role.BILLING),),
            contact_interval_days=self.conditions.contact_interval_days,
        )
