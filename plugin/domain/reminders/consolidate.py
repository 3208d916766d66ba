"""One mail per client: what falls due for one client, currency, day and recipient becomes one message (F25, C24).

What is late is asked for in the words of the strongest member; what is not due yet only stands beside it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from plugin.domain.money import Money, total
from plugin.domain.reminders.facts import InvoiceFacts, Recipient, StepRef
from plugin.domain.reminders.policy import Channel, Tone
from plugin.domain.reminders.timeline import Entry, Verdict
from plugin.domain.reminders.wording import Stage, text_for


def stage_on(day: date, due: date) -> Stage:
    """``due``: the day from which the ladder counts, later than the due date where the invoice left too late; of an
    instalment its own, however late the invoice is by its paper.
    """
    if day == due:
        return Stage.DUE_TODAY
    return Stage.LATE if day > due else Stage.AHEAD


@dataclass(frozen=True, slots=True)
class Member:
    """One invoice in a message or task, with the step that put it there and what it asks for."""

    invoice_id: str
    number: str
    due_date: date
    amount: Money
    entry: Entry
    stage: Stage

    @property
    def ref(self) -> StepRef:
        """The step it stands for."""
        return self.entry.ref


@dataclass(frozen=True, slots=True)
class MessageProposal:
    """One mail to one recipient. ``lead`` is the strongest member: tone and deadline are its own, and mostly the text.

    ``members`` stand oldest due date first; ``total`` is what is asked for: the members at the stage of the lead.
    """

    client_id: str
    currency: str
    day: date
    language: str
    recipient: Recipient
    lead: Member
    members: tuple[Member, ...]
    total: Money

    @property
    def tone(self) -> Tone:
        """The tone of the whole mail."""
        return self.lead.entry.tone

    @property
    def template(self) -> str:
        """The text of the whole mail."""
        asked = (member.entry for member in self.members if member.stage is self.lead.stage)
        return text_for(self.lead.entry, self.lead.stage, asked)

    @property
    def deadline(self) -> date | None:
        """The deadline of the lead; those of other members stand at their own steps."""
        return self.lead.entry.deadline


@dataclass(frozen=True, slots=True)
class TaskProposal:
    """A task for a person about one invoice. ``open_items``: the client's other due members, for the script (F40)."""

    client_id: str
    channel: Channel
    day: date
    member: Member
    open_items: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Proposals:
    """What one day's due entries become."""

    messages: tuple[MessageProposal, ...]
    tasks: tuple[TaskProposal, ...]


def propose(items: Iterable[tuple[InvoiceFacts, Entry]], day: date) -> Proposals:
    """Messages and tasks out of due entries, in an order that does not depend on that of ``items``.

    Entries that are not due are left out. Two currencies of one client are two mails; so are two recipients, each
    with the invoices whose step names that recipient.
    """
    due = sorted(
        ((facts, entry) for facts, entry in items if entry.verdict is Verdict.DUE),
        key=lambda item: (item[0].client_id, item[0].due_date, item[0].number, item[1].ref),
    )
    mails: dict[tuple[str, str, str], list[tuple[InvoiceFacts, Recipient, Member]]] = defaultdict(list)
    tasks: list[tuple[InvoiceFacts, Member]] = []
    of_client: dict[str, list[Member]] = defaultdict(list)
    for facts, entry in due:
        member = _member(facts, entry, day)
        of_client[facts.client_id].append(member)
        if entry.channel.is_task:
            tasks.append((facts, member))
        for person in entry.recipients:
            mails[facts.client_id, facts.currency.code, person.address.casefold()].append((facts, person, member))
    return Proposals(
        messages=tuple(_message(mails[key], day) for key in sorted(mails)),
        tasks=tuple(_task(facts, member, of_client[facts.client_id], day) for facts, member in tasks),
    )


def _member(facts: InvoiceFacts, entry: Entry, day: date) -> Member:
    stage = stage_on(day, entry.pay_by or facts.ladder_due_date)
    return Member(facts.invoice_id, facts.number, facts.due_date, entry.amount or facts.balance, entry, stage)


def _message(found: list[tuple[InvoiceFacts, Recipient, Member]], day: date) -> MessageProposal:
    facts, recipient, _ = found[0]
    members = tuple(member for _, _, member in found)
    lead = max(members, key=lambda member: strength(member.entry, member.due_date, member.stage))
    return MessageProposal(
        client_id=facts.client_id,
        currency=facts.currency.code,
        day=day,
        language=facts.language,
        recipient=recipient,
        lead=lead,
        members=members,
        total=total((member.amount for member in members if member.stage is lead.stage), facts.currency),
    )


def strength(entry: Entry, due_date: date, stage: Stage) -> tuple[int, int, int, int]:
    """Which member leads a mail: one that is late before one that is not. Tone before level, since two policies may
    number their levels differently; then the longest overdue.
    """
    return (stage, entry.tone.rank, entry.level, -due_date.toordinal())


def _task(facts: InvoiceFacts, member: Member, of_client: list[Member], day: date) -> TaskProposal:
    others = tuple(other for other in of_client if other.invoice_id != member.invoice_id)
    return TaskProposal(facts.client_id, member.entry.channel, day, member, others)
