"""The sentence that says why no tax is charged, in the language of the paper (art. 226 (11) and (11a))."""

from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.model import Language

TEXTS: dict[Language, dict[TaxCategory, str]] = {
    Language.EN: {
        TaxCategory.EXEMPT: "Exempt from VAT.",
        TaxCategory.REVERSE_CHARGE: (
            "Reverse charge: VAT is to be accounted for by the recipient (Art. 196 Directive 2006/112/EC)."
        ),
        TaxCategory.INTRA_COMMUNITY: "Intra-community supply, exempt from VAT (Art. 138 Directive 2006/112/EC).",
        TaxCategory.EXPORT: "Export outside the EU, exempt from VAT (Art. 146 Directive 2006/112/EC).",
        TaxCategory.OUTSIDE_SCOPE: "Not subject to VAT.",
    },
    Language.DE: {
        TaxCategory.EXEMPT: "Umsatzsteuerfrei.",
        TaxCategory.REVERSE_CHARGE: (
            "Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge, Art. 196 Richtlinie 2006/112/EG)."
        ),
        TaxCategory.INTRA_COMMUNITY: "Steuerfreie innergemeinschaftliche Lieferung (Art. 138 Richtlinie 2006/112/EG).",
        TaxCategory.EXPORT: "Steuerfreie Ausfuhr (Art. 146 Richtlinie 2006/112/EG).",
        TaxCategory.OUTSIDE_SCOPE: "Nicht umsatzsteuerbar.",
    },
    Language.FR: {
        TaxCategory.EXEMPT: "Exonéré de TVA.",
        TaxCategory.REVERSE_CHARGE: "Autoliquidation de la TVA par le preneur (art. 196 directive 2006/112/CE).",
        TaxCategory.INTRA_COMMUNITY: "Livraison intracommunautaire exonérée (art. 138 directive 2006/112/CE).",
        TaxCategory.EXPORT: "Exportation hors de l’UE, exonérée (art. 146 directive 2006/112/CE).",
        TaxCategory.OUTSIDE_SCOPE: "Hors champ de la TVA.",
    },
    Language.ES: {
        TaxCategory.EXEMPT: "Exenta de IVA.",
        TaxCategory.REVERSE_CHARGE: "Inversión del sujeto pasivo (art. 196 Directiva 2006/112/CE).",
        TaxCategory.INTRA_COMMUNITY: "Entrega intracomunitaria exenta de IVA (art. 138 Directiva 2006/112/CE).",
        TaxCategory.EXPORT: "Exportación fuera de la UE, exenta de IVA (art. 146 Directiva 2006/112/CE).",
        TaxCategory.OUTSIDE_SCOPE: "No sujeto a IVA.",
    },
}


def exemption_text(category: TaxCategory, *, language: Language) -> str:
    """The standard sentence; empty where tax is charged or the rate is zero."""
    return TEXTS[language].get(category, "")
