"""Puts the issue property ``dunlin`` as it should stand now; what stands there already is not written again."""

from sqlalchemy import select

from plugin.crash_points import crash_point
from plugin.services.effects.attempt import Attempt
from plugin.services.effects.jira_site import is_open, note_success, say_to_jira, undeliverable
from plugin.services.history.issue_property import KEY, body_hash, property_body
from plugin.services.jira_errors import JiraGone
from plugin.services.jira_gateway import JiraGateway
from plugin.store import effects as moves
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Effect, IssueProperty

LIVE = ("planned", "deferred", "claimed", "posting", "unknown")


def write_property(attempt: Attempt) -> None:
    """Carries out a claimed effect of kind jira_property."""
    issue_id = attempt.held.subject_id
    body = attempt.keep(lambda session: _pass_gate(session, attempt))
    if body is None:
        return
    crash_point("putting", issue_id)

    def put(jira: JiraGateway) -> bool:
        jira.put_issue_property(issue_id, KEY, body)
        return True

    try:
        done = say_to_jira(attempt, put, issue_id=issue_id)
    except JiraGone as problem:
        undeliverable(attempt, problem.sentence, issue_id=issue_id)
        return
    if done:
        crash_point("put", issue_id)
        attempt.keep(lambda session: _written(session, attempt, body_hash(body)))


def _pass_gate(session: TenantSession, attempt: Attempt) -> dict[str, object] | None:
    """Claimed to posting, one writer at a time for each issue, so an older body never lands on a newer one."""
    now, issue_id = attempt.now(), attempt.held.subject_id
    if not is_open(session, attempt):
        return None
    if {"posting", "unknown"} & _states_of_others(session, attempt):
        later = now + attempt.timing.push / 4
        moves.put_back(session, attempt.held, next_at=later, reason="Waits for an earlier write.")
        return None
    body = property_body(session, issue_id, now=now)
    known = session.get(IssueProperty, (session.tenant_id, issue_id))
    if known is not None and known.body_hash == body_hash(body):
        moves.finish(session, attempt.held, to="skipped", now=now, reason="The property already says this.")
        return None
    if known is not None:
        # Until Jira has answered nobody knows what stands there, so nothing may be taken for written.
        known.body_hash = ""
    lease = attempt.timing.sending_lease
    return body if moves.pass_gate(session, attempt.held, state="posting", now=now, lease=lease) else None


def _states_of_others(session: TenantSession, attempt: Attempt) -> set[str]:
    """Locks all unfinished writes of this issue, in one order, so that two gates see each other."""
    query = (
        select(Effect.id, Effect.state)
        .where(
            Effect.kind == "jira_property",
            Effect.subject_id == attempt.held.subject_id,
            Effect.state.in_(LIVE),
        )
        .order_by(Effect.created_at, Effect.id)
        .with_for_update()
    )
    return {state for effect_id, state in session.execute(query) if effect_id != attempt.held.effect_id}


def _written(session: TenantSession, attempt: Attempt, digest: str) -> None:
    now = attempt.now()
    if not moves.finish(session, attempt.held, to="sent", now=now):
        return
    row = session.get(IssueProperty, (session.tenant_id, attempt.held.subject_id))
    if row is None:
        session.add(IssueProperty(issue_id=attempt.held.subject_id, body_hash=digest, written_at=now))
    else:
        row.body_hash, row.written_at = digest, now
    session.flush()
    note_success(session, now=now)
