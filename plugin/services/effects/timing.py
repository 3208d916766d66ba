"""All waits of delivery, derived from the settings, so that tests scale them together (section 2.5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """Leases count in database time, ``push`` and the ladders in business time.

    ``grace`` is how long after a lease a source of evidence may still not know a mail that was accepted.
    """

    claim_lease: timedelta
    sending_lease: timedelta
    push: timedelta
    heartbeat: timedelta
    grace: timedelta
    ladder: tuple[timedelta, ...]
    ladder_end: timedelta
    give_up: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "Timing":
        """The times of reliability.md, stretched as the claim lease of these settings is to a minute."""
        minute = timedelta(seconds=settings.claim_lease_seconds)
        return cls(
            claim_lease=minute,
            sending_lease=timedelta(seconds=settings.sending_lease_seconds),
            push=minute,
            heartbeat=minute / 3,
            grace=minute * 2,
            ladder=(minute * 5, minute * 15, minute * 30, minute * 60),
            ladder_end=minute * 180,
            give_up=minute * 60 * 24 * 4,
        )

    def next_try(self, *, attempts: int, first_tried_at: datetime, now: datetime) -> datetime | None:
        """When to try again after so many attempts: 5, 15, 30, 60 min, then every 3 h; None after four days."""
        if now - first_tried_at >= self.give_up:
            return None
        place = max(attempts, 1) - 1
        return now + (self.ladder[place] if place < len(self.ladder) else self.ladder_end)
