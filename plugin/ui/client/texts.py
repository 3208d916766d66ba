"""The words of the page behind a mail's links, one TOML file a language; the client reads them, not a Jira user."""

import tomllib
from functools import cache
from pathlib import Path

from babel import negotiate_locale

from plugin.domain.documents.model import Language

FOLDER = Path(__file__).resolve().parents[3] / "templates" / "client" / "texts"
LANGUAGES = tuple(language.value for language in Language)

Table = dict[str, "str | Table"]


class Texts:
    """Looks words up by a dotted key; ``{names}`` in them are filled in."""

    def __init__(self, language: str, words: dict[str, str]) -> None:
        self.language = language
        self._words = words

    def __call__(self, key: str, **values: object) -> str:
        return self._words[key].format(**values)


def texts_for(*wishes: str) -> Texts:
    """The words of the first language wished for that there are words in ("de-AT" finds "de"); else English."""
    asked = [wish.replace("-", "_") for wish in wishes]
    found = negotiate_locale(asked, LANGUAGES) or next(
        (short for short in (wish.split("_")[0].lower() for wish in asked) if short in LANGUAGES), "en"
    )
    return _texts(found)


@cache
def _texts(language: str) -> Texts:
    with (FOLDER / f"{language}.toml").open("rb") as file:
        return Texts(language, dict(_flat(tomllib.load(file))))


def _flat(table: Table, prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        found += [(prefix + key, value)] if isinstance(value, str) else _flat(value, f"{prefix}{key}.")
    return found
