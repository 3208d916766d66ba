"""Names for the people on the page at hand."""

from collections.abc import Iterable

from flask import current_app

from plugin.ui import here
from plugin.ui.people import People

EXTENSION = "dunlin_people"


def names_of(account_ids: Iterable[str | None]) -> dict[str, str]:
    """Display names by account id; asks Jira for those not asked for within the last minute."""
    people: People = current_app.extensions[EXTENSION]
    tenant_id = here.principal().tenant_id
    return dict(people.names(tenant_id, account_ids, lambda ids: here.container().jira_of(tenant_id).users(ids)))
