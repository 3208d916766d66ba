"""The words of the paper itself, one TOML file a language."""

import tomllib
from functools import cache

from plugin.documents.pdf.places import TEXTS
from plugin.domain.documents.model import Language
from plugin.domain.errors import Permanent

Table = dict[str, "str | Table"]


class Texts:
    """Looks words up by a dotted key, such as ``totals.net``; ``{names}`` in them are filled in."""

    def __init__(self, language: Language, words: dict[str, str]) -> None:
        self.language = language
        self.words = words

    def __call__(self, key: str, **values: str) -> str:
        try:
            return self.words[key].format(**values)
        except KeyError as error:
            raise Permanent(f"The text “{key}” is missing in {self.language.value}.toml ({error}). Add it.") from error


@cache
def texts(language: Language) -> Texts:
    """The catalogue of one language."""
    with (TEXTS / f"{language.value}.toml").open("rb") as file:
        return Texts(language, dict(_flat(tomllib.load(file))))


def _flat(table: Table, prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        found += [(prefix + key, value)] if isinstance(value, str) else _flat(value, f"{prefix}{key}.")
    return found
