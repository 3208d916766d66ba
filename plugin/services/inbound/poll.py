"""Reads a tenant's mailbox: what came since the last look, one mail a transaction; nothing is marked there."""

from datetime import date

from sqlalchemy import select

from plugin.domain.errors import InvalidInput
from plugin.services.inbound.folder import FolderMail, MailFolder
from plugin.services.inbound.parse import parse_mail
from plugin.services.inbound.take import take_mail
from plugin.services.sync.context import SyncContext
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Cursor

CURSOR = "imap"


def read_folder(context: SyncContext, value: str) -> tuple[str, int]:
    """Takes what is new, and gives the cursor (``validity:uid``) with the number of mails read.

    A mailbox whose numbering is new, or that is seen for the first time, is read from two days back: what is known
    already changes nothing. Without a mailbox the cursor rests until one is named.
    """
    folder = context.folder()
    if folder is None:
        with context.writing() as session:
            session.scalars(select(Cursor).where(Cursor.name == CURSOR)).one().next_at = None
        return value, 0
    try:
        return _read(context, folder, value)
    finally:
        folder.close()


def _read(context: SyncContext, folder: MailFolder, value: str) -> tuple[str, int]:
    known, _, last = value.partition(":")
    validity, count = folder.validity(), 0
    if known == str(validity) and last.isdigit():
        mails, reached = folder.newer_than(int(last)), int(last)
    else:
        mails, reached = folder.since(date.fromordinal(context.now.date().toordinal() - 2)), 0
    for mail in mails:
        with context.writing() as session:
            _take(session, mail, context)
        reached, count = max(reached, mail.uid), count + 1
        context.keep(f"{validity}:{reached}")
    return f"{validity}:{reached}", count


def _take(session: TenantSession, mail: FolderMail, context: SyncContext) -> None:
    try:
        incoming = parse_mail(mail.raw)
    except InvalidInput:
        # Larger than its server said; nobody is to be stopped by it.
        return
    take_mail(session, incoming, now=context.now)
