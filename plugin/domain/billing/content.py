"""What a draft still lacks before it can be issued (law.md L25), and what a person should look at first.

The finished document is checked again, with seller and buyer, in ``plugin.domain.documents``.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from plugin.domain.billing.draft import Draft
from plugin.domain.billing.lines import DraftLine, amount_for
from plugin.domain.billing.tax import NEEDS_REASON, TaxCategory
from plugin.domain.billing.worklogs import NotBilled

_ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]+-[0-9]+")
_NOTABLE: Mapping[NotBilled, str] = {
    NotBilled.NO_RATE: "without a rate; add a rate, or they stay unbilled",
    NotBilled.OTHER_CURRENCY: "whose rate is in another currency; add a rate in the invoice's currency",
    NotBilled.TOO_LONG: "longer than 24 h that nobody confirmed; confirm or correct them",
    NotBilled.NO_START: "without a start; give them one in Jira",
    NotBilled.NO_AUTHOR: "without an author; log them again under a person",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """Something missing or to be looked at: the form field and a sentence with what to do."""

    field: str
    sentence: str


def draft_gaps(
    draft: Draft,
    *,
    issue_date: date,
    due_date: date | None,
    terms_note: str = "",
    exemption_reasons: Mapping[TaxCategory, str] | None = None,
) -> tuple[Gap, ...]:
    """Everything that blocks issuing ``draft`` on ``issue_date``; empty when it is ready."""
    return (
        *_line_gaps(draft),
        *_period_gaps(draft, issue_date),
        *_due_gaps(draft, issue_date, due_date, terms_note),
        *_tax_gaps(draft, exemption_reasons or {}),
    )


def draft_warnings(draft: Draft) -> tuple[Gap, ...]:
    """Time left out that somebody can still bring in, counted by reason; nothing here blocks issuing."""
    counts = Counter(item.reason for item in draft.listed)
    hours = {
        reason: sum(max(item.fact.seconds, 0) for item in draft.listed if item.reason is reason) / 3600
        for reason in counts
    }
    return tuple(
        Gap("listed", f"{counts[reason]} worklogs ({hours[reason]:.2f} h) {what}.")
        for reason, what in _NOTABLE.items()
        if counts[reason]
    )


def _line_gaps(draft: Draft) -> Iterator[Gap]:
    if not draft.lines:
        yield Gap("lines", "There is nothing to bill; choose another period, or look at the listed worklogs.")
    for position, line in enumerate(draft.lines, start=1):
        yield from _one_line(line, position)


def _one_line(line: DraftLine, position: int) -> Iterator[Gap]:
    if not line.description.strip():
        yield Gap(f"lines.{position}.description", f"Line {position} has no description; say what was done.")
    elif _ISSUE_KEY.fullmatch(line.description.strip()):
        sentence = f"Line {position} says only {line.description.strip()}; a Jira key is no description of a service."
        yield Gap(f"lines.{position}.description", sentence)
    if line.price <= 0 or line.quantity <= 0:
        yield Gap(f"lines.{position}.price", f"Line {position} has no rate or no time; time is never billed at zero.")
    elif line.amount != amount_for(line.quantity, line.price):
        sentence = f"Line {position} does not multiply out; quantity times price must give the amount."
        yield Gap(f"lines.{position}.amount", sentence)


def _period_gaps(draft: Draft, issue_date: date) -> Iterator[Gap]:
    if draft.period is None:
        return
    last = draft.period[1]
    if last > issue_date:
        yield Gap("period", f"Work up to {last} cannot be invoiced on {issue_date}; issue it on {last} or later.")


def _due_gaps(draft: Draft, issue_date: date, due_date: date | None, terms_note: str) -> Iterator[Gap]:
    if due_date is None and not terms_note.strip() and draft.totals.due > 0:
        yield Gap("due_date", "Something is due, but there is neither a due date nor a term of payment (BR-CO-25).")
    if due_date is not None and due_date < issue_date:
        yield Gap("due_date", f"The due date {due_date} lies before the issue date {issue_date}.")


def _tax_gaps(draft: Draft, exemption_reasons: Mapping[TaxCategory, str]) -> Iterator[Gap]:
    categories = {group.rate.category for group in draft.totals.breakdown}
    for category in sorted(categories & NEEDS_REASON):
        if not exemption_reasons.get(category, "").strip():
            yield Gap("tax", f"Tax category {category.value} needs a reason on the invoice, such as “Reverse charge”.")
    if TaxCategory.OUTSIDE_SCOPE in categories and len(categories) > 1:
        yield Gap("tax", "What is outside the scope of tax needs an invoice of its own (BR-O-11).")
