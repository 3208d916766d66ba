"""The sentence that says why no tax is charged, in the language of the paper (art. 226 (11) and (11a))."""

from plugin.catalogue import Place, catalogue
from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.model import Language


def exemption_text(category: TaxCategory, *, language: Language) -> str:
    """The standard sentence; empty where tax is charged or the rate is zero."""
    return catalogue(Place.PAPER, language.value).words.get(f"untaxed.{category.value}", "")
