"""What the mail of a debit note says and brings: its number, its amount, and its own PDF alone."""

from plugin.domain.errors import Transient
from plugin.services.debit_notes.rows import amount_of, note_of_mail, pdf_of_note
from plugin.services.effects.mail_channel import Attachment
from plugin.services.texts.values import NoteValues
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import MessageMember


def note_values(session: TenantSession, row: MessageMember) -> NoteValues:
    """The note as the words name it."""
    note = note_of_mail(session, row)
    return NoteValues(number=note.number, amount=amount_of(note), due_on=note.due_on)


def note_files(session: TenantSession, row: MessageMember) -> tuple[Attachment, ...]:
    """The PDF. Transient while it is not made yet."""
    note = note_of_mail(session, row)
    stored = pdf_of_note(session, note.id)
    if stored is None:
        raise Transient(f"The PDF of debit note {note.number} is not made yet.", retry_after=5)
    return (Attachment(file_name=stored.file_name, media_type=stored.media_type, content=stored.body),)
