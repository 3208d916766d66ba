"""The words of the page behind a mail's links; the client reads them, not a Jira user."""

from babel import negotiate_locale

from plugin.catalogue import Catalogue, Place, catalogue
from plugin.domain.documents.model import Language

LANGUAGES = tuple(language.value for language in Language)


def texts_for(*wishes: str) -> Catalogue:
    """The words of the first language wished for that there are words in ("de-AT" finds "de"); else English."""
    asked = [wish.replace("-", "_") for wish in wishes]
    found = negotiate_locale(asked, LANGUAGES) or next(
        (short for short in (wish.split("_")[0].lower() for wish in asked) if short in LANGUAGES), "en"
    )
    return catalogue(Place.PAGE, found)
