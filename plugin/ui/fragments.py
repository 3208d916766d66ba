"""A fragment is one block of its page's own template, so that page and fragment cannot differ."""

from flask import current_app
from markupsafe import Markup


def render_fragment(template_name: str, block: str, **values: object) -> Markup:
    """Renders one block with everything that the page imports at its top. ``KeyError`` for a block the page lacks.

    The package jinja2-fragments renders a block without the imports above it, so each block would have to repeat them.
    """
    environment = current_app.jinja_env
    template = environment.get_template(template_name)
    current_app.update_template_context(values)
    context = template.new_context(values)
    # The root runs the imports before its first text other than line breaks; no block has run by then.
    next((text for text in template.root_render_func(context) if text.strip()), None)
    return Markup(environment.concat(template.blocks[block](context)))  # noqa: S704  (our own template's output)
