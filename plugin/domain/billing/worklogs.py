"""Worklog facts as billing sees them, their content hash, and why some are not billed.

Nothing is dropped: what is not billable is listed with a reason and a sentence.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from plugin.domain.calendar import civil_day

LONGEST_UNCONFIRMED_SECONDS = 24 * 3600
"""A longer worklog may be right (Jira allows it), but a person confirms it first."""


@dataclass(frozen=True, slots=True)
class WorklogFact:
    """One worklog as last read from Jira. ``day`` is the civil day of ``started`` in the seller's billing zone."""

    worklog_id: str
    issue_id: str
    issue_key: str
    issue_summary: str
    project_key: str
    author: str | None
    """Jira account id; names never enter the domain."""
    started: datetime | None
    day: date | None
    seconds: int
    issue_type: str = ""
    epic_key: str | None = None
    components: tuple[str, ...] = ()
    comment: str = ""
    updated: datetime | None = None
    content_hash: str = ""
    confirmed: bool = False
    """A person confirmed that a worklog longer than 24 h is right."""
    billable: bool = True
    hidden: bool = False
    """Jira does not give it to the app any more: hidden from it, or gone with its issue."""


class NotBilled(StrEnum):
    """Why a worklog is on no line."""

    REPEATED = "repeated"
    CLAIMED = "claimed"
    HIDDEN = "hidden"
    NOT_BILLABLE = "not_billable"
    NO_TIME = "no_time"
    NO_AUTHOR = "no_author"
    NO_START = "no_start"
    FUTURE = "future"
    TOO_LONG = "too_long"
    NO_RATE = "no_rate"
    OTHER_CURRENCY = "other_currency"
    ROUNDED_TO_ZERO = "rounded_to_zero"


@dataclass(frozen=True, slots=True)
class ListedWorklog:
    """A worklog that is not billed: the reason as a value and as a sentence, and the rates that were considered."""

    fact: WorklogFact
    reason: NotBilled
    sentence: str
    trace: tuple[str, ...] = ()


def billing_day(started: datetime | None, zone: str) -> date | None:
    """The civil day a worklog belongs to in the seller's zone; None for a worklog without a start."""
    return None if started is None else civil_day(started, zone)


def content_hash(*, issue_id: str, author: str | None, started: datetime | None, seconds: int, comment: str) -> str:
    """SHA-256 in hex over what an invoice relied on (features.md U04); equal instants hash alike in any zone.

    ``updated`` stays outside: Jira moves it for edits that change nothing billed, and each would look like drift.
    The comment enters as its own hash and the author as given, so a pseudonym put in its place still verifies.
    """
    comment_hash = hashlib.sha256(comment.encode("utf-8", "surrogatepass")).hexdigest()
    start = None if started is None else started.astimezone(UTC).isoformat()
    parts = [issue_id, author, start, seconds, comment_hash]
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode("ascii")).hexdigest()


def screen(fact: WorklogFact, *, today: date, claimed: Mapping[str, str]) -> ListedWorklog | None:
    """Why ``fact`` cannot be billed whatever its rate, or None; ``claimed`` maps worklog id to its invoice."""
    if fact.worklog_id in claimed:
        return _listed(fact, NotBilled.CLAIMED, f"is already billed on {claimed[fact.worklog_id]}")
    if fact.hidden or not fact.billable:
        return _kept_back(fact)
    if fact.seconds <= 0:
        return _listed(fact, NotBilled.NO_TIME, f"has {fact.seconds} s logged; there is nothing to bill")
    if not fact.author:
        return _listed(fact, NotBilled.NO_AUTHOR, "has no author, so no rate can be found; re-log it under a person")
    if fact.started is None or fact.day is None:
        return _listed(fact, NotBilled.NO_START, "has no start, so it belongs to no period; give it a start in Jira")
    if fact.day > today:
        return _listed(fact, NotBilled.FUTURE, f"starts on {fact.day}, which is after {today}; bill it once it is done")
    if fact.seconds > LONGEST_UNCONFIRMED_SECONDS and not fact.confirmed:
        hours = f"{fact.seconds / 3600:.2f}"
        return _listed(
            fact, NotBilled.TOO_LONG, f"has {hours} h in one entry; confirm that this is right, or correct it"
        )
    return None


def _kept_back(fact: WorklogFact) -> ListedWorklog:
    if not fact.hidden:
        return _listed(fact, NotBilled.NOT_BILLABLE, "is marked as not billable")
    why = "is not shown to Dunlin by Jira any more: it was restricted, or deleted with its issue"
    return _listed(fact, NotBilled.HIDDEN, f"{why}; to bill it, let the app see it in Jira")


def repeated(fact: WorklogFact) -> ListedWorklog:
    """The listing of a worklog that was handed in a second time; it is billed once."""
    return _listed(fact, NotBilled.REPEATED, "was handed in twice; it is billed once")


def _listed(fact: WorklogFact, reason: NotBilled, what: str) -> ListedWorklog:
    return ListedWorklog(fact, reason, f"Worklog {fact.worklog_id} on {fact.issue_key} {what}.")
