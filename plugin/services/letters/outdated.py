"""A letter that lies ready and is not posted: what came in since is told to whoever is about to post it."""

from sqlalchemy import select

from plugin.services.follow_ups.task_words import LETTER
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Task


def warn_letters(session: TenantSession, invoice_id: str, why: str) -> None:
    """Writes it on the open letters of an invoice.

    They are not called off: somebody may have posted one and not said so yet, and then a new one would be the second.
    """
    ready = select(Task).where(Task.invoice_id == invoice_id, Task.kind == LETTER, Task.state == "open")
    for task in session.scalars(ready.with_for_update()).all():
        told = f"If it is not in the post yet, do not post it, and close it as not posted: {why}."
        task.detail = {**task.detail, "what": told}
        task.row_version += 1
    session.flush()
