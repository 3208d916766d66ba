"""What the default texts say in each language about the mails of ``samples.py``, written down by hand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """``late``: 14 days and 1 day; ``hello``: with the name Ines Brandt and without; numbers as they are printed."""

    already_paid: str
    late: tuple[str, str]
    deadline: str
    hello: tuple[str, str]
    thousands: str = "."
    decimals: str = ","
    amount: str = "{}\xa0€"

    def money(self, whole: int) -> str:
        """Whole euros, less than a million."""
        return self.amount.format(f"{whole:,}".replace(",", self.thousands) + f"{self.decimals}00")

    @property
    def formula(self) -> str:
        """Of the interest on 600 euros."""
        return "600.00 x 10.40 % x 14 / 365 = 2.39".replace(".", self.decimals)


TOLD = {
    "en": Told(
        already_paid="If you have already paid",
        late=("14 days ago", "1 day ago"),
        deadline="by 25 November 2026",
        hello=("Hello Ines Brandt,", "Hello,"),
        thousands=",",
        decimals=".",
        amount="€{}",
    ),
    "de": Told(
        already_paid="Falls Sie bereits bezahlt haben",
        late=("vor 14 Tagen", "vor 1 Tag"),
        deadline="bis zum 25. November 2026",
        hello=("Guten Tag Ines Brandt,", "Guten Tag,"),
    ),
    "fr": Told(
        already_paid="Si vous avez déjà réglé",
        late=("14 jours", "1 jour"),
        deadline="le 25 novembre 2026",
        hello=("Bonjour Ines Brandt,", "Bonjour,"),
        thousands="\u202f",
    ),
    "es": Told(
        already_paid="Si ya ha realizado el pago",
        late=("14 días", "1 día"),
        deadline="a más tardar el 25 de noviembre de 2026",
        hello=("Buenos días, Ines Brandt:", "Buenos días:"),
    ),
    "it": Told(
        already_paid="Se ha già effettuato il pagamento",
        late=("14 giorni fa", "1 giorno fa"),
        deadline="entro il giorno 25 novembre 2026",
        hello=("Gentile Ines Brandt,", "Gentile cliente,"),
    ),
    "nl": Told(
        already_paid="Hebt u al betaald",
        late=("14 dagen geleden", "1 dag geleden"),
        deadline="uiterlijk op 25 november 2026",
        hello=("Geachte Ines Brandt,", "Geachte relatie,"),
        amount="€\xa0{}",
    ),
    "pt": Told(
        already_paid="Se o pagamento já foi efetuado",
        late=("há 14 dias", "há 1 dia"),
        deadline="até 25 de novembro de 2026",
        hello=("Bom dia, Ines Brandt,", "Bom dia,"),
        thousands="\xa0",
    ),
    "pl": Told(
        already_paid="Jeżeli płatność została już dokonana",
        late=("14 dni temu", "1 dzień temu"),
        deadline="do 25 listopada 2026 r.",
        hello=("Szanowni Państwo,", "Szanowni Państwo,"),
        thousands="\xa0",
    ),
    "cs": Told(
        already_paid="Pokud jste již zaplatili",
        late=("před 14 dny", "před 1 dnem"),
        deadline="do 25. listopadu 2026",
        hello=("Dobrý den,", "Dobrý den,"),
        thousands="\xa0",
    ),
    "sv": Told(
        already_paid="Om betalning redan har skett",
        late=("för 14 dagar sedan", "för 1 dag sedan"),
        deadline="senast den 25 november 2026",
        hello=("Hej Ines Brandt,", "Hej,"),
        thousands="\xa0",
    ),
    "da": Told(
        already_paid="Hvis betaling allerede er sket",
        late=("for 14 dage siden", "for 1 dag siden"),
        deadline="senest den 25. november 2026",
        hello=("Hej Ines Brandt,", "Hej,"),
    ),
    "fi": Told(
        already_paid="Jos maksu on jo suoritettu",
        late=("14 päivää sitten", "1 päivä sitten"),
        deadline="viimeistään 25. marraskuuta 2026",
        hello=("Hei Ines Brandt,", "Hei,"),
        thousands="\xa0",
    ),
}
"""Czech greets without the name, which would have to stand in the vocative; Polish greets the whole house."""

THREATS = {
    *("court", "lawyer", "legal"),
    *("anwalt", "gericht", "inkasso"),
    *("avocat", "tribunal", "huissier"),
    "abogado",
    *("avvocato", "avvocati", "tribunale", "legale", "legali", "ingiunzione"),
    *("advocaat", "deurwaarder", "rechter", "rechtbank", "gerechtelijk", "incassobureau"),
    *("advogado", "advogados", "judicial", "judicialmente", "penhora"),
    *("sąd", "sądu", "sądowa", "sądowej", "komornik", "komornika", "prawnik", "adwokat", "windykacja", "windykacji"),
    *("soud", "soudu", "soudně", "advokát", "advokátovi", "exekuce", "exekuci", "vymáhání"),
    *("domstol", "kronofogden", "advokat", "fogedretten", "retten", "retslig"),
    *("perintä", "perintään", "perintätoimisto", "ulosotto", "ulosottoon", "käräjäoikeus", "asianajaja"),
}
"""Words of the next step after ours; a person decides about it, and no text speaks of it."""
