"""Who can say whether a mail in doubt was accepted: a provider's events, a relay's log, a mailbox."""

from enum import StrEnum
from typing import Protocol


class Finding(StrEnum):
    """What the source knows. ABSENT counts only once the sender's lease and a grace are over."""

    FOUND = "found"
    ABSENT = "absent"
    UNOBTAINABLE = "unobtainable"
    NEVER = "never"
    """There is nobody to ask, so a person decides at once."""


class EvidenceSource(Protocol):
    """Looks a mail up by the Message-ID that we gave it."""

    def look(self, message_id: str) -> Finding:
        """Never raises: a source that does not answer is UNOBTAINABLE."""
        ...
