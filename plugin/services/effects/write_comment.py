"""Writes or rewrites the living comment of an invoice on one issue. It is created at most once (section 3)."""

from dataclasses import dataclass

from sqlalchemy import select

from plugin.crash_points import crash_point
from plugin.services.effects import outcomes
from plugin.services.effects.attempt import Attempt
from plugin.services.effects.comment_rows import CommentPlace, comment_row, marker_of, place_of
from plugin.services.effects.jira_site import is_open, note_success, say_to_jira, undeliverable
from plugin.services.history.audience import UNNAMED
from plugin.services.history.comment import LivingComment, living_comment
from plugin.services.jira_errors import JiraGone
from plugin.services.jira_gateway import JiraGateway
from plugin.store import effects as moves
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect, HistoryComment

DELETIONS_UNTIL_GONE = 2
"""A person who deletes the comment twice does not want it."""
OTHERS = ("planned", "deferred", "claimed", "posting", "unknown")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Writing:
    """What passed the gate: the text, and the comment to rewrite (None: a new one, to be found by its marker)."""

    comment: LivingComment
    comment_id: str | None
    marker: str


def write_comment(attempt: Attempt) -> None:
    """Carries out a claimed effect of kind jira_comment."""
    place = place_of(attempt.held.subject_id, attempt.held.payload)
    writing = attempt.keep(lambda session: _pass_gate(session, attempt, place))
    if writing is None:
        return
    crash_point("posting", place.invoice_id)
    try:
        comment_id = say_to_jira(attempt, lambda jira: _say(jira, place, writing), issue_id=place.issue_id)
    except JiraGone as problem:
        _gone(attempt, place, writing, problem.sentence)
        return
    if comment_id is not None:
        crash_point("posted", place.invoice_id)
        attempt.keep(lambda session: _written(session, attempt, place, comment_id))


def _say(jira: JiraGateway, place: CommentPlace, writing: _Writing) -> str:
    body, visibility = writing.comment.body, writing.comment.visibility
    if writing.comment_id is not None:
        return jira.update_comment(place.issue_id, writing.comment_id, body, visibility=visibility).id
    return jira.add_comment(place.issue_id, body, marker=writing.marker, visibility=visibility).id


def _pass_gate(session: TenantSession, attempt: Attempt, place: CommentPlace) -> _Writing | None:
    """Claimed to posting, one writer at a time for each comment; None where the row ended or waits instead."""
    now = attempt.now()
    if not is_open(session, attempt):
        return None
    row = comment_row(session, place)
    if _is_busy(session, attempt, place):
        later = now + attempt.timing.push / 4
        moves.put_back(session, attempt.held, next_at=later, reason="Waits for an earlier write.")
        return None
    why = _needless(session, attempt, place, row)
    if why:
        moves.finish(session, attempt.held, to="skipped", now=now, reason=why)
        return None
    invoice = session.get_one(Invoice, (session.tenant_id, place.invoice_id))
    comment = living_comment(session, invoice, now=now)
    if comment is None:
        moves.finish(session, attempt.held, to="skipped", now=now, reason=UNNAMED)
        return None
    lease = attempt.timing.sending_lease
    if not moves.pass_gate(session, attempt.held, state="posting", now=now, lease=lease):
        return None
    return _Writing(comment=comment, comment_id=row.comment_id, marker=marker_of(place, row.deletions))


def _is_busy(session: TenantSession, attempt: Attempt, place: CommentPlace) -> bool:
    """Another write of this comment is under way or in doubt; only when it is settled is it known what stands there."""
    return any(state in ("posting", "unknown") for _revision, state in _others(session, attempt, place))


def _needless(session: TenantSession, attempt: Attempt, place: CommentPlace, row: HistoryComment) -> str:
    """Why nothing is to be written, or an empty text."""
    if row.deletions >= DELETIONS_UNTIL_GONE:
        return "A person deleted the comment twice; it stays away."
    if row.comment_id is not None and row.written_revision >= place.revision:
        return "The comment already shows this event."
    if any(revision > place.revision for revision, _state in _others(session, attempt, place)):
        return "A newer event of the invoice is written instead, with this one."
    return ""


def _others(session: TenantSession, attempt: Attempt, place: CommentPlace) -> list[tuple[int, str]]:
    query = select(Effect.payload, Effect.state).where(
        Effect.kind == "jira_comment",
        Effect.subject_id == place.invoice_id,
        Effect.id != attempt.held.effect_id,
        Effect.state.in_(OTHERS),
    )
    found = [(place_of(place.invoice_id, payload), state) for payload, state in session.execute(query)]
    return [(other.revision, state) for other, state in found if other.issue_id == place.issue_id]


def _written(session: TenantSession, attempt: Attempt, place: CommentPlace, comment_id: str) -> None:
    evidence = attempt.entry("comment", comment_id=comment_id)
    row = comment_row(session, place)
    row.comment_id = comment_id
    row.written_revision = max(row.written_revision, place.revision)
    session.flush()
    if moves.finish(session, attempt.held, to="sent", now=attempt.now(), evidence=evidence):
        note_success(session, now=attempt.now())
    else:
        outcomes.late(session, attempt, evidence)


def _gone(attempt: Attempt, place: CommentPlace, writing: _Writing, sentence: str) -> None:
    """An edit found no comment: a person deleted it, or the issue is gone. A new comment tells the two apart."""
    if writing.comment_id is None:
        undeliverable(attempt, sentence, issue_id=place.issue_id)
        return

    def deleted(session: TenantSession) -> None:
        row = comment_row(session, place)
        if row.comment_id == writing.comment_id:
            row.comment_id, row.written_revision = None, 0
            row.deletions += 1
        session.flush()
        moves.put_back(session, attempt.held, next_at=attempt.now(), reason="A person deleted the comment.")

    attempt.keep(deleted)
