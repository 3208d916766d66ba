"""Finds the mail of ours that a mail answers: by Message-ID, else by plus-address; else the client by its sender."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from plugin.services.inbound.addresses import tags_in
from plugin.services.inbound.incoming import IncomingMail
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Contact
from plugin.store.tables.follow_ups import Message, MessageMember


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """What a mail belongs to. All empty: to nobody that is known here."""

    message: Message | None = None
    client_id: str | None = None
    invoice_ids: tuple[str, ...] = ()


def thread_of(session: TenantSession, mail: IncomingMail) -> Thread:
    """A mail of ours names its client and its invoices; a contact's mail out of the blue names the client alone."""
    message = _named(session, mail.answers) or _tagged(session, mail.addressed_to)
    if message is not None:
        query = select(MessageMember.invoice_id).where(MessageMember.message_row_id == message.id)
        return Thread(
            message=message, client_id=message.client_id, invoice_ids=tuple(sorted(set(session.scalars(query))))
        )
    clients = set(session.scalars(select(Contact.client_id).where(func.lower(Contact.email) == mail.sender)))
    # A person of two clients is not guessed to be of one.
    return Thread(client_id=next(iter(clients))) if len(clients) == 1 and mail.sender else Thread()


def _named(session: TenantSession, message_ids: Sequence[str]) -> Message | None:
    if not message_ids:
        return None
    found = {row.message_id: row for row in session.scalars(select(Message).where(Message.message_id.in_(message_ids)))}
    return next((found[name] for name in message_ids if name in found), None)


def _tagged(session: TenantSession, addresses: tuple[str, ...]) -> Message | None:
    tags = tags_in(addresses)
    if not tags:
        return None
    begins = [Message.message_id.startswith(f"<{tag}@", autoescape=True) for tag in tags]
    return session.scalars(select(Message).where(or_(*begins)).limit(1)).first()
