"""Takes an answer of a client: stores it, tells the history, lets the ladder rest as far as the answer asks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from plugin.domain.errors import InvalidInput
from plugin.domain.payments.instalments import Rhythm, split
from plugin.domain.reminders.policy import Channel
from plugin.services.answers.opened import Opened
from plugin.services.answers.promised import PROMISE_AGAIN, has_promised, rung_of
from plugin.services.answers.said import Answer, AnswerKind, Said, answers_of
from plugin.services.answers.tasks import add_person_task
from plugin.services.answers.viewed import mark_viewed
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.holds import put_hold
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.follow_ups.task_words import FIX, REPLY
from plugin.services.history.record import record_event
from plugin.services.query_issues.queue import queue_by_itself
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.answers import ClientAnswer
from plugin.store.tables.follow_ups import Hold, Task
from plugin.store.tables.invoices import Invoice

CLIENT = "client"
"""The actor of what a client does."""
TOLD = {
    AnswerKind.ALREADY_PAID: "The client says that it has paid",
    AnswerKind.PLAN: "The client asks for instalments",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """One answer about one invoice, on its way into the rows."""

    session: TenantSession
    invoice: Invoice
    answer: Answer
    row: ClientAnswer
    today: date
    now: datetime


def give_answer(session: TenantSession, opened: Opened, said: Said, *, now: datetime) -> list[ClientAnswer]:
    """Stores what was said about each invoice and plans it anew at once. InvalidInput names the field.

    A copy for staff takes no answers; to give one is to have seen the page.
    """
    if opened.is_copy:
        raise InvalidInput("This is a preview for the team; answers are taken from the client's own mail.")
    # Invoices are locked first and in the order of their ids, whoever locks several.
    answers = sorted(answers_of(opened, said), key=lambda answer: answer.bill.invoice.id)
    for answer in answers:
        invoice_of(session, answer.bill.invoice.id, lock=True)
    mark_viewed(session, opened, now=now)
    return [_take(session, opened, answer, now) for answer in answers]


def _take(session: TenantSession, opened: Opened, answer: Answer, now: datetime) -> ClientAnswer:
    invoice = invoice_of(session, answer.bill.invoice.id, lock=True)
    rung = rung_of(session, invoice, now=now) if answer.kind is AnswerKind.PROMISE else 0
    is_further = answer.kind is AnswerKind.PROMISE and has_promised(session, invoice, rung=rung)
    row = ClientAnswer(
        id=new_id(),
        invoice_id=invoice.id,
        message_row_id=opened.message.id if opened.message else None,
        kind=PROMISE_AGAIN if is_further else answer.kind.value,
        name=answer.name,
        text=answer.text,
        detail=_detail(answer, rung=rung),
        given_at=now,
    )
    session.add(row)
    # The gate waits for whoever changes the invoice row, so an answer that is committed is seen (I3).
    invoice.row_version += 1
    session.flush()
    _EFFECTS[row.kind](_Case(session=session, invoice=invoice, answer=answer, row=row, today=opened.today, now=now))
    record_audit(
        session, actor=CLIENT, action=f"answer.{row.kind}", subject=invoice.id, now=now, after={"answer": row.id}
    )
    return row


def _detail(answer: Answer, *, rung: int) -> dict[str, object]:
    """What the form asked beside name and text; absent where it was left empty. ``rung``: where the ladder stood."""
    given: dict[str, object] = {
        "day": answer.day.isoformat() if answer.day else "",
        "amount_minor": answer.amount.minor if answer.amount else 0,
        "reference": answer.reference,
        "email": answer.email,
        "line": answer.line,
        "parts": answer.parts,
        "rung": rung,
    }
    if answer.kind is AnswerKind.PLAN and answer.day:
        parts = split(answer.bill.asked, count=answer.parts, first=answer.day, rhythm=Rhythm.MONTH)
        given["proposed"] = [{"due_on": part.due_on.isoformat(), "amount_minor": part.amount.minor} for part in parts]
    return {name: value for name, value in given.items() if value}


def _wait_for_a_person(case: _Case) -> None:
    """Already paid, or instalments wanted: the answer itself holds the next automatic step until it is dealt with."""
    is_plan = case.answer.kind is AnswerKind.PLAN
    _task(case, Channel.PLAN_OFFER.value if is_plan else REPLY, f"{TOLD[case.answer.kind]}.")
    record_event(
        case.session,
        case.invoice,
        kind="plan" if is_plan else "replied",
        text=TOLD[case.answer.kind],
        internal_note=_note(case.answer),
        key=f"answer:{case.row.id}",
        now=case.now,
        actor=CLIENT,
    )
    replan(case.session, case.invoice, now=case.now)


def _wrong_contact(case: _Case) -> None:
    instead = ", ".join(part for part in (case.answer.name, case.answer.email) if part)
    reason = "The client says that this is the wrong contact"
    words = f"{reason}. Instead: {instead}" if instead else f"{reason}: {case.answer.text}"
    hold = _hold(case, "obstacle", words)
    # Closing the task ends its hold.
    _task(case, FIX, words, hold=hold.id)


def _query(case: _Case) -> None:
    """Only what is contested is held; the rest is asked for as before (U12)."""
    amount = case.answer.amount
    _hold(case, "disputed", case.answer.text, amount_minor=amount.minor if amount else None)
    task = _task(case, REPLY, "The client has a question; what it is about is held.")
    queue_by_itself(case.session, case.invoice, task, now=case.now)


def _promise(case: _Case) -> None:
    said = f": {case.answer.text}" if case.answer.text else ""
    _hold(case, "promised", f"Promised on the page behind the mail{said}", until=case.answer.day)


def _promise_again(case: _Case) -> None:
    """The first promise rests the ladder for its days; from the second on a person decides, until the next step."""
    task = _task(case, REPLY, "The client promises another day: agree and record the promise, or answer.")
    record_event(
        case.session,
        case.invoice,
        kind="replied",
        text="The client promises another day",
        internal_note=_note(case.answer),
        key=f"answer:{case.row.id}",
        now=case.now,
        actor=CLIENT,
    )
    queue_by_itself(case.session, case.invoice, task, now=case.now)
    replan(case.session, case.invoice, now=case.now)


def _task(case: _Case, kind: str, what: str, **more: object) -> Task:
    return add_person_task(
        case.session,
        case.invoice,
        kind=kind,
        source=f"answer:{case.row.id}",
        detail={**case.row.detail, "what": what, **more},
        today=case.today,
        now=case.now,
    )


def _hold(case: _Case, kind: str, reason: str, *, until: date | None = None, amount_minor: int | None = None) -> Hold:
    return put_hold(
        case.session,
        case.invoice.id,
        kind=kind,
        reason=reason[:2000],
        today=case.today,
        now=case.now,
        actor=CLIENT,
        until=until,
        amount_minor=amount_minor,
        detail={"answer": case.row.id, "line": case.answer.line},
    )


def _note(answer: Answer) -> str:
    """For the panel only: names, amounts and words never enter the comment on the issue (L57)."""
    paid = f"{answer.amount} paid" if answer.amount else ""
    dated = answer.kind in (AnswerKind.ALREADY_PAID, AnswerKind.PROMISE)
    on = f"on {answer.day}" if answer.day and dated else ""
    wanted = f"{answer.parts} instalments from {answer.day}" if answer.parts else ""
    parts = (paid, on, wanted, f"reference {answer.reference}" if answer.reference else "", answer.name, answer.text)
    return ", ".join(part for part in parts if part)


_EFFECTS: dict[str, Callable[[_Case], None]] = {
    AnswerKind.ALREADY_PAID: _wait_for_a_person,
    AnswerKind.PLAN: _wait_for_a_person,
    AnswerKind.WRONG_CONTACT: _wrong_contact,
    AnswerKind.QUERY: _query,
    AnswerKind.PROMISE: _promise,
    PROMISE_AGAIN: _promise_again,
}
