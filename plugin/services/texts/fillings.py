"""Every name of the closed list with its value for one mail; what does not apply is empty."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from plugin.domain.late_payment.claim import formula
from plugin.domain.money import Money, total
from plugin.formatting import format_amount
from plugin.services.texts.scan import ODD
from plugin.services.texts.spoken import Spoken, SpokenDate, SpokenInvoices, SpokenMoney, SpokenNumber
from plugin.services.texts.values import ClaimValues, InvoiceValues, MailValues

INVOICES = "\ue000invoices\ue000"
PAYMENT = "\ue000payment\ue000"
BESIDE = "\ue000beside\ue000"
"""Marks of the table, the payment details and what is not due yet: no value and no wording holds such characters."""


def fillings(values: MailValues, language: str) -> dict[str, object]:
    """The names of ``NAMES``, ready to print in a language; empty or zero counts as absent."""
    return {
        **_of_invoices(values, language),
        **_of_people(values),
        **_of_claims(values.claims, language),
        **_of_plan(values, language),
        **_of_statement(values, language),
        **_of_note(values, language),
        "reminded": "yes" if values.reminded else "",
        "received": _money(values.received, language),
        "deadline": _date(values.deadline, language),
        "promised_date": _date(values.promised_on, language),
        "payment_details": PAYMENT,
    }


def clean(text: str) -> str:
    """A value on one line, without what cannot be printed: a name can hold anything that somebody once typed."""
    return " ".join(ODD.sub(" ", text).split())


def claim_words(claim: ClaimValues, language: str) -> str:
    """How the interest of one invoice comes about, in the language's figures."""

    def percent(rate: Decimal) -> str:
        return f"{format_amount(int(rate * 100), exponent=2, language=language)} %"

    return formula(claim.claim, amount=lambda money: _figure(money, language), percent=percent)


def _of_invoices(values: MailValues, language: str) -> dict[str, object]:
    lead = values.invoices[0] if values.invoices else None
    rows = [_row(invoice, language) for invoice in values.invoices]
    return {
        "number": clean(lead.number) if lead else "",
        "numbers": ", ".join(clean(invoice.number) for invoice in values.invoices),
        "count": SpokenNumber(len(rows), language) if len(rows) > 1 else None,
        "due_date": SpokenDate(lead.due_on, language) if lead else "",
        "days_late": SpokenNumber(lead.days_late, language) if lead else None,
        "total_due": _money(values.total_due, language),
        "invoices": SpokenInvoices(rows, mark=INVOICES, language=language),
    }


def _of_people(values: MailValues) -> dict[str, object]:
    seller = values.seller
    found = {
        "client": values.client_name,
        "contact": values.contact_name,
        "seller": seller.name,
        "phone": seller.phone,
        "email": seller.email,
    }
    return {name: clean(text) for name, text in found.items()}


def _of_claims(claims: tuple[ClaimValues, ...], language: str) -> dict[str, object]:
    if not claims:
        return dict.fromkeys(("interest_to_date", "fixed_sum", "claim_formula"))
    currency = claims[0].claim.interest.currency
    several = len(claims) > 1
    formulas = [(f"{clean(one.number)}: " if several else "") + claim_words(one, language) for one in claims]
    return {
        "interest_to_date": _money(total((one.claim.interest for one in claims), currency), language),
        "fixed_sum": _money(total((one.claim.fixed_sum for one in claims), currency), language),
        "claim_formula": "; ".join(formulas),
    }


def _of_plan(values: MailValues, language: str) -> dict[str, object]:
    one = values.instalment
    return {
        "instalment_number": SpokenNumber(one.number, language) if one else None,
        "instalment_count": SpokenNumber(one.count, language) if one else None,
        "instalment_amount": _money(one.amount, language) if one else "",
        "instalment_date": SpokenDate(one.due_on, language) if one else "",
        "instalment_days_late": SpokenNumber(one.days_late, language) if one else None,
    }


def _of_statement(values: MailValues, language: str) -> dict[str, object]:
    one = values.statement
    return {
        "previous_balance": SpokenMoney(one.previous, language) if one else "",
        "billed_since": SpokenMoney(one.billed, language) if one else "",
        "received_since": SpokenMoney(one.received, language) if one else "",
        "statement_since": _date(one.since, language) if one else "",
    }


def _of_note(values: MailValues, language: str) -> dict[str, object]:
    one = values.note
    return {
        "note_number": clean(one.number) if one else "",
        "note_amount": _money(one.amount, language) if one else "",
        "note_due_date": _date(one.due_on, language) if one else "",
    }


def _row(invoice: InvoiceValues, language: str) -> Mapping[str, Spoken]:
    return {
        "number": clean(invoice.number),
        "issued_date": SpokenDate(invoice.issued_on, language),
        "due_date": SpokenDate(invoice.due_on, language),
        "days_late": SpokenNumber(invoice.days_late, language) if invoice.days_late else None,
        "amount_due": SpokenMoney(invoice.amount_due, language),
        "total": SpokenMoney(invoice.gross, language),
        "paid": _money(invoice.paid, language) or None,
    }


def _money(amount: Money | None, language: str) -> str:
    return SpokenMoney(amount, language) if amount else ""


def _date(day: date | None, language: str) -> str:
    return SpokenDate(day, language) if day else ""


def _figure(money: Money, language: str) -> str:
    return format_amount(money.minor, exponent=money.currency.exponent, language=language)
