"""How an invoice stands on a day, in the words that Jira shows: the lozenge of the comment, the state in JQL."""

from dataclasses import dataclass
from datetime import date

from plugin.domain.billing.states import Bucket, InvoiceState, standing
from plugin.services.jira_facts import Lozenge, LozengeColour
from plugin.store.tables.invoices import Invoice

OVERDUE = "overdue"

_WORDS = {
    InvoiceState.ISSUED.value: ("Open", LozengeColour.BLUE),
    InvoiceState.PART_PAID.value: ("Part paid", LozengeColour.YELLOW),
    InvoiceState.PAID.value: ("Paid", LozengeColour.GREEN),
    InvoiceState.CREDITED.value: ("Credited", LozengeColour.PURPLE),
    InvoiceState.WRITTEN_OFF.value: ("Written off", LozengeColour.NEUTRAL),
    OVERDUE: ("Overdue", LozengeColour.RED),
}
_DRAFT = ("Draft", LozengeColour.NEUTRAL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """``state`` is the stored one, or overdue; ``bucket`` is the ageing bucket."""

    state: str
    bucket: Bucket


def shown(invoice: Invoice, *, today: date) -> Shown:
    """What to show of an issued invoice on ``today``, a civil day in the client's zone."""
    if invoice.state not in (InvoiceState.ISSUED, InvoiceState.PART_PAID) or invoice.due_on is None:
        return Shown(state=invoice.state, bucket=Bucket.SETTLED)
    now = standing(invoice.due_on, invoice.balance_minor, today=today)
    return Shown(state=OVERDUE if now.overdue else invoice.state, bucket=now.bucket)


def lozenge(state: str) -> Lozenge:
    """The coloured word for a shown state."""
    words, colour = _WORDS.get(state, _DRAFT)
    return Lozenge(text=words, colour=colour)
