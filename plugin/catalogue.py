"""The words of a language, one TOML file a place: on the paper, around a mail, on the client's page.

They stand beside the formats for the same reason: paper, mail and pages need them and none of them may import another.
"""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path

from plugin.domain.documents.model import Language
from plugin.domain.errors import Permanent
from plugin.formatting import plural_form

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})
"""CLDR's names; a key that ends in one is the form of a number, and languages differ in which they have."""

Table = dict[str, "str | Table"]


class Place(StrEnum):
    """Where words are read: the folder in ``templates/`` whose ``texts/`` hold them."""

    PAPER = "invoice"
    MAIL = "email"
    PAGE = "client"


class Catalogue:
    """Looks words up by a dotted key, such as ``totals.net``; ``{names}`` in them are filled in."""

    def __init__(self, language: str, words: dict[str, str]) -> None:
        self.language = language
        self.words = words

    def __call__(self, key: str, **values: object) -> str:
        try:
            return self.words[key].format(**values)
        except KeyError as error:
            raise Permanent(f"The text “{key}” is missing in {self.language}.toml ({error}). Add it.") from error

    def counted(self, key: str, count: int, **values: object) -> str:
        """The words for ``count`` of something, in the plural of the language; ``{count}`` is filled in."""
        form = f"{key}.{plural_form(count, language=self.language)}"
        return self(form if form in self.words else f"{key}.other", count=count, **values)


@cache
def catalogue(place: Place, language: str) -> Catalogue:
    """The words of one place in one language. Raises Permanent where it says less or more than the English ones."""
    words = _read(place, language)
    odd = sorted(_keys(words) ^ _keys(_read(place, Language.EN.value)))
    if odd:
        raise Permanent(f"{place.value}/texts/{language}.toml and en.toml differ in {', '.join(odd)}. Make them alike.")
    return Catalogue(language, words)


def check_catalogues() -> None:
    """Reads all words once, so that a gap is found when a process starts. Raises Permanent for the first."""
    for place in Place:
        for language in Language:
            catalogue(place, language.value)


@cache
def _read(place: Place, language: str) -> dict[str, str]:
    with (TEMPLATES / place.value / "texts" / f"{language}.toml").open("rb") as file:
        return dict(_flat(tomllib.load(file)))


def _keys(words: dict[str, str]) -> set[str]:
    """Plural forms of one text count as one key."""
    return {key.rpartition(".")[0] if key.rpartition(".")[2] in PLURALS else key for key in words}


def _flat(table: Table, prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        found += [(prefix + key, value)] if isinstance(value, str) else _flat(value, f"{prefix}{key}.")
    return found
