"""A draft of 5,000 worklogs: read, rated, rounded, grouped, taxed, stored with its claims."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from bench.measure import Figure, milliseconds, paired
from bench.world import World, add_open_time
from plugin.services.billing.delete_draft import delete_draft
from plugin.store.tables.jira_facts import JiraIssue, Worklog
from plugin.store.tables.rates import Rate
from sandbox.stage.house import ACTOR
from sandbox.stage.office import Office

WORKLOGS = 5_000
UNTIL = date(2026, 8, 31)
ROUNDS = 7


def draft_figures(world: World) -> Iterator[Figure]:
    """Each draft is deleted again outside the measured time."""
    add_open_time(world, WORKLOGS)
    office = Office(world.stage.container, world.tenant)
    stored, previewed, bare = [], [], []
    for _ in range(ROUNDS + 1):
        stored.append(_draft(world, office))
        previewed.append(milliseconds(lambda: office.look(world.busy_project, since=None, until=UNTIL)))
        bare.append(milliseconds(lambda: _bare(world)))
    for what, took in (("stored", stored), ("live totals", previewed)):
        ours, peer = paired(took[1:], bare[1:], name="select and an integer loop")
        yield Figure(name=f"draft of {WORKLOGS:,} worklogs, {what}", unit="ms", ours=ours, other=peer, most=1_000)


def _draft(world: World, office: Office) -> float:
    made: list[str] = []

    def draft() -> None:
        made.append(office.draft(world.busy_project, since=None, until=UNTIL).id)

    took = milliseconds(draft)
    with world.stage.container.writing(world.tenant) as session:
        delete_draft(session, made[0], now=office.now, actor=ACTOR)
    return took


def _bare(world: World) -> int:
    """The same sum with no trace, no reasons, no lines: what a script would do."""
    with world.stage.container.reading(world.tenant) as session:
        priced = select(Rate.account_id, Rate.minor_per_hour).where(Rate.project_id == world.busy_project)
        prices = dict(session.execute(priced).all())
        rows = session.execute(
            select(Worklog.issue_id, Worklog.author_id, Worklog.seconds)
            .join(JiraIssue, (JiraIssue.tenant_id == Worklog.tenant_id) & (JiraIssue.id == Worklog.issue_id))
            .where(JiraIssue.project_id == world.busy_project, Worklog.day <= UNTIL)
        ).all()
    quarters: dict[tuple[str, int], int] = defaultdict(int)
    for issue_id, author, seconds in rows:
        quarters[issue_id, prices[author]] += -(-seconds // 900)
    net = sum((count * price + 2) // 4 for (_, price), count in quarters.items())
    return net + (net * 19 + 50) // 100
