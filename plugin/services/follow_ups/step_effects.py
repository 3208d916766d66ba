"""Steps that leave alone, by a channel of their own: their effect, the gate's question, and what came of them."""

from datetime import datetime

from sqlalchemy import func, select

from plugin.domain.calendar import civil_day
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy import Channel
from plugin.domain.reminders.reasons import Reason, ReasonCode
from plugin.domain.reminders.sentences import sentence
from plugin.domain.reminders.timeline import Entry, Verdict
from plugin.services.effects.ports import Refusal
from plugin.services.effects.step_channel import StepAbout
from plugin.services.follow_ups.gather import gather
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.follow_ups.recheck import as_claimed
from plugin.services.history.record import record_event
from plugin.store.deployment import is_clock_off
from plugin.store.outbox import add_effect
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect

KINDS = {Channel.JIRA: "jira_action", Channel.WEBHOOK: "webhook", Channel.LETTER: "letter"}
"""The kind of effect that carries a step of each channel."""
WORDS = {Channel.JIRA: "Done in Jira", Channel.WEBHOOK: "Passed on", Channel.LETTER: "Letter made"}
NO_STEP = Refusal(code="no_step", sentence="The policy has no such step any more.")
NOT_OURS = Refusal(code="superseded", sentence="Another attempt carries this step now.")


def add_step_effect(session: TenantSession, step: PlannedStep, entry: Entry, *, now: datetime) -> str:
    """Hands a due step to the outbox, which is its schedule from then on; gives the effect's id."""
    kind = KINDS[entry.channel]
    tried = select(func.count()).select_from(Effect).where(Effect.kind == kind, Effect.subject_id == step.id)
    number = session.execute(tried).scalar_one() + 1
    effect = add_effect(session, kind=kind, key=f"{kind}:{step.id}:{number}", subject_id=step.id, now=now)
    step.effect_id, step.next_at = effect.id, None
    step.state, step.deadline_on = "planned", entry.deadline
    session.flush()
    return effect.id


def step_at_gate(session: TenantSession, step: PlannedStep, *, effect_id: str, now: datetime) -> StepAbout | Refusal:
    """The planner's answer, as if nothing had become of this very step yet. The rows are locked."""
    if step.effect_id != effect_id:
        return NOT_OURS
    if is_clock_off(session):
        return Refusal(code=ReasonCode.CLOCK_OFF.value, sentence=sentence(Reason(ReasonCode.CLOCK_OFF)))
    invoice = session.get_one(Invoice, (session.tenant_id, step.invoice_id))
    asked = gather(session, invoice, now=now)
    timeline = plan(as_claimed(asked.facts, step), asked.policy, asked.calendar, asked.today)
    entry = timeline.entry(step.step_key, step.occurrence)
    if entry is None:
        return NO_STEP
    if entry.verdict is not Verdict.DUE:
        return Refusal(code=entry.reason.code.value, sentence=entry.sentence)
    step.deadline_on = entry.deadline
    return StepAbout(
        step=step,
        wanted=asked.policy.step(step.step_key),
        entry=entry,
        invoice=invoice,
        client=session.get_one(Client, (session.tenant_id, invoice.client_id)),
        project=session.get_one(Project, (session.tenant_id, invoice.project_id)),
        today=asked.today,
    )


def step_sent(session: TenantSession, step: PlannedStep, *, now: datetime, text: str, note: str) -> None:
    """It was carried out: the step is done, the history says so, and what comes next is planned anew."""
    invoice = session.get_one(Invoice, (session.tenant_id, step.invoice_id))
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    channel = Channel(step.channel)
    today = civil_day(now, client.zone)
    step.state, step.done_at, step.done_on, step.next_at = "sent", now, today, None
    step.reason_code, step.reason = "sent", f"{text or WORDS[channel]} on {today}."
    if channel.reaches_client:
        client.last_contact_at = now
    _record(session, invoice, step, kind="sent", text=text or WORDS[channel], note=note, now=now)
    replan(session, invoice, now=now)


def step_failed(session: TenantSession, step: PlannedStep, *, now: datetime, reason: str) -> None:
    """No retry will help: a person was told, and the history says so."""
    invoice = session.get_one(Invoice, (session.tenant_id, step.invoice_id))
    step.reason_code, step.reason, step.next_at = "failed", reason, None
    _record(session, invoice, step, kind="failed", text="Could not be carried out", note=reason, now=now)
    replan(session, invoice, now=now)


def step_deferred(session: TenantSession, step: PlannedStep, *, next_at: datetime, reason: str) -> None:
    """Not now; the effect is the schedule of the next try."""
    step.reason_code = "deferred"
    step.reason = f"{reason} Next try at {next_at:%Y-%m-%d %H:%M} UTC."
    session.flush()


def step_in_doubt(session: TenantSession, step: PlannedStep, *, reason: str) -> None:
    """It may have been carried out: it waits for a person."""
    step.reason_code, step.reason = "in_doubt", reason
    session.flush()


def step_given_back(session: TenantSession, step: PlannedStep, *, now: datetime, refusal: Refusal) -> None:
    """Nothing was done: the step is the planner's again, which may hold it, call it off, or let it go anew."""
    if step.effect_id is None or refusal is NOT_OURS:
        return
    invoice = session.get_one(Invoice, (session.tenant_id, step.invoice_id))
    step.effect_id, step.next_at = None, now
    step.state, step.reason_code, step.reason = "planned", refusal.code, refusal.sentence
    session.flush()
    replan(session, invoice, now=now)


def _record(
    session: TenantSession, invoice: Invoice, step: PlannedStep, *, kind: str, text: str, note: str, now: datetime
) -> None:
    record_event(
        session,
        invoice,
        kind=kind,
        text=text,
        internal_note=note,
        key=f"{kind}:{step.effect_id}",
        now=now,
        step_key=step.step_key,
        channel=step.channel,
    )
