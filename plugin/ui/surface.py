"""A surface is a page of which one block is exchanged: both show the same values through the same template."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup

from plugin.ui.fragments import render_fragment


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What to show: the page's template, the block that fragments exchange, and the values of both."""

    template: str
    block: str
    values: Mapping[str, object]


def page(shown: Shown) -> str:
    """The whole page."""
    return render_template(shown.template, **shown.values)


def fragment(shown: Shown) -> Markup:
    """Its exchangeable part."""
    return render_fragment(shown.template, shown.block, **shown.values)
