"""Which columns hold ciphertext: rotation encrypts them anew, and no process starts without the keys they need.

A ciphertext is bound to tenant, table and column; an empty column holds none.
"""

from collections.abc import Mapping, Sequence

from plugin.store.tables.company import MailSettings
from plugin.store.tables.staff import WebhookTarget
from plugin.store.tables.tenants import Installation

Keeper = Installation | MailSettings | WebhookTarget
ENCRYPTED: Mapping[type[Keeper], Sequence[str]] = {
    Installation: ("shared_secret", "previous_secret"),
    MailSettings: ("imap_url", "inbound_secret", "smtp_url", "dkim_key"),
    WebhookTarget: ("secret",),
}
