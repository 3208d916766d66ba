"""Short sentences for the history: what happened, without names and without addresses."""

from plugin.domain.money import Money
from plugin.domain.reminders.sentences import amount_in_words, day_in_words
from plugin.domain.reminders.step_names import mail_name
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.members import Member
from plugin.services.follow_ups.messages import MessageKind
from plugin.store.tables.follow_ups import Message


def sent_text(message: Message, member: Member) -> str:
    """For example "Second reminder sent: 1,190.00 EUR due, to be paid by 22 December 2026"."""
    if message.kind == MessageKind.INVOICE:
        return f"Invoice {member.invoice.number} sent to the client"
    if message.kind == MessageKind.RECEIPT:
        return "Receipt for the payment sent"
    if message.kind == MessageKind.STATEMENT:
        return f"Statement of account sent, with this invoice: {_amount(member)} open"
    if message.kind == MessageKind.DEBIT_NOTE:
        return f"Debit note sent: {_amount(member)}"
    by = member.step.deadline_on if member.step else None
    deadline = f", to be paid by {day_in_words(by)}" if by else ""
    title = mail_name(member.row.step_key, message.tone)
    return f"{title} sent: {_amount(member)} due{deadline}"


def _amount(member: Member) -> str:
    return amount_in_words(Money(member.row.amount_minor, currency_of(member.invoice.currency)))
