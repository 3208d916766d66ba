"""Lives through the plot day by day, so that every mail leaves on its own day: for the demo and the tests' company."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta

from plugin.bootstrap import Container
from sandbox.history.life import Life
from sandbox.history.plot import Event
from sandbox.stage.drain import drain, next_due

MORNING = time(10, tzinfo=UTC)
"""Inside everybody's send window."""


def live_through(
    container: Container,
    life: Life,
    story: Sequence[Event],
    *,
    stand_at: Callable[[datetime], None],
    progress: Callable[[int, int], None] = lambda _day, _of: None,
) -> None:
    """From the first event to the evening of yesterday; ``stand_at`` sets the world's clock to a morning.

    On days without an event nothing is looked at unless something is due. ``progress`` gets the day's number and how
    many there are.
    """
    first = story[0].day
    days = (life.today - first).days
    for number in range(days):
        day = first + timedelta(days=number)
        due = next_due(container)
        morning = datetime.combine(day, MORNING)
        stand_at(morning)
        events = [event for event in story if event.day == day]
        for event in events:
            life.happen(event)
        if events or (due is not None and due <= morning):
            drain(container, with_sync=False)
        progress(number + 1, days)
