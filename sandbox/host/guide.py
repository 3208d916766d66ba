"""The strip that leads a newcomer through the main job. A step is done when the world shows it, not when clicked.

The facts are what anyone sees in the pretend Jira and its mailbox: issue properties, comments, mails. They are compared
with those at the beginning, which ``Guide.begin`` keeps in a file, so that a restart forgets nothing and a reset all.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec

# A row of the living comment that tells how a call ended; the row that only opens the task is none.
CALL = re.compile(r"^(?!.*(?:task opened|called off|Noted)).*Phone.*$", re.MULTILINE)
CALL_OPENED = re.compile(r"^.*Phone.*task opened", re.MULTILINE)
PAID = frozenset({"paid", "part-paid", "part_paid"})
PDF = "application/pdf"
BILLING = "Open the billing page"
ISSUE = "Open the issue"
TOLD = (
    ("Bill last month", "Take the hours nobody has billed yet and look at the draft."),
    ("Issue it, open the PDF", "The number is given, the document stored, the mail sent."),
    ("The next follow-up", "Move the world's clock to the day on which the next step is due."),
    ("Log the call", "A call is a task: note who, when and what was promised."),
    ("Record the payment", "The follow-ups stop by themselves, and the issue says so."),
)
"""Title and text of each step."""
Link = tuple[str, str]
"""An address and the words that lead there."""
Outcome = tuple[bool, Link | None]
"""Whether a step is done, and where its effect is to be seen."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """The living comment of an invoice: the path of its issue, and its plain text."""

    number: str
    path: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the world shows: invoice numbers by state, rows about calls by invoice, drafts made, mails by number."""

    issued: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)
    drafts: int = 0
    mails: int = 0


@dataclass(frozen=True, kw_only=True)
class MailFact:
    """A mail in the mailbox: ``number`` as in its address."""

    number: int
    subject: str
    media_types: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the steps are taken. ``issues`` maps an invoice number to the issue that tells its history; ``draft`` is
    where the newest draft was made, ``call`` where a call is awaited.
    """

    billing: str
    call: str
    issues: Mapping[str, str]
    draft: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step. ``href`` leads to where it is taken (``#next`` runs the time machine), ``changed`` to its effect."""

    number: int
    title: str
    text: str
    href: str
    link: str
    done: bool
    changed: Link | None = None


def facts_of(properties: Iterable[object], told: Iterable[Told], drafts: int, mails: Sequence[MailFact]) -> Facts:
    """From the values of the property ``dunlin``, the living comments, the drafts made, the mails."""
    states = {
        str(invoice["number"]): str(invoice.get("state", ""))
        for value in properties
        if isinstance(value, dict)
        for invoice in value.get("invoices", [])
        if invoice.get("number")
    }
    return Facts(
        issued=tuple(sorted(states)),
        settled=tuple(sorted(number for number, state in states.items() if state in PAID)),
        calls={each.number: len(CALL.findall(each.text)) for each in told},
        drafts=drafts,
        mails=len(mails),
    )


def awaits_call(comment: str) -> bool:
    """Whether a living comment tells of a call that has been asked for and has no outcome yet."""
    return len(CALL_OPENED.findall(comment)) > len(CALL.findall(comment))


def steps_of(now: Facts, start: Facts, mails: Sequence[MailFact], places: Places) -> list[Step]:
    """The five steps, each done or not, with a link to what it changed."""
    called = next((number for number, rows in now.calls.items() if rows > start.calls.get(number, 0)), None)
    issue = places.issues.get(called, places.call) if called else places.call
    draft = (places.draft, "Open the draft") if places.draft else (places.billing, BILLING)
    links = ((places.billing, BILLING), draft, ("#next", "Move the clock"), (issue, ISSUE), (issue, ISSUE))
    outcomes = _outcomes(now, start, mails, places)
    outcomes[3] = (called is not None, (issue, "See the history") if called else None)
    return [
        Step(number=number, title=title, text=text, link=link, href=href, done=done, changed=changed)
        for number, ((title, text), (href, link), (done, changed)) in enumerate(
            zip(TOLD, links, outcomes, strict=True), start=1
        )
    ]


def _outcomes(now: Facts, start: Facts, mails: Sequence[MailFact], places: Places) -> list[Outcome]:
    issued = [number for number in now.issued if number not in start.issued]
    settled = [number for number in now.settled if number not in start.settled]
    fresh = sorted((mail for mail in mails if mail.number > start.mails), key=lambda mail: mail.number)
    with_pdf = next((mail for mail in fresh if issued and PDF in mail.media_types), None)
    later = next((mail for mail in fresh if mail is not with_pdf), None)
    history = next((places.issues[number] for number in settled if number in places.issues), None)
    drafted = now.drafts > start.drafts
    made = (places.draft or places.billing, "See the invoice" if issued else "See the draft")
    return [
        (bool(issued) or drafted, made if drafted else None),
        (bool(issued), (f"/mailbox/{with_pdf.number}", "See the mail and its PDF") if with_pdf else None),
        (later is not None, (f"/mailbox/{later.number}", "See the mail") if later else None),
        (False, None),
        (bool(settled), (history, "See the history") if history else None),
    ]


class Guide:
    """Answers ``GET /_host/guide``. ``look`` gathers the present facts, mails and places."""

    def __init__(self, kept: Path, look: Callable[[], tuple[Facts, Sequence[MailFact], Places]]) -> None:
        self._kept = kept
        self._look = look

    @property
    def has_begun(self) -> bool:
        """Whether the world's history has been lived, so that people may begin theirs."""
        return self._kept.exists()

    def begin(self) -> None:
        """From here on it counts; called when the world has been seeded."""
        facts, _, _ = self._look()
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        self._kept.write_bytes(msgspec.json.encode(facts))

    def answer(self) -> dict[str, object]:
        """``{"steps": [...], "done": n}`` as JSON values."""
        facts, mails, places = self._look()
        steps = steps_of(facts, self._start(), mails, places)
        return {"steps": [_json(step) for step in steps], "done": sum(step.done for step in steps)}

    def _start(self) -> Facts:
        """The beginning; before it, the present: then nothing counts."""
        if not self.has_begun:
            facts, _, _ = self._look()
            return facts
        return msgspec.json.decode(self._kept.read_bytes(), type=Facts)


def _json(step: Step) -> dict[str, object]:
    changed = {"href": step.changed[0], "text": step.changed[1]} if step.changed else None
    return {**asdict(step), "changed": changed}
