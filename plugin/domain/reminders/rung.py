"""How far an invoice's ladder has come."""

from plugin.domain.reminders.policy import Anchor, Policy, Track
from plugin.domain.reminders.timeline import Timeline, Verdict

HEARD = frozenset({Verdict.SENT, Verdict.DONE, Verdict.OPEN, Verdict.IN_FLIGHT, Verdict.PARKED})


def rung_reached(timeline: Timeline, policy: Policy) -> int:
    """The level of the strongest step of the ladder that went; 0 before the first.

    A step that answers a promise is no rung: it comes by itself when the promise is broken.
    """
    rungs = {step.key for step in policy.steps if step.track is Track.LADDER and step.anchor is not Anchor.PROMISE}
    return max((entry.level for entry in timeline.entries if entry.verdict in HEARD and entry.key in rungs), default=0)
