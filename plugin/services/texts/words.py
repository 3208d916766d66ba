"""The few fixed words of a mail's tables, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.services.texts.values import LinkLabel


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """Headings of the table of invoices and of the payment details, and the labels of links."""

    language: str
    invoice: str
    issued: str
    due: str
    late: str
    paid: str
    credited: str
    amount: str
    total: str
    not_due_yet: str
    recipient: str
    bank: str
    reference: str
    how_to_pay: str
    answer_here: str
    colon: str
    links: Mapping[LinkLabel, str]


_WORDS = {
    "en": Words(
        language="en",
        invoice="Invoice",
        issued="Issued",
        due="Due",
        late="Days late",
        paid="Paid so far",
        credited="Credited",
        amount="Amount due",
        total="Total due",
        not_due_yet="Not due yet",
        recipient="Recipient",
        bank="Bank",
        reference="Reference",
        how_to_pay="How to pay",
        answer_here="Answer online",
        colon=":",
        links={
            LinkLabel.VIEW: "See the invoice online",
            LinkLabel.ALREADY_PAID: "I have already paid",
            LinkLabel.WRONG_CONTACT: "I am the wrong contact",
            LinkLabel.QUERY: "I have a question about it",
            LinkLabel.PROMISE: "I will pay on a certain day",
            LinkLabel.PLAN: "I would like to pay in instalments",
        },
    ),
    "de": Words(
        language="de",
        invoice="Rechnung",
        issued="Datum",
        due="Fällig am",
        late="Tage überfällig",
        paid="Bereits bezahlt",
        credited="Gutgeschrieben",
        amount="Offener Betrag",
        total="Offen insgesamt",
        not_due_yet="Noch nicht fällig",
        recipient="Empfänger",
        bank="Bank",
        reference="Verwendungszweck",
        how_to_pay="So können Sie bezahlen",
        answer_here="Online antworten",
        colon=":",
        links={
            LinkLabel.VIEW: "Rechnung online ansehen",
            LinkLabel.ALREADY_PAID: "Ich habe schon bezahlt",
            LinkLabel.WRONG_CONTACT: "Ich bin nicht zuständig",
            LinkLabel.QUERY: "Ich habe eine Frage dazu",
            LinkLabel.PROMISE: "Ich bezahle an einem bestimmten Tag",
            LinkLabel.PLAN: "Ich möchte in Raten bezahlen",
        },
    ),
    "fr": Words(
        language="fr",
        invoice="Facture",
        issued="Émise le",
        due="Échéance",
        late="Jours de retard",
        paid="Déjà réglé",
        credited="Avoir déduit",
        amount="Montant dû",
        total="Total dû",
        not_due_yet="Pas encore échues",
        recipient="Bénéficiaire",
        bank="Banque",
        reference="Référence à indiquer",
        how_to_pay="Comment régler",
        answer_here="Répondre en ligne",
        colon="\xa0:",
        links={
            LinkLabel.VIEW: "Voir la facture en ligne",
            LinkLabel.ALREADY_PAID: "J’ai déjà réglé",
            LinkLabel.WRONG_CONTACT: "Je ne suis pas la bonne personne à contacter",
            LinkLabel.QUERY: "J’ai une question à ce sujet",
            LinkLabel.PROMISE: "Je réglerai à une date précise",
            LinkLabel.PLAN: "Je souhaite régler en plusieurs fois",
        },
    ),
    "es": Words(
        language="es",
        invoice="Factura",
        issued="Emitida el",
        due="Vencimiento",
        late="Días de retraso",
        paid="Ya pagado",
        credited="Abono deducido",
        amount="Importe pendiente",
        total="Total pendiente",
        not_due_yet="Aún no vencidas",
        recipient="Beneficiario",
        bank="Banco",
        reference="Concepto",
        how_to_pay="Cómo pagar",
        answer_here="Responder en línea",
        colon=":",
        links={
            LinkLabel.VIEW: "Ver la factura en línea",
            LinkLabel.ALREADY_PAID: "Ya he pagado",
            LinkLabel.WRONG_CONTACT: "No soy la persona de contacto",
            LinkLabel.QUERY: "Tengo una pregunta",
            LinkLabel.PROMISE: "Pagaré en una fecha concreta",
            LinkLabel.PLAN: "Quisiera pagar a plazos",
        },
    ),
}


def words_for(language: str) -> Words:
    """The words of a language ("de", "de-AT"); English where there are none."""
    return _WORDS.get(language.split("-", maxsplit=1)[0].lower(), _WORDS["en"])
