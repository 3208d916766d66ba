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
}


def wording_for(language: str) -> Wording:
    """The wording of a client's language ("de", "de-CH"); English where there is none."""
    return _WORDINGS.get(language.split("-", maxsplit=1)[0].lower(), _WORDINGS["en"])
