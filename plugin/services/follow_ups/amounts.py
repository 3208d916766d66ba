"""What to ask for: the balance, less what is disputed. One rule for mails, tasks and the gate; and what is open."""

from plugin.domain.money import Money
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.gather_holds import hold_facts
from plugin.services.follow_ups.members import Member
from plugin.services.follow_ups.messages import STATEMENT_STEP
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice


def amount_to_ask(session: TenantSession, invoice: Invoice) -> Money:
    """The open amount that nobody contests; zero when all of it is disputed or paid."""
    currency = currency_of(invoice.currency)
    open_minor = max(invoice.balance_minor, 0)
    for dispute in hold_facts(session, invoice.id, currency).disputes:
        if dispute.amount is None:
            return Money.zero(currency)
        open_minor -= dispute.amount.minor
    return Money(max(open_minor, 0), currency)


def amount_named(session: TenantSession, member: Member) -> Money:
    """What a mail says of an invoice: a reminder asks, the mail that brings it and a receipt name all that is open.

    A statement names what nobody contests, too.
    """
    invoice = member.invoice
    if member.step is not None or member.row.step_key == STATEMENT_STEP:
        return amount_to_ask(session, invoice)
    return Money(max(invoice.balance_minor, 0), currency_of(invoice.currency))
