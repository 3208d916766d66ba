"""What the law gives for an invoice that is or was late, for the people who bill; it is no part of what is owed."""

from datetime import date
from decimal import Decimal

from plugin.domain.late_payment.claim import Claim, NoClaimCode, formula
from plugin.domain.money import Money
from plugin.formatting import format_amount
from plugin.services.late_payment.claim import claim_of
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.ui.filters import day as day_in_words
from plugin.ui.filters import language, money


def law_pairs(session: TenantSession, invoice: Invoice, *, day: date) -> list[tuple[str, str]]:
    """Interest, fixed sum and formula as pairs, or the reason why nothing is claimed; nothing where nobody is late."""
    if invoice.issued_on is None:
        return []
    found = claim_of(session, invoice, day=day)
    if not isinstance(found, Claim):
        return [] if found.code is NoClaimCode.NOT_LATE else [("Interest by law", found.sentence)]
    code = invoice.currency
    pairs = [("Interest by law", f"{money(found.interest.minor, code)}, to {day_in_words(day)}")]
    if found.offered:
        offered, zero = money(found.offered.minor, code), money(0, code)
        words = offered if found.fixed_sum else f"{zero}; {offered} is offered and not claimed"
        pairs.append(("Fixed sum by law", words))
    return [*pairs, ("Computed", formula(found, amount=_figure, percent=_percent))]


def _figure(amount: Money) -> str:
    return format_amount(amount.minor, exponent=amount.currency.exponent, language=language())


def _percent(rate: Decimal) -> str:
    return f"{format_amount(int(rate * 100), exponent=2, language=language())} %"
