"""What a play counts: mails by week and tone, contacts by client, steps and tasks; two of them side by side."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from plugin.domain.reminders.play import PlayedContact
from plugin.domain.reminders.policy import Channel, Tone

_Key = TypeVar("_Key", str, date)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayReport:
    """Counts of one play. ``weeks``: mails by the Monday of their week; ``clients``: contacts by client.

    ``tones``: mails by tone, softest first. ``steps``: invoices reached by step. ``tasks``: what people do, by channel;
    ``others``: letters, webhooks and what happens in Jira. ``first_on``: the day of the first contact.
    """

    mails: int
    weeks: Mapping[date, int]
    clients: Mapping[str, int]
    tones: Mapping[Tone, int]
    steps: Mapping[str, int]
    tasks: Mapping[str, int]
    others: Mapping[str, int]
    first_on: date | None

    @property
    def busiest(self) -> int:
        """The most contacts with one client."""
        return max(self.clients.values(), default=0)


def count_contacts(contacts: Sequence[PlayedContact]) -> PlayReport:
    """Counts them; every mapping is in the order of its keys, so the same play always gives the same report."""
    mails = [contact for contact in contacts if contact.channel is Channel.EMAIL]
    reached = [contact for contact in contacts if contact.channel.reaches_client]
    tones = Counter(mail.tone for mail in mails)
    return PlayReport(
        mails=len(mails),
        weeks=_sorted(monday(mail.day) for mail in mails),
        clients=_sorted(contact.client_id for contact in reached),
        tones={tone: tones[tone] for tone in Tone if tones[tone]},
        steps=_sorted(step.key for contact in contacts for step in contact.steps),
        tasks=_sorted(contact.channel.value for contact in contacts if contact.channel.is_task),
        others=_sorted(contact.channel.value for contact in contacts if contact.channel.is_effect),
        first_on=min((contact.day for contact in contacts), default=None),
    )


def compare_reports(before: PlayReport, after: PlayReport) -> tuple[str, ...]:
    """What is different in the second, in sentences; at least one."""
    return tuple(_differences(before, after)) or ("Nothing changes: the same goes on the same days.",)


def monday(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def _differences(before: PlayReport, after: PlayReport) -> Iterator[str]:
    if before.mails != after.mails:
        yield f"{_counted(after.mails, 'mail')} instead of {before.mails}."
    if before.first_on != after.first_on:
        yield f"The first contact is {_day(after.first_on)} instead of {_day(before.first_on)}."
    clients = {*before.clients, *after.clients}
    more = sum(after.clients.get(client, 0) > before.clients.get(client, 0) for client in clients)
    less = sum(after.clients.get(client, 0) < before.clients.get(client, 0) for client in clients)
    if more:
        yield f"{_counted(more, 'client')} would hear from us more often."
    if less:
        yield f"{_counted(less, 'client')} would hear from us less often."
    if before.busiest != after.busiest:
        yield f"One client gets {_counted(after.busiest, 'contact')} at most instead of {before.busiest}."
    for tone in Tone:
        one, two = before.tones.get(tone, 0), after.tones.get(tone, 0)
        if one != two:
            yield f"{_counted(two, f'{tone} mail')} instead of {one}."
    tasks = sum(before.tasks.values()), sum(after.tasks.values())
    if tasks[0] != tasks[1]:
        yield f"{_counted(tasks[1], 'task')} for people instead of {tasks[0]}."
    if before.weeks != after.weeks and before.mails == after.mails:
        yield "As many mails, but in other weeks."


def _sorted(keys: Iterable[_Key]) -> dict[_Key, int]:
    return dict(sorted(Counter(keys).items()))


def _day(day: date | None) -> str:
    return f"on {day}" if day else "none"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
