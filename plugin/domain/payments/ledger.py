"""The ledger of one issued invoice: entries are added, never changed; balance, state and receipts follow from them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plugin.domain.billing.states import InvoiceState
from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.money import Money


class EntryKind(StrEnum):
    """``reversal`` takes back a payment (refund, chargeback, mistake) or a write-off."""

    PAYMENT = "payment"
    REVERSAL = "reversal"
    CREDIT = "credit"
    WRITE_OFF = "write_off"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One fact about money: an amount above zero on a civil day. ``reverses`` names the entry a reversal takes back."""

    entry_id: str
    kind: EntryKind
    amount: Money
    on: date
    reverses: str | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise InvalidInput(
                f"An amount of {self.amount} is not above zero; a reversal is its own entry.", field="amount"
            )
        if (self.kind is EntryKind.REVERSAL) != (self.reverses is not None):
            raise InvalidInput("A reversal names the entry it takes back; other entries name none.", field="reverses")


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the issued document asks for (BT-115) and all entries so far; a balance up to ``tolerance`` is settled."""

    gross: Money
    entries: tuple[LedgerEntry, ...] = ()
    tolerance: int = 0

    @property
    def paid(self) -> Money:
        """Payments less their reversals."""
        return self._sum(EntryKind.PAYMENT)

    @property
    def credited(self) -> Money:
        """Credit notes."""
        return self._sum(EntryKind.CREDIT)

    @property
    def written_off(self) -> Money:
        """Write-offs less their reversals."""
        return self._sum(EntryKind.WRITE_OFF)

    @property
    def balance(self) -> Money:
        """What is open: gross less payments, credits and write-offs; below zero when overpaid."""
        return self.gross - self.paid - self.credited - self.written_off

    @property
    def amount_due(self) -> Money:
        """What to ask for now: the balance, or nothing when it is within the tolerance or overpaid."""
        return self.balance if self.balance.minor > self.tolerance else Money.zero(self.gross.currency)

    @property
    def overpaid(self) -> Money:
        """What the client has paid too much."""
        return -self.balance if self.balance.minor < 0 else Money.zero(self.gross.currency)

    @property
    def invoice_state(self) -> InvoiceState:
        """The state of the invoice that follows from its ledger."""
        if self.credited >= self.gross and self.credited:
            return InvoiceState.CREDITED
        if not self.amount_due:
            return InvoiceState.WRITTEN_OFF if self.written_off.minor > self.tolerance else InvoiceState.PAID
        return InvoiceState.PART_PAID if self.paid.minor > 0 else InvoiceState.ISSUED

    def remaining(self, entry_id: str) -> Money:
        """What of a payment or write-off has not been reversed yet."""
        entry = self.find(entry_id)
        taken_back = sum(other.amount.minor for other in self.entries if other.reverses == entry_id)
        return Money(entry.amount.minor - taken_back, self.gross.currency)

    def find(self, entry_id: str) -> LedgerEntry:
        for entry in self.entries:
            if entry.entry_id == entry_id:
                return entry
        raise InvalidInput(f"There is no entry {entry_id} on this invoice.", field="reverses")

    def _sum(self, kind: EntryKind) -> Money:
        kinds = {entry.entry_id: entry.kind for entry in self.entries}
        minor = 0
        for entry in self.entries:
            if entry.kind is kind:
                minor += entry.amount.minor
            elif entry.reverses is not None and kinds.get(entry.reverses) is kind:
                minor -= entry.amount.minor
        return Money(minor, self.gross.currency)


class LadderEffect(StrEnum):
    """What a new entry means for the follow-ups."""

    UNCHANGED = "unchanged"
    STOP = "stop"
    CONTINUE_WITH_REST = "continue_with_rest"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt mail says: the payment, what was due before, what is due after, and any overpayment."""

    entry_id: str
    received: Money
    on: date
    due_before: Money
    due_after: Money
    overpaid: Money


@dataclass(frozen=True, slots=True)
class LedgerChange:
    """The ledger after an entry, and everything that follows from it."""

    ledger: Ledger
    state_before: InvoiceState
    state_after: InvoiceState
    due_before: Money
    due_after: Money
    ladder: LadderEffect
    receipt: Receipt | None


def add_entry(ledger: Ledger, entry: LedgerEntry) -> LedgerChange:
    """The ledger with one more entry. InvalidInput for a foreign currency or too large a reversal, credit or write-off.

    A payment may exceed what is due (overpaid); an entry id that is there already is a Conflict.
    """
    _check(ledger, entry)
    after = Ledger(ledger.gross, (*ledger.entries, entry), ledger.tolerance)
    return LedgerChange(
        ledger=after,
        state_before=ledger.invoice_state,
        state_after=after.invoice_state,
        due_before=ledger.amount_due,
        due_after=after.amount_due,
        ladder=_ladder_effect(ledger.amount_due, after.amount_due),
        receipt=_receipt(ledger, after, entry) if entry.kind is EntryKind.PAYMENT else None,
    )


def _check(ledger: Ledger, entry: LedgerEntry) -> None:
    if entry.amount.currency != ledger.gross.currency:
        wanted = ledger.gross.currency.code
        raise InvalidInput(
            f"{entry.amount} cannot settle an invoice in {wanted}; enter the amount in {wanted}.", field="amount"
        )
    if any(known.entry_id == entry.entry_id for known in ledger.entries):
        raise Conflict(f"The entry {entry.entry_id} is recorded already; nothing was added.")
    if entry.reverses is not None:
        _check_reversal(ledger, entry)
    if entry.kind is EntryKind.CREDIT and entry.amount > ledger.gross - ledger.credited:
        left = ledger.gross - ledger.credited
        raise InvalidInput(f"A credit of {entry.amount} is more than the {left} not credited yet.", field="amount")
    if entry.kind is EntryKind.WRITE_OFF and entry.amount > ledger.balance:
        raise InvalidInput(f"{entry.amount} cannot be written off; only {ledger.balance} are open.", field="amount")


def _check_reversal(ledger: Ledger, entry: LedgerEntry) -> None:
    target = ledger.find(entry.reverses or "")
    if target.kind not in (EntryKind.PAYMENT, EntryKind.WRITE_OFF):
        raise InvalidInput(
            f"A {target.kind.value} cannot be reversed; correct it with a new document.", field="reverses"
        )
    left = ledger.remaining(target.entry_id)
    if entry.amount > left:
        raise InvalidInput(f"{entry.amount} cannot be taken back; {left} of that entry are left.", field="amount")
    if entry.on < target.on:
        raise InvalidInput(f"A reversal on {entry.on} lies before its entry of {target.on}.", field="on")


def _ladder_effect(before: Money, after: Money) -> LadderEffect:
    if before == after:
        return LadderEffect.UNCHANGED
    if not after:
        return LadderEffect.STOP
    return LadderEffect.RESUME if not before else LadderEffect.CONTINUE_WITH_REST


def _receipt(before: Ledger, after: Ledger, entry: LedgerEntry) -> Receipt:
    return Receipt(entry.entry_id, entry.amount, entry.on, before.amount_due, after.amount_due, after.overpaid)
