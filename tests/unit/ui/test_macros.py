"""The parts of pages: escaping, names for screen readers, nothing inline, fragments that equal their page."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from jinja2 import DictLoader, FileSystemLoader
from jinja2.loaders import ChoiceLoader

from plugin.ui.fragments import render_fragment

ROOT = Path(__file__).resolve().parents[3]
EVIL = '"><img src=x onerror=alert(1)>'
EVERYTHING = (Path(__file__).parent / "templates" / "every_macro.html").read_text(encoding="utf-8")
PAGE = """
{% extends "ui/base.html" %}
{% from "ui/macros/controls.html" import button %}
{% block title %}Panel{% endblock %}
{% block main %}<div id="panel">{% block panel %}{{ button("Bill " ~ key) }}{% endblock %}</div>{% endblock %}
"""


class Elements(HTMLParser):
    """Collects the start tags with their attributes, and whether each element is closed in order."""

    VOID = frozenset({"input", "img", "br", "meta", "link", "use", "rect"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)


def render(app: Flask, source: str, **values: Any) -> str:
    with app.test_request_context():
        return render_template_string(source, **values)


@pytest.fixture
def everything(app: Flask) -> Elements:
    return Elements(render(app, EVERYTHING, x="text"))


def test_attack_A47_every_macro_escapes_every_value(app: Flask) -> None:
    text = render(app, EVERYTHING, x=EVIL)
    assert "<img" not in text
    assert not any(name.startswith("on") for _, attributes in Elements(text).found for name in attributes)


def test_nothing_is_inline_and_every_tag_is_closed(everything: Elements) -> None:
    assert everything.crossed == []
    assert everything.open == []
    for tag, attributes in everything.found:
        assert tag not in {"script", "style"}
        assert not {"style", "hx-on", "onclick"} & set(attributes)


def test_every_field_has_a_label_and_its_notes(everything: Elements) -> None:
    ids = {attributes["id"] for _, attributes in everything.found if "id" in attributes}
    labelled = {attributes.get("for") for tag, attributes in everything.found if tag == "label"}
    for tag, attributes in everything.found:
        if tag in {"input", "select", "textarea"} and attributes.get("type") != "hidden":
            assert attributes["id"] in labelled
        assert set((attributes.get("aria-describedby") or "").split()) <= ids


def test_an_icon_only_button_has_a_name_and_other_icons_are_silent(everything: Elements) -> None:
    for tag, attributes in everything.found:
        if tag == "button" and "icon-only" in (attributes.get("class") or ""):
            assert attributes["aria-label"]
        if tag == "svg" and attributes.get("class") == "icon":
            assert attributes.get("aria-hidden") == "true" or attributes.get("aria-label")


def test_a_fragment_is_the_same_markup_as_in_its_page(app: Flask) -> None:
    loaders = [DictLoader({"page.html": PAGE}), FileSystemLoader(str(ROOT / "templates"))]
    app.jinja_env.loader = ChoiceLoader(loaders)
    with app.test_request_context():
        page = app.jinja_env.get_template("page.html").render(key="ABC-1")
        fragment = render_fragment("page.html", "panel", key="ABC-1")
    assert "Bill ABC-1" in fragment
    assert f'<div id="panel">{fragment}</div>' in page


def test_a_surface_loads_the_hosts_script_and_our_hashed_files(app: Flask) -> None:
    page = Elements(render(app, '{% extends "ui/base.html" %}'))
    scripts = [attributes["src"] for tag, attributes in page.found if tag == "script"]
    early, host, *ours = scripts
    assert host == "https://connect-cdn.atl-paas.net/all.js"
    assert "early" in (early or ""), "what is pressed while the host's script loads is kept"
    assert all("0123456789ab" in (source or "") for source in (early, *ours))
    assert [attributes["data-options"] for tag, attributes in page.found if attributes.get("data-options")]
    assert any(attributes.get("class") == "ac-content surface-panel" for _, attributes in page.found)


def test_a_standalone_page_has_no_script_and_follows_the_readers_colours(app: Flask) -> None:
    page = Elements(render(app, '{% extends "ui/base_standalone.html" %}'))
    assert not [tag for tag, _ in page.found if tag == "script"]
    assert ("html", {"lang": "en", "data-color-mode": "auto"}) in page.found


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    listed = set(re.findall(r'"([a-z-]+)"', (ROOT / "frontend" / "icons.json").read_text(encoding="utf-8")))
    named: set[str] = set()
    for template in (ROOT / "templates" / "ui").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        named |= set(re.findall(r"""\bicon\(["']([a-z-]+)["']""", text))
        named |= set(re.findall(r"""icon_name=["']([a-z-]+)["']""", text))
        named |= set(re.findall(r"""icon_button\(["']([a-z-]+)["']""", text))
    assert {"email", "chevron-down"} <= listed
    assert named <= listed
