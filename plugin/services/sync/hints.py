"""What a webhook names: only ids are taken from it, for its body is not signed and may be old."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

EVENTS = frozenset({"worklog_created", "worklog_updated", "worklog_deleted", "issue_updated", "issue_deleted"})
LONGEST_ID = 20
LONGEST_IDENTIFIER = 128


@dataclass(frozen=True, kw_only=True, slots=True)
class Hint:
    """``identifier`` is the same on retries and in Jira's list of failures; the ids are Jira's numbers as text."""

    identifier: str
    kind: str
    worklog_id: str | None
    issue_id: str | None


def hint_of(event: str, body: Mapping[str, object], *, identifier: str, raw: bytes) -> Hint:
    """The hint in a webhook's body. Where Jira gave no usable identifier, the hash of the raw body serves as one."""
    worklog, issue = _member(body, "worklog"), _member(body, "issue")
    return Hint(
        identifier=identifier if _usable(identifier) else hashlib.sha256(event.encode() + b"\n" + raw).hexdigest(),
        kind=event,
        worklog_id=_id(worklog.get("id")),
        issue_id=_id(worklog.get("issueId") if worklog else issue.get("id")),
    )


def _usable(identifier: str) -> bool:
    return bool(identifier) and len(identifier) <= LONGEST_IDENTIFIER and identifier.isprintable()


def _member(body: Mapping[str, object], name: str) -> dict[str, object]:
    member = body.get(name)
    return member if isinstance(member, dict) else {}


def _id(value: object) -> str | None:
    """Jira's numeric id as text; anything else is no id."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None
