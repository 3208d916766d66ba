"""What can be seen from outside: mails in the sink and comments in the pretend Jira, counted without asking Dunlin."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sandbox.jira.model import Comment, Json
from sandbox.mailbox.mail import Mail

NUMBER = re.compile(r"\bINV-\d{4}-\d{4,}\b")
SUBJECTS = (
    ("issue", re.compile(r"^(Invoice \S+ from|Rechnung \S+ von|Facture \S+ de|Factura \S+ de) ")),
    ("instalment", re.compile(r"^(Instalment|Rate|Le versement|El plazo) \d+ ")),
    (
        "notice",
        re.compile(
            r"\b(is due on|are due soon)\b|\b(ist am .* fällig|sind bald fällig)$"
            r"|\barrive(nt bientôt)? à échéance\b|\bvence(n)? (el|pronto)\b"
        ),
    ),
    ("friendly", re.compile(r"^(Friendly reminder|Freundliche Erinnerung|Petit rappel|Recordatorio amistoso)\s?:")),
    (
        "second",
        re.compile(r"^((Second r|R)eminder|(Zweite )?Erinnerung|(Deuxième r|R)appel|(Segundo r|R)ecordatorio)\s?:"),
    ),
    ("final", re.compile(r"^(Final notice|Letzte Erinnerung|Dernier rappel|Último aviso)\s?:")),
    (
        "receipt",
        re.compile(r"^(Thank you for your payment|Vielen Dank für Ihre Zahlung|Merci pour votre|Gracias por su) "),
    ),
)
REMINDERS = ("notice", "friendly", "second", "final")
STEP_OF_WORDS = {
    "Invoice": "issue",
    "Notice before the due date": "notice",
    "Friendly reminder": "friendly",
    "Phone call": "call",
    "Second reminder": "second",
    "Offer of a payment plan": "plan_offer",
    "Final notice": "final",
    "Legal decision": "legal",
    "Notice of an instalment": "instalment",
    "Reminder of an instalment": "instalment",
    "Receipt": "receipt",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenMail:
    """One accepted mail: its step by its subject ("" if unknown) and the invoices it names. ``at`` is world time."""

    step: str
    numbers: tuple[str, ...]
    at: datetime
    message_id: str
    recipients: tuple[str, ...]
    text: str
    pdfs: tuple[int, ...]

    @property
    def is_reminder(self) -> bool:
        return self.step in REMINDERS


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenRow:
    """One row of an invoice's living comment."""

    number: str
    day: date
    step: str
    channel: str
    text: str


def seen_mails(mails: Iterable[Mail]) -> list[SeenMail]:
    """All mails of a sink, oldest first."""
    return [_seen(mail) for mail in mails]


def seen_rows(comments: Iterable[Comment]) -> list[SeenRow]:
    """The rows of all comments that tell an invoice's history."""
    return [row for comment in comments for row in _rows(comment.body)]


def _seen(mail: Mail) -> SeenMail:
    subject, text = mail.subject, mail.text
    return SeenMail(
        step=next((step for step, pattern in SUBJECTS if pattern.search(subject)), ""),
        numbers=tuple(dict.fromkeys(NUMBER.findall(f"{subject}\n{text}"))),
        at=mail.received_at,
        message_id=mail.message_id,
        recipients=mail.recipients,
        text=text,
        pdfs=tuple(len(each.content) for each in mail.attachments if each.content.startswith(b"%PDF")),
    )


def _rows(body: Json) -> Iterator[SeenRow]:
    number = NUMBER.search(_words(body))
    if number is None:
        return
    for row in _nodes(body, "tableRow"):
        cells = list(_nodes(row, "tableCell"))
        if len(cells) == 4:
            step, channel, text = (_words(cell) for cell in cells[1:])
            yield SeenRow(
                number=number.group(),
                day=_day(cells[0]),
                step=STEP_OF_WORDS.get(step, step),
                channel=channel,
                text=text,
            )


def _nodes(node: Json, kind: str) -> Iterator[Json]:
    if not isinstance(node, dict):
        return
    if node.get("type") == kind:
        yield node
        return
    children = node.get("content")
    for child in children if isinstance(children, list) else []:
        yield from _nodes(child, kind)


def _words(node: Json) -> str:
    return "".join(str(leaf.get("text", "")) for leaf in _nodes(node, "text") if isinstance(leaf, dict))


def _day(cell: Json) -> date:
    for node in _nodes(cell, "date"):
        attributes = node.get("attrs") if isinstance(node, dict) else None
        if isinstance(attributes, dict):
            return datetime.fromtimestamp(int(str(attributes["timestamp"])) / 1000, tz=UTC).date()
    raise ValueError("a row of the history comment has no date")
