"""Words of line descriptions in the languages that documents exist in."""

from plugin.domain.billing.grouping import Wording

_WORDINGS = {
    "en": Wording(),
    "de": Wording(
        no_epic="Weitere Arbeiten",
        unknown_person="Teammitglied",
        no_role="Leistungen",
        day="Leistungen am {day}",
        week="Leistungen in Kalenderwoche {week}/{year}",
        one_line="Leistungen vom {first} bis {last}",
    ),
    "fr": Wording(
        no_epic="Autres travaux",
        unknown_person="Membre de l’équipe",
        no_role="Prestations",
        day="Prestations du {day}",
        week="Prestations de la semaine {week} de {year}",
        one_line="Prestations du {first} au {last}",
    ),
    "es": Wording(
        no_epic="Otros trabajos",
        unknown_person="Miembro del equipo",
        no_role="Servicios",
        day="Servicios del {day}",
        week="Servicios de la semana {week} de {year}",
        one_line="Servicios del {first} al {last}",
    ),
}


def wording_for(language: str) -> Wording:
    """The wording of a client's language ("de", "de-CH"); English where there is none."""
    return _WORDINGS.get(language.split("-", maxsplit=1)[0].lower(), _WORDINGS["en"])
