"""The few fixed words of a mail's tables, in each language."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """Headings of the table of invoices and of the payment details."""

    language: str
    invoice: str
    issued: str
    due: str
    late: str
    paid: str
    amount: str
    total: str
    recipient: str
    bank: str
    reference: str
    how_to_pay: str


_WORDS = {
    "en": Words(
        language="en",
        invoice="Invoice",
        issued="Issued",
        due="Due",
        late="Days late",
        paid="Paid so far",
        amount="Amount due",
        total="Total due",
        recipient="Recipient",
        bank="Bank",
        reference="Reference",
        how_to_pay="How to pay",
    ),
    "de": Words(
        language="de",
        invoice="Rechnung",
        issued="Datum",
        due="Fällig am",
        late="Tage überfällig",
        paid="Bereits bezahlt",
        amount="Offener Betrag",
        total="Offen insgesamt",
        recipient="Empfänger",
        bank="Bank",
        reference="Verwendungszweck",
        how_to_pay="So können Sie bezahlen",
    ),
}


def words_for(language: str) -> Words:
    """The words of a language ("de", "de-AT"); English where there are none."""
    return _WORDS.get(language.split("-", maxsplit=1)[0].lower(), _WORDS["en"])
