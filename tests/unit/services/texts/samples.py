"""Values of mails for the tests of texts: one or several invoices, part-paid, with or without what a step asks for."""

from dataclasses import replace
from datetime import date

from plugin.domain.late_payment.claim import Claim, claim_on
from plugin.domain.late_payment.interest import Part
from plugin.domain.late_payment.profile import Debtor
from plugin.domain.late_payment.profiles import FORTY_EURO, PROFILES
from plugin.domain.money import Currency, Money
from plugin.services.texts.values import (
    ClaimValues,
    InstalmentValues,
    InvoiceValues,
    MailValues,
    NoteValues,
    SellerValues,
    StatementValues,
)

EUR = Currency("EUR", 2)
DUE = date(2026, 10, 31)
DAY = date(2026, 11, 14)


def invoice(number: str = "INV-2026-0042", *, gross: int = 100_000, due: int = 60_000, late: int = 14) -> InvoiceValues:
    return InvoiceValues(
        number=number,
        issued_on=date(2026, 10, 1),
        due_on=DUE,
        days_late=late,
        gross=Money(gross, EUR),
        paid=Money(gross - due, EUR),
        amount_due=Money(due, EUR),
    )


def values(*invoices: InvoiceValues, contact: str = "Ines Brandt", client: str = "Brandt GmbH") -> MailValues:
    found = invoices or (invoice(),)
    return MailValues(
        client_name=client,
        contact_name=contact,
        invoices=found,
        total_due=Money(sum(one.amount_due.minor for one in found), EUR),
        deadline=date(2026, 11, 25),
        received=Money(40_000, EUR),
        day=DAY,
        tone="firm",
        seller=SellerValues(
            name="Seestern Software GmbH",
            phone="+49 40 5550 180",
            email="billing@seestern.example",
            iban="DE89370400440532013000",
            bic="COBADEFFXXX",
            bank_name="Hafenbank",
            address="Speicherstraße 12",
            footer="",
            colour="#0B5FA5",
        ),
    )


def claim_of(minor: int = 60_000) -> Claim:
    parts = [Part(DUE, Money(minor, EUR))]
    found = claim_on(parts, (), PROFILES["eu"], debtor=Debtor.BUSINESS, until=DAY, confirmed=FORTY_EURO)
    assert isinstance(found, Claim)
    return found


def claimed(given: MailValues) -> MailValues:
    """The same mail of a step that states the claim of each of its invoices."""
    claims = [ClaimValues(number=one.number, claim=claim_of(one.amount_due.minor)) for one in given.invoices]
    return replace(given, claims=tuple(claims))


def everything(*invoices: InvoiceValues) -> MailValues:
    """Values in which every name of the closed list has something to say."""
    return replace(
        claimed(values(*invoices)),
        reminded=True,
        promised_on=date(2026, 11, 1),
        instalment=InstalmentValues(
            number=2, count=4, due_on=date(2026, 11, 1), amount=Money(15_000, EUR), days_late=13
        ),
        statement=StatementValues(
            since=date(2026, 10, 1), previous=Money(5_000, EUR), billed=Money(100_000, EUR), received=Money(45_000, EUR)
        ),
        note=NoteValues(number="DN-2026-0007", amount=Money(4_475, EUR), due_on=date(2026, 12, 1)),
    )
