"""The sentence for a client who has paid already: whether a text has it, and how ours says it (F39)."""

import re

from plugin.services.texts.fillings import fillings
from plugin.services.texts.liquid import fill
from plugin.services.texts.source import default_text
from plugin.services.texts.values import LANGUAGES, MailValues

_SAYS = {
    "en": r"already[^.]{0,40}(paid|settled|transferred|sent)|(paid|settled|transferred)[^.]{0,20}already|crossed",
    "de": r"(bereits|schon|inzwischen|zwischenzeitlich)[^.]{0,60}(zahlt|überwiesen|beglichen|ausgeglichen)"
    r"|überschnitten|gekreuzt",
    "fr": r"déjà[^.]{0,40}(régl|pay|vir|effectu|acquitt)|crois",
    "es": r"\bya\b[^.]{0,40}(pag|abon|transfer|realiz)|cruzado",
    "it": r"già[^.]{0,40}(pag|sald|effettu|bonific)|incrociat",
    "nl": r"\b(al|reeds|inmiddels)\b[^.]{0,60}(betaald|voldaan|overgemaakt)|gekruist",
    "pt": r"\bjá\b[^.]{0,40}(pag|liquid|transfer|efe[c]?tu)|cruzado",
    "pl": r"już[^.]{0,60}(zapłac|opłac|uregulow|przel|dokona)|minęł",
    "cs": r"(již|už|mezitím)[^.]{0,60}(zaplat|uhrad|uhraz|odesl)|minul",
    "sv": r"redan[^.]{0,40}betal|betal[^.]{0,20}redan|korsat",
    "da": r"allerede[^.]{0,40}betal|betal[^.]{0,20}allerede|krydset",
    "fi": r"\bjo\b[^.]{0,40}maks|maks\w*[^.]{0,20}\bjo\b|ristiin",
}
"""Signs of the clause in a filled-in text. A text that says it in yet another way has to take one of these turns."""
_SENTENCE = re.compile(r"[^.;!?\n]+[.;!?]")


def says_it(text: str, language: str) -> bool:
    """Whether a filled-in text tells the client what holds if it has paid already."""
    signs = _SAYS.get(language)
    return signs is None or re.search(signs, " ".join(text.split()), re.IGNORECASE) is not None


def our_clause(template: str, language: str, values: MailValues) -> str:
    """The sentence in our own text of a template; empty where it has none, as a receipt has."""
    known = language if language in LANGUAGES else "en"
    ours = fill(default_text(template, known).body, fillings(values, known))
    sentences = (found.group().strip() for found in _SENTENCE.finditer(ours))
    return next((sentence for sentence in sentences if says_it(sentence, known)), "")
