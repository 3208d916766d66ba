"""What to ask for: the balance, less what is disputed. One rule for mails, tasks and the gate."""

from plugin.domain.money import Money
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.gather_holds import hold_facts
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
