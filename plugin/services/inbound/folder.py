"""What is asked of a mailbox; ``plugin/gateways/imap`` is the one that speaks IMAP."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderMail:
    """A mail of a folder; of one that is too large only the headers."""

    uid: int
    raw: bytes


class MailFolder(Protocol):
    """A folder of a mailbox (``plugin/gateways/imap``)."""

    def validity(self) -> int:
        """The folder's UIDVALIDITY: while it stays, so do the numbers of its mails."""
        ...

    def newer_than(self, uid: int) -> Iterator[FolderMail]:
        """Mails with a higher number, the oldest first."""
        ...

    def since(self, day: date) -> Iterator[FolderMail]:
        """Mails that came on a day or later, the oldest first: where the numbers are new."""
        ...

    def close(self) -> None:
        """Says goodbye; never raises."""
        ...
