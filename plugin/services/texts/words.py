"""The few fixed words of a mail's tables and links, in each language."""

from plugin.catalogue import Catalogue, Place, catalogue
from plugin.services.texts.values import LANGUAGES


def words_for(language: str) -> Catalogue:
    """The words of a language ("de", "de-AT"); English where there are none."""
    short = language.split("-", maxsplit=1)[0].lower()
    return catalogue(Place.MAIL, short if short in LANGUAGES else "en")
