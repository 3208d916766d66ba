"""The time machine: moves the world's clock in steps the product can follow, and waits until it has caught up."""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import requests

from sandbox.clock import MovableClock, WorldClock
from sandbox.jira.site import Site

DAY = timedelta(days=1)
POLL_SECONDS = 0.2
TIME_OUT = 5
FARTHEST = timedelta(days=400)
# Where "next follow-up" lands: a little after the instant, so that what is due then is due.
MARGIN = timedelta(seconds=2)
# Everybody's office is open then, in the pretend company's part of the world.
MORNING = 10


@dataclass(frozen=True, slots=True)
class Readiness:
    """What the product says of itself at ``/readyz``."""

    backlog: int
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk did. ``settled`` is false where the product had not caught up in time."""

    now: datetime
    days: float
    waited_s: float
    settled: bool
    message: str = ""


class Immovable(Exception):
    """The world runs on a clock that nobody moves."""


class TimeMachine:
    """One walk at a time. ``patience`` is how long it waits for the product after each day, in machine seconds.

    ``app_url`` is where the product is asked until it is installed; then it is asked where it was installed from.
    """

    def __init__(self, site: Site, *, app_url: str, patience: float = 60.0) -> None:
        self._site = site
        self._app_url = app_url
        self._patience = patience
        self._walking = threading.Lock()
        self.backlog: int | None = None

    def move(self, step: timedelta) -> None:
        """At once, without waiting for anybody."""
        _movable(self._site.clock).advance(step)

    def walk(self, days: int) -> Walk:
        """Forward day by day."""
        return self._forward(self._site.clock.now() + days * DAY)

    def next_follow_up(self) -> Walk:
        """Forward, day by day, to the next instant at which the product has something due."""
        ready = self.readiness()
        present = self._site.clock.now()
        if ready is None:
            return Walk(present, 0, 0, settled=False, message="The app does not answer at /readyz.")
        if ready.next_due_at is None:
            return Walk(present, 0, 0, settled=True, message="Nothing is due any more.")
        target = min(max(ready.next_due_at + MARGIN, present), present + FARTHEST)
        return self._forward(target)

    def readiness(self) -> Readiness | None:
        """The product's own word, or None where it gives none."""
        try:
            app = self._site.installation
            answer = self._site.session.get(f"{app.app_url if app else self._app_url}/readyz", timeout=TIME_OUT)
            told = answer.json()
            due = told.get("next_due_at")
            return Readiness(int(told["backlog"]), _instant(due) if due else None)
        except (requests.RequestException, ValueError, KeyError, TypeError, AttributeError):
            return None

    def _forward(self, target: datetime) -> Walk:
        clock = _movable(self._site.clock)
        with self._walking:
            started, began = clock.now(), time.monotonic()
            settled = self._caught_up()
            while settled and clock.now() < target:
                clock.advance(self._next_stop(clock.now(), target) - clock.now())
                settled = self._caught_up()
            present = clock.now()
            message = "" if settled else "The app has not caught up; the clock stays where it is."
            waited = round(time.monotonic() - began, 1)
            return Walk(present, round((present - started) / DAY, 2), waited, settled, message)

    def _next_stop(self, present: datetime, target: datetime) -> datetime:
        """Not a whole day at once: mail leaves in office hours, and "+1 day" pressed at night jumps over them."""
        morning = present.astimezone(UTC).replace(hour=MORNING, minute=0, second=0, microsecond=0)
        stops = [target, morning if morning > present else morning + DAY]
        ready = self.readiness()
        if ready is not None and ready.next_due_at is not None:
            stops.append(ready.next_due_at + MARGIN)
        return min(stop for stop in stops if stop > present)

    def _caught_up(self) -> bool:
        """Webhooks delivered, backlog at nothing; two looks, since the first may come before the product's tick."""
        self._site.webhooks.deliver()
        deadline, quiet = time.monotonic() + self._patience, 0
        while time.monotonic() < deadline:
            ready = self.readiness()
            self.backlog = ready.backlog if ready else None
            quiet = quiet + 1 if ready is not None and ready.backlog == 0 else 0
            if quiet > 1:
                return True
            if self._site.stopping.wait(POLL_SECONDS):
                return False
        return False


def _movable(clock: WorldClock) -> MovableClock:
    if isinstance(clock, MovableClock):
        return clock
    raise Immovable("This world runs on the machine's clock, which nobody moves.")


def _instant(text: str) -> datetime:
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
