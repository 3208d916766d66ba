"""A mail that is still to go, as somebody sees it who changes its words: the words by now, and what they fill in."""

from dataclasses import dataclass
from datetime import datetime

from plugin.services.texts.source import TextSource
from plugin.services.texts.values import MailValues
from plugin.store.tables.by_hand import MailWords


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """``standing``: the wording in force for it; ``own``: what a person wrote instead. ``values``: its real data.

    ``promises_deadline``: its step gives the client a day, so the words have to name it.
    """

    template: str
    language: str
    standing: TextSource
    own: MailWords | None
    values: MailValues
    promises_deadline: bool

    @property
    def source(self) -> TextSource:
        """The words that would go now."""
        return TextSource(self.own.subject, self.own.body) if self.own else self.standing

    @property
    def words_id(self) -> str:
        """Names the words that a person has before them; empty for the standing ones."""
        return self.own.id if self.own else ""

    @property
    def written_by(self) -> str:
        """The account of whoever wrote them; empty for the standing ones."""
        return self.own.written_by if self.own else ""

    @property
    def written_at(self) -> datetime | None:
        """When."""
        return self.own.written_at if self.own else None
