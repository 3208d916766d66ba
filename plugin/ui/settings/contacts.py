"""Contacts with the project's client that people made outside, on its tab: noted, and taken back."""

from collections.abc import Mapping, Sequence

from plugin.domain.errors import InvalidInput
from plugin.services.billing.lookup import project_of
from plugin.services.contacts.note import notes_of
from plugin.services.follow_ups.calendar import client_today
from plugin.store.session import TenantSession
from plugin.store.tables.by_hand import ContactNote
from plugin.store.tables.clients import Client
from plugin.ui import here
from plugin.ui.contact_notes import note_form, withdraw_form
from plugin.ui.contact_words import WAY_CHOICES, WAY_WORDS
from plugin.ui.rights import Rights
from plugin.ui.submit import Said


def notes(session: TenantSession, client: Client | None, rights: Rights) -> Sequence[ContactNote]:
    """Those of the client, for those who bill."""
    return notes_of(session, client.id) if client is not None and rights.bills else ()


def contact_values(
    client: Client | None, noted: Sequence[ContactNote], names: Mapping[str, str]
) -> Mapping[str, object]:
    """What the card shows."""
    return {
        "notes": noted,
        "names": names,
        "way_choices": WAY_CHOICES,
        "way_words": WAY_WORDS,
        "today": client_today(client, here.now()) if client else None,
    }


def note_contact(session: TenantSession, project_id: str) -> Said:
    """Notes that somebody was in touch with the project's client; all who bill one of its projects may."""
    return note_form(session, _client_id(session, project_id))


def withdraw_contact(session: TenantSession, project_id: str, note_id: str) -> Said:
    """Takes such a note back."""
    return withdraw_form(session, _client_id(session, project_id), note_id)


def _client_id(session: TenantSession, project_id: str) -> str:
    client_id = project_of(session, project_id).client_id
    if client_id is None:
        raise InvalidInput("This project is billed to nobody yet; choose its client first.")
    return client_id
