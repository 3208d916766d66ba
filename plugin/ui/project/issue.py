"""The form that issues a draft."""

from datetime import date

import msgspec


class IssueForm(msgspec.Struct):
    """``due_on`` overrides the client's terms; ``send``: the invoice goes out by mail at once."""

    due_on: date | None = None
    send: bool = False
