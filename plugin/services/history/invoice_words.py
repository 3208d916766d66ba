"""How an open invoice stands, in one sentence for people in Jira."""

from datetime import date

from plugin.domain.money import Money
from plugin.domain.reminders.sentences import amount_in_words, day_in_words
from plugin.store.tables.invoices import Invoice


def standing_sentence(invoice: Invoice, *, client: str, amount: Money | None, today: date) -> str:
    """For example "Invoice INV-7 to Acme is overdue since 3 May 2026: 1,190.00 EUR open."

    Without ``amount`` it is discreet: no client and no money. ``today`` is the client's civil day.
    """
    due = invoice.due_on or today
    standing = f"is overdue since {day_in_words(due)}" if due < today else f"is due on {day_in_words(due)}"
    if amount is None:
        return f"Invoice {invoice.number} {standing}."
    return f"Invoice {invoice.number} to {client} {standing}: {amount_in_words(amount)} open."
