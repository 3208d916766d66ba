"""When waiting rows are due: pushed by the tick, held by a limit of Jira, released by what they depend on."""

from datetime import datetime

from sqlalchemy import Update, case, select, update

from plugin.store.effect_moves.row import IN_DOUBT
from plugin.store.leases import lease_end
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Effect

WAITS_FOR_UNDO = "It waits for a few minutes, in case somebody wants to stop it."
"""The reason of a mail in its undo window; what releases the site does not shorten that."""
WAITS_FOR_APPROVAL = "It lists invoices whose follow-ups ask first; a person has to approve it."
"""The reason of a statement of account that nobody has released yet."""


def push_next(session: TenantSession, effect_ids: list[str], *, now: datetime, to: datetime) -> list[tuple[str, int]]:
    """The tick's only change: due rows get a later ``next_at``. Gives (id, fence) of those that were still due.

    A lease on a planned row says that it was woken and may be claimed before that later time. In doubt it is the grace,
    which stays.
    """
    woken = case((Effect.state.in_(IN_DOUBT), Effect.lease_until), else_=lease_end(session, to - now))
    rows = session.execute(
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.id.in_(effect_ids),
            Effect.state.in_(("planned", "deferred", "unknown", "verify")),
            Effect.next_at <= now,
        )
        .values(next_at=to, lease_until=woken)
        .returning(Effect.id, Effect.fence)
        .execution_options(synchronize_session=False)
    )
    return [(row.id, row.fence) for row in rows]


def wait_for_all(session: TenantSession, *, kinds: tuple[str, ...], until: datetime) -> None:
    """Moves all waiting effects of these kinds to ``until`` at least: a limit of Jira holds for them together."""
    session.execute(_waiting(session, kinds, until).values(next_at=until, lease_until=None))


def wait_for_issue(session: TenantSession, *, kinds: tuple[str, ...], until: datetime, issue_id: str) -> None:
    """The same for the effects that write to one issue."""
    waiting = select(Effect.id, Effect.kind, Effect.subject_id, Effect.payload).where(
        Effect.kind.in_(kinds), Effect.state.in_(("planned", "deferred")), Effect.next_at < until
    )
    ids = [
        row.id
        for row in session.execute(waiting)
        if row.payload.get("issue_id") == issue_id or (row.kind == "jira_property" and row.subject_id == issue_id)
    ]
    session.execute(_waiting(session, kinds, until).where(Effect.id.in_(ids)).values(next_at=until, lease_until=None))


def _waiting(session: TenantSession, kinds: tuple[str, ...], until: datetime) -> Update:
    return (
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.kind.in_(kinds),
            Effect.state.in_(("planned", "deferred")),
            Effect.next_at < until,
        )
        .execution_options(synchronize_session=False)
    )


def wait_until(session: TenantSession, effect_id: str, *, next_at: datetime, reason: str) -> None:
    """An effect that depends on another stays planned and looks again later."""
    session.execute(
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.id == effect_id,
            Effect.state.in_(("planned", "deferred")),
        )
        .values(next_at=next_at, lease_until=None, reason=reason)
        .execution_options(synchronize_session=False)
    )


def release_dependents(session: TenantSession, effect_id: str, *, now: datetime) -> None:
    """What waited for this effect is due now."""
    session.execute(
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.depends_on == effect_id,
            Effect.state.in_(("planned", "deferred")),
            Effect.attempts == 0,
        )
        .values(next_at=now)
        .execution_options(synchronize_session=False)
    )


def send_at_once(session: TenantSession, message_row_id: str, *, now: datetime) -> bool:
    """Ends the undo window of a mail; False where it waits for nothing of the kind."""
    rows = session.execute(
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.kind == "mail",
            Effect.subject_id == message_row_id,
            Effect.state == "planned",
            Effect.reason == WAITS_FOR_UNDO,
        )
        .values(next_at=now, reason="")
        .returning(Effect.id)
        .execution_options(synchronize_session=False)
    )
    return len(rows.all()) == 1


def release_approved(session: TenantSession, message_row_id: str, *, now: datetime) -> None:
    """A statement that somebody has just approved is due now; its undo window is over, since it was looked at."""
    session.execute(
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.kind == "mail",
            Effect.subject_id == message_row_id,
            Effect.state == "planned",
            Effect.reason == WAITS_FOR_APPROVAL,
        )
        .values(next_at=now, reason="")
        .execution_options(synchronize_session=False)
    )


def call_off_mail(session: TenantSession, message_row_id: str, *, now: datetime, reason: str) -> bool:
    """Ends a mail of which nothing was offered yet; False for one that a worker holds, which is left to its gate."""
    rows = session.execute(
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.kind == "mail",
            Effect.subject_id == message_row_id,
            Effect.state.in_(("planned", "deferred")),
        )
        .values(state="cancelled", next_at=None, lease_until=None, done_at=now, reason=reason, fence=Effect.fence + 1)
        .returning(Effect.id)
        .execution_options(synchronize_session=False)
    )
    return len(rows.all()) == 1


def wake_mails(session: TenantSession, *, now: datetime) -> None:
    """What was put back for the site's sake is due now; what a server deferred keeps the time that it was given."""
    session.execute(
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.kind.in_(("mail", "staff_mail")),
            Effect.state == "planned",
            Effect.next_at > now,
            Effect.reason != WAITS_FOR_UNDO,
        )
        .values(next_at=now)
        .execution_options(synchronize_session=False)
    )


def wake_from_the_future(session: TenantSession, *, now: datetime) -> None:
    """What was written by a clock that ran ahead is due now; else it would wait until that clock was right."""
    session.execute(
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.state.in_(("planned", "deferred")),
            Effect.created_at > now,
            Effect.next_at > now,
        )
        .values(next_at=now)
        .execution_options(synchronize_session=False)
    )
