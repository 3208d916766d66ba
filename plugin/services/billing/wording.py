"""Words of line descriptions in the languages that documents exist in."""

from dataclasses import fields

from plugin.catalogue import Place, catalogue
from plugin.domain.billing.grouping import Wording
from plugin.domain.documents.model import Language


def wording_for(language: str) -> Wording:
    """The wording of a client's language ("de", "de-CH"); English where there is none."""
    short = language.split("-", maxsplit=1)[0].lower()
    words = catalogue(Place.PAPER, short if short in list(Language) else "en").words
    return Wording(**{field.name: words[f"work.{field.name}"] for field in fields(Wording)})
