"""The Message-ID of a mail: fixed when its row is inserted, so that every attempt bears the same one."""

from plugin.keys import KeyRing


def new_message_id(keys: KeyRing, *, host_name: str, tenant_id: str, message_row_id: str) -> str:
    """``<rem-…@host>`` with its angle brackets; nobody without the key can guess one."""
    return f"<rem-{keys.digest('message-id', tenant_id, message_row_id)[:32]}@{host_name}>"
