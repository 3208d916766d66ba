"""What stands on a letter, read back from the effect that carries it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from plugin.domain.errors import NotFound
from plugin.services.effects.carry_step import content_of
from plugin.services.follow_ups.task_words import LETTER
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.outbox import Effect


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterParts:
    """Finished texts; addresses and the text have line breaks. ``day`` is the day on it."""

    sender: str
    sender_address: str
    address: str
    subject: str
    text: str
    language: str
    day: date


def letter_of(session: TenantSession, task_id: str) -> LetterParts:
    """The letter that a task asks to print. Raises NotFound where the task has none."""
    task = session.scalars(select(Task).where(Task.id == task_id, Task.kind == LETTER)).one_or_none()
    effect_id = "" if task is None else str(task.detail.get("effect_id", ""))
    effect = session.scalars(select(Effect).where(Effect.id == effect_id)).one_or_none()
    content = {} if effect is None else content_of(effect.payload)
    facts = content.get("facts")
    if not isinstance(facts, Mapping):
        raise NotFound("There is no such letter; reload the page.")
    return LetterParts(
        sender=str(facts["sender"]),
        sender_address=str(facts["sender_address"]),
        address=str(facts["address"]),
        subject=str(content.get("subject", "")),
        text=str(content.get("text", "")),
        language=str(facts["language"]),
        day=date.fromisoformat(str(content["day"])),
    )
