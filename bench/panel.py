"""The panel on an issue, as Jira's frame loads it: token, permissions, queries, ladder, template."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from sqlalchemy import select

from bench.measure import Figure, in_turns
from bench.world import World
from plugin.app import create_app
from plugin.store.tables.invoices import Invoice


def panel_figures(world: World) -> Iterator[Figure]:
    """Server time in this process, without a socket. Permissions come from the short cache, as for the second click."""
    client = create_app(world.stage.container).test_client()
    parts = urlsplit(world.stage.jira.page_url("panel", world.alice, issue=world.issue))
    address = f"{parts.path}?{parts.query}"

    def load() -> None:
        answer = client.get(address)
        if answer.status_code != 200 or b"INV-2026-00001" not in answer.data:
            raise RuntimeError(f"the panel answered {answer.status_code}")

    def bare() -> None:
        with world.stage.container.reading(world.tenant) as session:
            session.scalars(select(Invoice).where(Invoice.home_issue_id == str(world.issue.id))).all()

    ours, other = in_turns(load, bare, name="select of its invoices by home issue", rounds=40)
    yield Figure(
        name="page of the panel, 10,000 invoices in the database",
        unit="ms",
        ours=ours,
        other=other,
        most=40,
    )
