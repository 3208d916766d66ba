"""The gate's question: may this message still go, word for word? The planner answers again for every member."""

from dataclasses import replace
from datetime import date, datetime

from plugin.domain.reminders.consolidate import strength
from plugin.domain.reminders.facts import InvoiceFacts, StepRecord, StepState
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy import Channel, Tone
from plugin.domain.reminders.reasons import Reason, ReasonCode
from plugin.domain.reminders.sentences import sentence
from plugin.domain.reminders.timeline import Entry, Verdict
from plugin.domain.reminders.wording import Stage, text_for
from plugin.services.effects.ports import Dropped, Recheck, Refusal
from plugin.services.follow_ups.bare_mail import bare_mail_says
from plugin.services.follow_ups.calendar import client_today
from plugin.services.follow_ups.content_hash import content_hash
from plugin.services.follow_ups.gather import gather
from plugin.services.follow_ups.members import Member, has_mail, members_of
from plugin.services.follow_ups.messages import MessageKind
from plugin.services.follow_ups.standing import counted_due_days, stage_of
from plugin.store.deployment import is_clock_off
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Message, PlannedStep

NOTHING_LEFT = Recheck(cancelled=Refusal(code="no_member", sentence="Nothing is left that this mail was about."))
RECIPIENT_CHANGED = "The client's address changed after this mail was planned; it is planned anew."


def recheck(session: TenantSession, message: Message, *, now: datetime) -> Recheck:
    """Says whether the message may leave at ``now``. The caller has locked what it is about."""
    members = members_of(session, message)
    if not members:
        return NOTHING_LEFT
    waits = clock_says(session, now=now)
    if waits is not None:
        return waits
    bring_up_to_date(session, message, now=now)
    if message.kind != MessageKind.FOLLOW_UP:
        answer = bare_mail_says(session, message, members, now=now)
        if answer is not None:
            return answer
        # A statement may have got an invoice that its words do not list yet.
        members = members_of(session, message)
    else:
        dropped = tuple(_dropped(session, message, members, now))
        if len(dropped) == len(members):
            return Recheck(dropped=dropped, cancelled=Refusal(code=dropped[0].code, sentence=dropped[0].sentence))
        if dropped:
            return Recheck(dropped=dropped)
    if content_hash(session, message, members) != message.content_hash:
        return Recheck(stale_content=True)
    return Recheck(go=True)


def clock_says(session: TenantSession, *, now: datetime) -> Recheck | None:
    """Nothing is planned, called off or written anew by a wrong clock: the mail stays as it is and waits (F49)."""
    if not is_clock_off(session):
        return None
    return Recheck(hold_until=now, hold_reason=sentence(Reason(ReasonCode.CLOCK_OFF)))


def bring_up_to_date(session: TenantSession, message: Message, *, now: datetime) -> None:
    """A mail that waited speaks the client's language of now, and counts the days late up to the day it leaves."""
    if not is_up_to_date(session, message, now=now):
        message.language, message.day = _language_and_day(session, message, now)
        session.flush()


def is_up_to_date(session: TenantSession, message: Message, *, now: datetime) -> bool:
    """Whether the mail speaks the client's language of now, and of today as the client has it."""
    return (message.language, message.day) == _language_and_day(session, message, now)


def _language_and_day(session: TenantSession, message: Message, now: datetime) -> tuple[str, date]:
    client = session.get_one(Client, (session.tenant_id, message.client_id))
    return client.language, client_today(client, now)


def _dropped(session: TenantSession, message: Message, members: list[Member], now: datetime) -> list[Dropped]:
    found: list[Dropped] = []
    kept: list[tuple[Entry, Member]] = []
    strays: list[tuple[Entry, Member]] = []
    for member in members:
        entry = entry_at_gate(session, member, now=now)
        if entry is None or entry.verdict is not Verdict.DUE:
            code = entry.reason.code.value if entry else "no_step"
            words = entry.sentence if entry else "The policy has no such step any more."
            found.append(Dropped(member_id=member.row.id, code=code, sentence=words))
        else:
            (kept if _goes_to(entry, member.row.recipient) else strays).append((entry, member))
    if strays and not kept and _readdress(session, message, strays):
        kept, strays = strays, []
    for _, member in strays:
        found.append(Dropped(member_id=member.row.id, code="recipient_changed", sentence=RECIPIENT_CHANGED))
    for entry, member in kept:
        _follow(entry, member)
    _speak_as_the_strongest(session, message, kept)
    session.flush()
    return found


def _readdress(session: TenantSession, message: Message, strays: list[tuple[Entry, Member]]) -> bool:
    """Sends the mail to a contact of these steps who has none about them yet: nothing of it was accepted so far."""
    for person in strays[0][0].recipients:
        if all(_goes_to(entry, person.address) for entry, _ in strays) and not any(
            has_mail(session, member.row.invoice_id, member.row.step_key, member.row.occurrence, to=person.address)
            for _, member in strays
        ):
            message.recipient = person.address
            for _, member in strays:
                member.row.recipient = person.address
            return True
    return False


def _speak_as_the_strongest(session: TenantSession, message: Message, kept: list[tuple[Entry, Member]]) -> None:
    """Tone and wording are those of the strongest member that is left; the others came along in its mail."""
    if not kept:
        return
    client = session.get_one(Client, (session.tenant_id, message.client_id))

    due = counted_due_days(session, (member.invoice for _, member in kept), client)
    staged = [
        (stage_of(session, member, due[member.invoice.id], day=message.day), entry, member) for entry, member in kept
    ]

    def of(one: tuple[Stage, Entry, Member]) -> tuple[int, int, int, int]:
        stage, entry, member = one
        return strength(entry, member.invoice.due_on or entry.nominal or date.max, stage)

    furthest, lead, _ = max(staged, key=of)
    text = text_for(lead, furthest, (entry for stage, entry, _ in staged if stage is furthest))
    if (message.template, message.tone) != (text, lead.tone.value):
        message.template, message.tone = text, lead.tone.value


def _follow(entry: Entry, member: Member) -> None:
    """Deadline and amount as they are now; the hash of the content shows whether the mail says them already."""
    if member.step is not None and entry.deadline != member.step.deadline_on:
        member.step.deadline_on = entry.deadline
    if entry.amount is not None and entry.amount.minor != member.row.amount_minor:
        member.row.amount_minor = entry.amount.minor


def _goes_to(entry: Entry, address: str) -> bool:
    """Whether the address is one that the step goes to now (F56)."""
    return address.casefold() in {person.address.casefold() for person in entry.recipients}


def entry_at_gate(session: TenantSession, member: Member, *, now: datetime) -> Entry | None:
    """The planner's entry for a member's step, as if nothing had become of this very step yet."""
    asked = gather(session, member.invoice, now=now)
    facts = asked.facts if member.step is None else as_claimed(asked.facts, member.step)
    timeline = plan(facts, asked.policy, asked.calendar, asked.today)
    return timeline.entry(member.row.step_key, member.row.occurrence)


def as_claimed(facts: InvoiceFacts, step: PlannedStep) -> InvoiceFacts:
    """A second recipient's mail is no repetition of the first one's: each is judged as the step at hand."""
    at_hand = StepRecord(
        key=step.step_key,
        occurrence=step.occurrence,
        state=StepState.CLAIMED,
        channel=Channel(step.channel),
        tone=Tone(step.tone),
        level=step.level,
        moved_to=step.moved_to,
        requested=step.requested,
        approved=step.approved,
    )
    others = [record for record in facts.records if (record.key, record.occurrence) != (step.step_key, step.occurrence)]
    return replace(facts, records=(*others, at_hand))
