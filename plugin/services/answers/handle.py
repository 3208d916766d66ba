"""Somebody has dealt with what a client said: the ladder goes on; or takes back what the answer has set going."""

from datetime import datetime

from sqlalchemy import select

from plugin.domain.errors import Conflict, NotFound
from plugin.services.answers.promised import TAKEN_BACK
from plugin.services.answers.tasks import close_person_task
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.holds import lift_hold
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.history.record import record_event
from plugin.services.settings.checks import clean_block
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.answers import ClientAnswer, InboundMail
from plugin.store.tables.follow_ups import Hold, Task
from plugin.store.tables.invoices import Invoice

DEALT_WITH = "dealt_with"
Voice = ClientAnswer | InboundMail


def handle_answer(session: TenantSession, answer_id: str, *, note: str, now: datetime, actor: str) -> ClientAnswer:
    """Marks an answer as dealt with; a hold of its own (a promise, a dispute) stays until it is lifted or over."""
    answer = _answer(session, answer_id)
    invoice = invoice_of(session, answer.invoice_id, lock=True)
    words = clean_block(note, field="note")
    _close(session, answer, f"answer:{answer.id}", DEALT_WITH, words, now=now, actor=actor)
    _tell(session, invoice, answer.id, "Dealt with what the client said", words, now=now, actor=actor)
    _audit(session, answer, DEALT_WITH, now=now, actor=actor)
    return answer


def undo_answer(session: TenantSession, answer_id: str, *, note: str, now: datetime, actor: str) -> ClientAnswer:
    """Takes back what the answer has set going: its hold is lifted, its task is closed, the ladder goes on."""
    answer = _answer(session, answer_id)
    invoice = invoice_of(session, answer.invoice_id, lock=True)
    words = clean_block(note, field="note")
    for hold in session.scalars(select(Hold).where(Hold.invoice_id == invoice.id, Hold.lifted_at.is_(None))).all():
        if hold.detail and hold.detail.get("answer") == answer.id:
            lift_hold(session, hold.id, now=now, actor=actor)
    _close(session, answer, f"answer:{answer.id}", TAKEN_BACK, words, now=now, actor=actor)
    _tell(session, invoice, answer.id, "Took back the effect of what the client said", words, now=now, actor=actor)
    _audit(session, answer, TAKEN_BACK, now=now, actor=actor)
    return answer


def handle_mail(session: TenantSession, mail_id: str, *, note: str, now: datetime, actor: str) -> InboundMail:
    """Marks a mail as dealt with; all its invoices are planned anew."""
    mail = session.scalars(select(InboundMail).where(InboundMail.id == mail_id)).one_or_none()
    if mail is None:
        raise NotFound("There is no such mail here; reload the page.")
    words = clean_block(note, field="note")
    invoices = [invoice_of(session, invoice_id, lock=True) for invoice_id in sorted(mail.invoice_ids)]
    session.refresh(mail, with_for_update=True)
    _close(session, mail, f"mail:{mail.id}", DEALT_WITH, words, now=now, actor=actor)
    for invoice in invoices:
        _tell(session, invoice, mail.id, "Dealt with the client's mail", words, now=now, actor=actor)
    _audit(session, mail, DEALT_WITH, now=now, actor=actor)
    return mail


def close_with_task(session: TenantSession, task: Task, *, now: datetime, actor: str) -> None:
    """What a client said is dealt with when the task that came of it is closed in its own form."""
    source, _, voice_id = task.step_key.partition(":")
    key = (session.tenant_id, voice_id)
    voice: Voice | None = None
    if source == "answer":
        voice = session.get(ClientAnswer, key)
    elif source == "mail":
        voice = session.get(InboundMail, key)
    if voice is not None and voice.handled_at is None:
        voice.handled_by, voice.handled_at = actor, now
        voice.detail = {**(voice.detail or {}), "outcome": task.outcome, "note": task.notes}
        session.flush()


def _answer(session: TenantSession, answer_id: str) -> ClientAnswer:
    answer = session.scalars(select(ClientAnswer).where(ClientAnswer.id == answer_id)).one_or_none()
    if answer is None:
        raise NotFound("There is no such answer here; reload the page.")
    return answer


def _close(
    session: TenantSession, voice: Voice, source: str, outcome: str, note: str, *, now: datetime, actor: str
) -> None:
    session.refresh(voice)
    if voice.handled_at is not None:
        raise Conflict("Somebody dealt with this already; reload the page.")
    voice.handled_by, voice.handled_at = actor, now
    voice.detail = {**(voice.detail or {}), "outcome": outcome, "note": note}
    close_person_task(session, source, outcome=outcome, note=note, actor=actor, now=now)


def _audit(session: TenantSession, voice: Voice, outcome: str, *, now: datetime, actor: str) -> None:
    """Comes last: the head of the chain is the last lock that anybody takes."""
    record_audit(session, actor=actor, action=f"voice.{outcome}", subject=voice.id, now=now)


def _tell(
    session: TenantSession, invoice: Invoice, voice_id: str, text: str, note: str, *, now: datetime, actor: str
) -> None:
    invoice.row_version += 1
    session.flush()
    key = f"handled:{voice_id}:{invoice.id}"
    record_event(session, invoice, kind="note", text=text, internal_note=note, key=key, now=now, actor=actor)
    if invoice.issued_on is not None:
        replan(session, invoice, now=now)
