"""In whose words a mail speaks: in those that a person wrote for it, as far as they fit it, else in those in force."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, select

from plugin.domain.reminders.facts import StepRef
from plugin.services.follow_ups.members import Member
from plugin.services.texts.source import TextSource, text_source
from plugin.store.session import TenantSession
from plugin.store.tables.by_hand import MailWords
from plugin.store.tables.follow_ups import Message, PlannedStep

_NAMED = select(MailWords).where(MailWords.id.in_(bindparam("ids", expanding=True)))


def words_of(session: TenantSession, message: Message, members: Sequence[Member]) -> MailWords | None:
    """What a person wrote for this mail; where there are several wordings, that of the strongest step.

    Words were written for one text in one language: where a stronger step speaks, or the client reads another language
    by now, they say what nobody meant, and the standing wording speaks.
    """
    named = [member for member in members if member.row.words_id is not None]
    if not named:
        return None
    found = session.scalars(_NAMED, {"ids": sorted({member.row.words_id or "" for member in named})})
    fitting = {row.id: row for row in found if (row.template, row.language) == (message.template, message.language)}
    strongest = max(
        (member for member in named if member.row.words_id in fitting),
        key=lambda member: member.step.level if member.step else 0,
        default=None,
    )
    return None if strongest is None else fitting[strongest.row.words_id or ""]


def worded_steps(session: TenantSession, invoice_ids: Collection[str]) -> set[StepRef]:
    """The steps to come of these invoices for whose mail a person wrote words."""
    query = select(PlannedStep.invoice_id, PlannedStep.step_key, PlannedStep.occurrence).where(
        PlannedStep.invoice_id.in_(sorted(invoice_ids)), PlannedStep.words_id.is_not(None)
    )
    return {StepRef._make(found) for found in session.execute(query)}


def source_of(session: TenantSession, message: Message, members: Sequence[Member]) -> TextSource:
    """Subject and text of a mail before anything is filled in."""
    words = words_of(session, message, members)
    if words is None:
        return text_source(session, message.template, message.language)
    return TextSource(words.subject, words.body)
