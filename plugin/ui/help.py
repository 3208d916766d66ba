"""The help at the foot of each page; all its words stand in ``templates/ui/help.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, url_for

from plugin.domain.errors import Permanent
from plugin.ui.admin.frame import TABS as ADMIN
from plugin.ui.settings.frame import TABS as SETTINGS

FILE = Path(__file__).resolve().parents[2] / "templates" / "ui" / "help.toml"
TARGETS = {"project": "#project", "settings": "#settings", "admin": "#admin"}
"""What a link of a surface exchanges."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Help:
    """One page's help. ``links``: words and address of other pages of the same surface, into ``target``."""

    title: str
    text: tuple[str, ...]
    question: str
    answer: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()
    target: str = ""


def register_help(app: Flask) -> None:
    """Templates ask for their page's help by ``help_for``. Raises Permanent where a page of the app has none."""
    words = help_words()
    missing = sorted({*(f"admin.{tab}" for tab in ADMIN), *(f"settings.{tab}" for tab in SETTINGS)} - set(words))
    if missing:
        raise Permanent(f"There is no help for {', '.join(missing)}; write it in templates/ui/help.toml.")
    app.jinja_env.globals["help_for"] = help_for


def help_for(page: str, project_id: str = "") -> Help:
    """The help of a page such as ``admin.mail``; ``project_id`` for the links of a project's pages."""
    words, surface = help_words(), page.partition(".")[0]
    own, why = words[page], words["why"]
    return Help(
        title=str(own["title"]),
        text=_lines(own["text"]),
        question=str(why["question"]),
        answer=_lines(why["answer"]),
        links=tuple(_link(surface, tab, project_id) for tab in _lines(own.get("see", []))),
        target=TARGETS.get(surface, ""),
    )


@cache
def help_words() -> Mapping[str, Mapping[str, object]]:
    """By page; those of a surface with tabs are called after both."""
    with FILE.open("rb") as file:
        read = tomllib.load(file)
    found: dict[str, Mapping[str, object]] = {}
    for name, entry in read.items():
        tabs = {f"{name}.{tab}": words for tab, words in entry.items() if isinstance(words, dict)}
        found |= tabs or {name: entry}
    return found


def _link(surface: str, tab: str, project_id: str) -> tuple[str, str]:
    title = str(help_words()[f"{surface}.{tab}"]["title"])
    if surface == "admin":
        return title, url_for("admin.tab", tab=tab)
    if surface == "settings":
        return title, url_for("settings.tab", project_id=project_id, tab=tab)
    return title, url_for(f"project.{tab}", project_id=project_id)


def _lines(value: object) -> tuple[str, ...]:
    return tuple(str(line) for line in value) if isinstance(value, list) else ()
