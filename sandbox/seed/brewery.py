"""BRW: a German brewery that gets a web shop and has its merchandise system connected to it."""

from sandbox.seed.plan import PlannedEpic, PlannedIssue, PlannedProject

SHOP = PlannedEpic(
    "Onlineshop mit Abholung und Versand",
    (
        PlannedIssue("Warenkorb rechnet Pfand je Gebinde falsch", "Bug", "Shop", 0, 12, 4),
        PlannedIssue(
            "Altersprüfung beim Bezahlen einbauen",
            "Story",
            "Shop",
            4,
            26,
            5,
            "Ab 16 für Bier, ab 18 für Spirituosen. Die Prüfung muss vor der Zahlungsart kommen.",
        ),
        PlannedIssue("Abholtermine im Brauereiladen wählbar machen", "Story", "Shop", 18, 45, 5),
        PlannedIssue("Gutscheine für Brauereiführungen verkaufen", "Story", "Shop", 40, 66, 4),
        PlannedIssue("Versandkosten nach Gewicht und Postleitzahl", "Task", "Versand", 12, 34, 3),
        PlannedIssue("Etiketten der Spedition als PDF abrufen", "Task", "Versand", 58, 82, 4),
        PlannedIssue("Produktfotos laden auf dem Handy zu langsam", "Bug", "Shop", 70, 88, 2),
        PlannedIssue("Saisonsortiment für das Sommerfest", "Task", "Shop", 76, 100, 4),
        PlannedIssue("Rücksendungen von Leergut erfassen", "Story", "Versand", 84, 100, 4),
    ),
)
MERCHANDISE = PlannedEpic(
    "Anbindung der Warenwirtschaft",
    (
        PlannedIssue(
            "Bestände alle 15 Minuten abgleichen",
            "Story",
            "Schnittstelle",
            2,
            30,
            6,
            "Führend ist die Warenwirtschaft. Reservierungen aus dem Shop gehen sofort zurück.",
        ),
        PlannedIssue("Bestellungen als Auftrag übergeben", "Story", "Schnittstelle", 22, 52, 6),
        PlannedIssue("Chargen und Mindesthaltbarkeit mitgeben", "Task", "Schnittstelle", 46, 70, 4),
        PlannedIssue("Doppelte Aufträge nach Verbindungsabbruch", "Bug", "Schnittstelle", 55, 72, 3),
        PlannedIssue("Preislisten der Gastronomiekunden übernehmen", "Story", "Schnittstelle", 64, 94, 5),
        PlannedIssue("Protokoll der Übertragungen für die Buchhaltung", "Task", "Schnittstelle", 86, 100, 3),
    ),
)
CARE = PlannedEpic(
    "Betreuung und Abstimmung",
    (
        PlannedIssue("Wöchentliche Abstimmung mit dem Braumeister", "Task", "Leitung", 0, 100, 2),
        PlannedIssue("Schulung der Mitarbeiterinnen im Laden", "Task", "Leitung", 48, 62, 2),
        PlannedIssue("Updates und Sicherungen des Servers", "Task", "Betrieb", 0, 100, 1),
    ),
)
NOTES = {
    "Bug": (
        "Fehler nachgestellt und eingegrenzt",
        "Behoben, mit Testfall abgesichert",
        "Ursache mit Herrn Sonnenfeld besprochen",
        "Nachtest auf dem Testsystem",
        "Protokolle der letzten Tage ausgewertet",
    ),
    "Story": (
        "Umsetzung, erster Teil",
        "Oberfläche nach Entwurf gebaut",
        "Rückmeldungen aus der Abnahme eingearbeitet",
        "Tests und Durchsicht mit Jonas",
        "Grenzfälle geklärt, Beschreibung ergänzt",
        "Entwurf abgestimmt",
        "Übergabe an die Abnahme vorbereitet",
    ),
    "Task": (
        "Vorbereitet und abgestimmt",
        "Eingerichtet und geprüft",
        "Termin per Video, Notizen verschickt",
        "Zahlen mit der Buchhaltung verglichen",
        "Nacharbeiten",
    ),
}
BREWERY = PlannedProject(
    "BRW",
    "Brauhaus Sonnenfeld",
    "Onlineshop und Warenwirtschaft für die Brauhaus Sonnenfeld GmbH in Bamberg.",
    "software",
    (SHOP, MERCHANDISE, CARE),
    NOTES,
)
