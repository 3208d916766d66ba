"""What clients said about invoices, as panel and invoice page show it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from plugin.store.queries.voices import answers_about, mails_about, questions_about
from plugin.store.session import TenantSession
from plugin.store.tables.answers import ClientAnswer, InboundMail
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice
from plugin.ui import words
from plugin.ui.filters import day, moment, money
from plugin.ui.words import Words

SHOWN_MAILS = ("reply", "auto_reply", "bounce")


@dataclass(frozen=True, kw_only=True, slots=True)
class VoiceView:
    """One thing said. ``facts`` are what a form asked; ``text`` is shown as it was typed, never as HTML.

    ``task_id``: the task to answer, on the invoice at hand; ``issue_key``: its issue in Jira.
    """

    id: str
    what: Words
    who: str
    when: str
    facts: str
    text: str
    is_open: bool
    can_be_undone: bool
    handled_by: str
    note: str
    task_id: str = ""
    issue_key: str = ""


def voices_of(session: TenantSession, invoices: Sequence[Invoice]) -> dict[str, list[VoiceView]]:
    """By invoice id, newest first; three queries for all of them."""
    found: dict[str, list[tuple[object, VoiceView]]] = {invoice.id: [] for invoice in invoices}
    currencies = {invoice.id: invoice.currency for invoice in invoices}
    for answer in answers_about(session, list(currencies)):
        found[answer.invoice_id].append((answer.given_at, _answer(answer, currencies[answer.invoice_id])))
    mails = [mail for mail in mails_about(session, invoices) if mail.kind in SHOWN_MAILS]
    for invoice in invoices:
        about = [mail for mail in mails if mail.client_id == invoice.client_id]
        found[invoice.id] += [
            (mail.received_at, _mail(mail)) for mail in about if not mail.invoice_ids or invoice.id in mail.invoice_ids
        ]
    tasks = {(task.invoice_id, task.step_key.partition(":")[2]): task for task in questions_about(session, found)}
    return {
        invoice_id: [
            _with_task(view, tasks.get((invoice_id, view.id)))
            for _, view in sorted(told, key=lambda dated: str(dated[0]), reverse=True)
        ]
        for invoice_id, told in found.items()
    }


def _with_task(view: VoiceView, task: Task | None) -> VoiceView:
    return view if task is None else replace(view, task_id=task.id, issue_key=task.issue_key)


def handlers_of(voices: dict[str, list[VoiceView]]) -> list[str]:
    """The account ids of those who dealt with something."""
    return [view.handled_by for told in voices.values() for view in told if view.handled_by]


def _answer(answer: ClientAnswer, currency: str) -> VoiceView:
    detail = answer.detail or {}
    return VoiceView(
        id=answer.id,
        what=words.ANSWER[answer.kind],
        who=answer.name,
        when=moment(answer.given_at),
        facts=_facts(detail, currency),
        text=answer.text,
        is_open=answer.handled_at is None,
        can_be_undone=answer.handled_at is None,
        handled_by=answer.handled_by,
        note=str(detail.get("note", "")),
    )


def _mail(mail: InboundMail) -> VoiceView:
    detail = mail.detail or {}
    robot = mail.kind == "auto_reply"
    return VoiceView(
        id=mail.id,
        what=words.COMPLAINT if detail.get("complaint") else words.INBOUND[mail.kind],
        who=mail.sender,
        when=moment(mail.received_at),
        facts=" ".join(str(detail.get(name, "")) for name in ("status", "diagnostic")).strip() or mail.subject,
        text="" if robot else mail.text,
        is_open=mail.handled_at is None and not robot,
        can_be_undone=False,
        handled_by=mail.handled_by,
        note=str(detail.get("note", "")),
    )


def _facts(detail: dict[str, object], currency: str) -> str:
    """The day, the amount, the parts: what the form asked."""
    on = str(detail.get("day", ""))
    amount, parts, line = (_whole(detail.get(name)) for name in ("amount_minor", "parts", "line"))
    told = (
        f"{parts} instalments" if parts else "",
        money(amount, currency) if amount else "",
        f"line {line}" if line else "",
        day(date.fromisoformat(on)) if on else "",
        str(detail.get("reference", "")),
        str(detail.get("email", "")),
    )
    return ", ".join(part for part in told if part)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
