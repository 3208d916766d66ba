"""The gate's question: may this message still go, word for word? The planner answers again for every member."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from plugin.domain.reminders.consolidate import strength
from plugin.domain.reminders.facts import InvoiceFacts, Mode, StepRecord, StepState, TenantStatus
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy import Channel, Tone
from plugin.domain.reminders.reasons import Reason, ReasonCode
from plugin.domain.reminders.sentences import sentence
from plugin.domain.reminders.timeline import Entry, Verdict
from plugin.services.effects.ports import Dropped, Recheck, Refusal
from plugin.services.follow_ups.addressee import addressee_says
from plugin.services.follow_ups.content_hash import content_hash
from plugin.services.follow_ups.gather import gather, tenant_status
from plugin.services.follow_ups.members import Member, members_of
from plugin.services.follow_ups.messages import MessageKind
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.tenants import Tenant

LOOK_AGAIN = timedelta(minutes=5)
RECIPIENT_CHANGED = "The client's address changed after this mail was planned; it is planned anew."


def recheck(session: TenantSession, message: Message, *, now: datetime) -> Recheck:
    """Says whether the message may leave at ``now``. The caller has locked what it is about."""
    members = members_of(session, message)
    if not members:
        return Recheck(cancelled=Refusal(code="no_member", sentence="Nothing is left that this mail was about."))
    if message.kind != MessageKind.FOLLOW_UP:
        answer = _site_says(session, now) or addressee_says(session, message, members[0], now=now)
        if answer is not None:
            return answer
    else:
        dropped = tuple(_dropped(session, message, members, now))
        if len(dropped) == len(members):
            return Recheck(dropped=dropped, cancelled=Refusal(code=dropped[0].code, sentence=dropped[0].sentence))
        if dropped:
            return Recheck(dropped=dropped)
    if content_hash(session, message) != message.content_hash:
        return Recheck(stale_content=True)
    return Recheck(go=True)


def _dropped(session: TenantSession, message: Message, members: list[Member], now: datetime) -> list[Dropped]:
    found = []
    kept: list[tuple[Entry, Member]] = []
    for member in members:
        entry = entry_at_gate(session, member, now=now)
        if entry is None or entry.verdict is not Verdict.DUE:
            code = entry.reason.code.value if entry else "no_step"
            words = entry.sentence if entry else "The policy has no such step any more."
            found.append(Dropped(member_id=member.row.id, code=code, sentence=words))
        elif not _still_meant(entry, member):
            found.append(Dropped(member_id=member.row.id, code="recipient_changed", sentence=RECIPIENT_CHANGED))
        else:
            _follow(entry, member)
            kept.append((entry, member))
    _speak_as_the_strongest(message, kept)
    session.flush()
    return found


def _speak_as_the_strongest(message: Message, kept: list[tuple[Entry, Member]]) -> None:
    """Tone and wording are those of the strongest member that is left; the others came along in its mail."""
    if not kept:
        return
    lead, _ = max(kept, key=lambda pair: strength(pair[0], pair[1].invoice.due_on or pair[0].nominal or date.max))
    if (message.template, message.tone) != (lead.template, lead.tone.value):
        message.template, message.tone = lead.template, lead.tone.value


def _follow(entry: Entry, member: Member) -> None:
    """Deadline and amount as they are now; the hash of the content shows whether the mail says them already."""
    if member.step is not None and entry.deadline != member.step.deadline_on:
        member.step.deadline_on = entry.deadline
    if entry.amount is not None and entry.amount.minor != member.row.amount_minor:
        member.row.amount_minor = entry.amount.minor


def _still_meant(entry: Entry, member: Member) -> bool:
    """Whether the address is one that the step goes to now (F56)."""
    return member.row.recipient.casefold() in {person.address.casefold() for person in entry.recipients}


def entry_at_gate(session: TenantSession, member: Member, *, now: datetime) -> Entry | None:
    """The planner's entry for a member's step, as if nothing had become of this very step yet."""
    asked = gather(session, member.invoice, now=now)
    facts = _as_claimed(asked.facts, member)
    timeline = plan(facts, asked.policy, asked.calendar, asked.today)
    return timeline.entry(member.row.step_key, member.row.occurrence)


def _as_claimed(facts: InvoiceFacts, member: Member) -> InvoiceFacts:
    """A second recipient's mail is no repetition of the first one's: each is judged as the step at hand."""
    step = member.step
    if step is None:
        return facts
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


def _site_says(session: TenantSession, now: datetime) -> Recheck | None:
    """Invoices and receipts are no reminders: only what stops the whole site stops them."""
    tenant = session.get_one(Tenant, session.tenant_id)
    status = tenant_status(session)
    if status is TenantStatus.UNINSTALLED:
        code = ReasonCode.TENANT_UNINSTALLED
        return Recheck(cancelled=Refusal(code=code.value, sentence=sentence(Reason(code))))
    if status is TenantStatus.DISABLED:
        return _later(ReasonCode.TENANT_DISABLED, now)
    if status is TenantStatus.UNLICENSED:
        return _later(ReasonCode.TENANT_UNLICENSED, now)
    if tenant.kill_switch:
        return _later(ReasonCode.KILL_SWITCH, now)
    if tenant.mode != Mode.LIVE:
        return _later(ReasonCode.SANDBOX, now)
    return None


def _later(code: ReasonCode, now: datetime) -> Recheck:
    return Recheck(hold_until=now + LOOK_AGAIN, hold_reason=sentence(Reason(code)))
