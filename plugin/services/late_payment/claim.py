"""The claim of one invoice on a day: what was owed from day to day, by its ledger, its plan and its disputes."""

from collections.abc import Iterator
from datetime import date

from plugin.domain.late_payment.claim import Claim, NoClaim, NoClaimCode, claim_on
from plugin.domain.late_payment.interest import Paid, Part
from plugin.domain.money import Money
from plugin.domain.payments.ledger import EntryKind, Ledger
from plugin.services.follow_ups.gather_holds import hold_facts
from plugin.services.late_payment.confirmations import confirmed_sums
from plugin.services.late_payment.law import debtor_of, law_of
from plugin.services.late_payment.rates import with_own_rates
from plugin.services.payments.ledger import ledger_of
from plugin.services.plans.rows import RUNNING, live_plan, parts_of
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.invoices import Invoice

SETTLING = (EntryKind.PAYMENT, EntryKind.WRITE_OFF)


def claim_of(session: TenantSession, invoice: Invoice, *, day: date) -> Claim | NoClaim:
    """Up to ``day``, a civil day of the client, included. Reads only; asking twice adds nothing (C31).

    What was credited was never owed, and on what is disputed nothing is claimed. While a plan runs, its instalments
    are the debt, each late on its own day (L09). The fixed sum is claimed once an administrator has confirmed it.
    """
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    company = session.get_one(CompanyProfile, session.tenant_id)
    ledger = ledger_of(session, invoice)
    principal = _uncontested(session, invoice, ledger)
    if invoice.due_on is None or principal.minor <= 0:
        return NoClaim(NoClaimCode.NOT_LATE, "Nothing was paid late.")
    parts = _parts(session, invoice, principal, invoice.due_on)
    rules = law_of(client, company)
    law = with_own_rates(session, rules) if rules else None
    confirmed = confirmed_sums(session, law) if law else ()
    return claim_on(parts, tuple(_paid(ledger)), law, debtor=debtor_of(client), until=day, confirmed=confirmed)


def _uncontested(session: TenantSession, invoice: Invoice, ledger: Ledger) -> Money:
    currency = ledger.gross.currency
    left = ledger.gross - ledger.credited
    for dispute in hold_facts(session, invoice.id, currency).disputes:
        left = Money.zero(currency) if dispute.amount is None else left - dispute.amount
    return left


def _parts(session: TenantSession, invoice: Invoice, principal: Money, due_on: date) -> list[Part]:
    """The whole on its due day; under a running plan what was paid before it, and then each instalment."""
    plan = live_plan(session, invoice.id)
    if plan is None or plan.state != RUNNING:
        return [Part(due_on, principal)]
    found, left = [], principal.minor
    for part in reversed(parts_of(session, plan, invoice.currency)):
        amount = min(part.amount.minor, left)
        left -= amount
        found.append(Part(part.due_on, Money(amount, principal.currency)))
    return [Part(due_on, Money(left, principal.currency)), *reversed(found)]


def _paid(ledger: Ledger) -> Iterator[Paid]:
    """Money on its days; what was taken back counts against it."""
    kinds = {entry.entry_id: entry.kind for entry in ledger.entries}
    for entry in ledger.entries:
        if entry.kind in SETTLING:
            yield Paid(entry.on, entry.amount.minor)
        elif entry.reverses is not None and kinds.get(entry.reverses) in SETTLING:
            yield Paid(entry.on, -entry.amount.minor)
