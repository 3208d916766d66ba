"""What the page behind a mail's links shows: ready-made texts in the client's language, taken from what was issued."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from plugin.catalogue import Catalogue
from plugin.domain.documents.model import InvoiceDocument
from plugin.domain.money import total
from plugin.services.answers.opened import Bill, Opened
from plugin.services.answers.said import PARTS, PROMISE_DAYS, AnswerKind, line_gross
from plugin.store.tables.answers import ClientAnswer
from plugin.ui.client.bill import BillView, Writer, bill_view
from plugin.ui.client.texts import texts_for

LONGEST_CHOICE = 60
MOST_LINES_TO_CHOOSE = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """A form that was refused: which one, what was typed, and the field that is wrong."""

    form: str
    values: Mapping[str, str]
    bills: Sequence[str]
    field: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PageView:
    """The whole page. ``opened_form`` names the form that is unfolded."""

    words: Catalogue
    seller: str
    title: str
    logo: str
    bills: list[BillView]
    to_pay: str
    due: str
    contested: str
    is_paid: bool
    given: list[tuple[str, str]]
    phone: str
    email: str
    is_copy: bool
    has_thanks: bool
    opened_form: str
    forms: Mapping[str, "FormView"] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class FormView:
    """Values, limits and choices of one form; ``errors`` by field."""

    values: Mapping[str, str]
    errors: Mapping[str, str]
    first_day: str = ""
    last_day: str = ""
    choices: Sequence[tuple[str, str]] = ()
    chosen_bills: Sequence[str] = ()


def page_view(opened: Opened, *, form: str, typed: Typed | None = None, has_thanks: bool = False) -> PageView:
    """The page as it stands; ``form`` is the one that a link of the mail asks for."""
    write = Writer(texts_for(opened.language))
    lead = opened.bills[0].document
    open_bills = opened.open_bills
    asked = total((bill.asked for bill in open_bills), opened.bills[0].balance.currency)
    held = total((bill.balance - bill.asked for bill in open_bills), asked.currency)
    words = write.words
    title = (
        words("page.title", number=lead.number)
        if len(opened.bills) == 1
        else words.counted("page.titles", len(opened.bills))
    )
    return PageView(
        words=words,
        seller=lead.seller.name,
        title=title,
        logo=_logo(lead),
        bills=[bill_view(write, place, bill) for place, bill in enumerate(opened.bills, start=1)],
        to_pay=write.money(asked) if open_bills else "",
        due=_due(write, open_bills, opened.today),
        contested=words("standing.contested", amount=write.money(held)) if held else "",
        is_paid=all(bill.is_paid for bill in opened.bills),
        given=[_given(write, answer) for answer in _each_once(opened.answers)],
        phone=lead.seller.phone,
        email=lead.seller.email,
        is_copy=opened.is_copy,
        has_thanks=has_thanks and bool(opened.answers),
        opened_form=typed.form if typed else form if form in list(AnswerKind) else "",
        forms={kind.value: _form(write, opened, kind, typed) for kind in AnswerKind},
    )


def _due(write: Writer, bills: Sequence[Bill], today: date) -> str:
    days = [bill.invoice.due_on for bill in bills if bill.invoice.due_on]
    if not days:
        return ""
    return write.words("standing.was_due" if min(days) < today else "standing.due", date=write.day(min(days)))


def _logo(document: InvoiceDocument) -> str:
    logo = document.brand.logo
    return f"data:{logo.media_type};base64,{base64.b64encode(logo.content).decode()}" if logo else ""


def _each_once(answers: Sequence[ClientAnswer]) -> list[ClientAnswer]:
    """An answer about several invoices is one thing said."""
    return list({(answer.kind, answer.given_at, answer.text): answer for answer in answers}.values())


def _given(write: Writer, answer: ClientAnswer) -> tuple[str, str]:
    detail = answer.detail or {}
    day = str(detail.get("day", ""))
    values = {
        "day": write.day(date.fromisoformat(day)) if day else "",
        "text": answer.text,
        "parts": str(detail.get("parts", "")),
    }
    standing = "given.handled" if answer.handled_at else "given.open"
    needs_reply = answer.kind != AnswerKind.PROMISE.value
    return write.words(f"given.{answer.kind}", **values), write.words(standing) if needs_reply else ""


def _form(write: Writer, opened: Opened, kind: AnswerKind, typed: Typed | None) -> FormView:
    mine = typed if typed and typed.form == kind.value else None
    first, last = _days(opened.today, kind)
    values = dict(mine.values) if mine else _defaults(opened, kind)
    return FormView(
        values=values,
        errors={mine.field: _error(write, mine.field, first, last)} if mine else {},
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        choices=_about(write, opened) if kind is AnswerKind.QUERY else _counts(kind),
        chosen_bills=mine.bills if mine else [str(place) for place, _ in enumerate(opened.bills, start=1)],
    )


def _defaults(opened: Opened, kind: AnswerKind) -> dict[str, str]:
    open_bills = opened.open_bills
    if kind is AnswerKind.ALREADY_PAID:
        amount = f"{open_bills[0].asked.to_decimal():f}" if len(open_bills) == 1 else ""
        return {"day": opened.today.isoformat(), "amount": amount}
    if kind is AnswerKind.PLAN:
        return {"day": (opened.today + timedelta(days=14)).isoformat(), "parts": "2"}
    return {}


def _days(today: date, kind: AnswerKind) -> tuple[date, date]:
    if kind is AnswerKind.ALREADY_PAID:
        return today - timedelta(days=366), today
    return today, today + timedelta(days=PROMISE_DAYS)


def _counts(kind: AnswerKind) -> list[tuple[str, str]]:
    return [(str(parts), str(parts)) for parts in PARTS] if kind is AnswerKind.PLAN else []


def _about(write: Writer, opened: Opened) -> list[tuple[str, str]]:
    """Each open invoice as a whole, and each of its lines: ``place`` or ``place.position``."""
    found: list[tuple[str, str]] = []
    for place, bill in enumerate(opened.bills, start=1):
        if not bill.is_open:
            continue
        number = bill.document.number or ""
        found.append((str(place), write.words("query.whole", number=number)))
        for line in bill.document.lines[:MOST_LINES_TO_CHOOSE]:
            what = line.description if len(line.description) <= LONGEST_CHOICE else f"{line.description[:57]}…"
            amount = write.money(line_gross(line, bill.balance.currency))
            words = write.words("query.line", number=number, position=line.position, what=what, amount=amount)
            found.append((f"{place}.{line.position}", words))
    return found


def _error(write: Writer, name: str, first: date, last: date) -> str:
    keys = ("bills", "day", "amount", "text", "name", "email", "line", "parts", "form")
    return write.words(
        f"error.{name}" if name in keys else "answer.check",
        first=write.day(first),
        last=write.day(last),
        example="1234.50" if write.words.language == "en" else "1234,50",
    )
