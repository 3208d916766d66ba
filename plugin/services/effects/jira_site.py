"""Which Jira an effect goes to, and what its failures mean for the effect, its neighbours and the installation."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import case, select

from plugin.domain.errors import Permanent
from plugin.services.effects import outcomes
from plugin.services.effects.attempt import Attempt
from plugin.services.effects.ports import EffectRuntime
from plugin.services.effects.signature import count_rejection, forget_rejections
from plugin.services.jira_errors import (
    JiraForbidden,
    JiraLimited,
    JiraRefused,
    JiraRejectedToken,
    JiraUnavailable,
    LimitScope,
)
from plugin.services.jira_gateway import JiraGateway
from plugin.store import effects as moves
from plugin.store.audit import raise_alert
from plugin.store.session import TenantSession
from plugin.store.tables.tenants import Installation

Result = TypeVar("Result")

DEFAULT_WAIT = timedelta(minutes=1)
"""A gateway's 429 may lack Retry-After."""
JIRA_KINDS = (
    "jira_comment",
    "jira_property",
    "jira_action",
    "jira_call",
    "jira_call_done",
    "jira_query",
    "jira_mention",
)
_ORDER = ("enabled", "installed", "broken", "disabled")


def installation_of(session: TenantSession) -> Installation | None:
    """The tenant's installation that writes go to: an enabled one, else the best there is; never an uninstalled one."""
    rank = case({state: place for place, state in enumerate(_ORDER)}, value=Installation.state, else_=len(_ORDER))
    query = (
        select(Installation)
        .where(Installation.state.in_(_ORDER))
        .order_by(rank, Installation.installed_at.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def gateway_of(runtime: EffectRuntime, tenant_id: str) -> JiraGateway:
    """The gateway to the tenant's site, with its newest secret. Raises Permanent where the app is gone."""
    with runtime.reading(tenant_id) as session:
        installation = installation_of(session)
    if installation is None:
        raise Permanent("Dunlin was removed from this Jira site, so the history there is not written any more.")
    return runtime.jira_for(installation)


def is_open(session: TenantSession, attempt: Attempt) -> bool:
    """Whether the site takes writes now; if not, the row already says what becomes of it (F34, F36)."""
    installation = installation_of(session)
    now = attempt.now()
    if installation is None:
        reason = "Dunlin was removed from this Jira site."
        moves.finish(session, attempt.held, to="cancelled", now=now, reason=reason)
        return False
    if installation.state == "disabled":
        moves.put_back(
            session, attempt.held, next_at=now + attempt.timing.ladder[-1], reason="Dunlin is switched off in Jira."
        )
        return False
    return True


def say_to_jira(attempt: Attempt, call: Callable[[JiraGateway], Result], *, issue_id: str) -> Result | None:
    """Makes one call behind the gate. None means that it failed, and that the failure stands in the database.

    JiraGone passes through: what it means depends on what was asked for.
    """
    try:
        return heard(attempt, lambda: call(gateway_of(attempt.runtime, attempt.tenant_id)), issue_id=issue_id)
    except (JiraForbidden, JiraRefused) as problem:
        undeliverable(attempt, problem.sentence, issue_id=issue_id)
    return None


def heard(attempt: Attempt, call: Callable[[], Result], *, issue_id: str) -> Result | None:
    """Makes a call behind the gate; None means that Jira could not answer now, and that this stands in the database.

    A refusal for good passes through: what it means depends on what was asked for.
    """
    try:
        return call()
    except JiraLimited as problem:
        _limited(attempt, problem, issue_id=issue_id)
    except JiraRejectedToken as problem:
        _rejected(attempt, problem)
    except JiraUnavailable as problem:
        _unavailable(attempt, problem)
    return None


def undeliverable(attempt: Attempt, sentence: str, *, issue_id: str) -> None:
    """The history cannot be shown on this issue; the invoice stays valid all the same (F30)."""

    def work(session: TenantSession) -> None:
        now = attempt.now()
        reason = f"Undeliverable history: {sentence}"
        if not moves.finish(session, attempt.held, to="failed", now=now, reason=reason):
            return
        words = f"The history of an invoice cannot be shown on issue {issue_id}; the invoice is valid. {sentence}"
        raise_alert(
            session,
            kind="history_undeliverable",
            sentence=words,
            subject=attempt.held.subject_id,
            key=f"history:{issue_id}:{sentence}"[:255],
            now=now,
        )

    attempt.keep(work)


def note_success(session: TenantSession, *, now: datetime) -> None:
    """A call went through: earlier rejections of the token do not count any more."""
    installation = installation_of(session)
    if installation is not None:
        forget_rejections(session, installation, now=now)


def _limited(attempt: Attempt, problem: JiraLimited, *, issue_id: str) -> None:
    """429 was not carried out. Everything in the limit's scope waits, other tenants go on (F26)."""
    until = problem.again_at(attempt.now(), otherwise=DEFAULT_WAIT)
    outcomes.deferred(attempt, reason=problem.sentence, next_at=until)

    def others(session: TenantSession) -> None:
        match problem.scope:
            case LimitScope.ISSUE:
                moves.wait_for_issue(session, kinds=JIRA_KINDS, until=until, issue_id=issue_id)
            case LimitScope.OPERATION:
                moves.wait_for_all(session, kinds=(attempt.held.kind,), until=until)
            case LimitScope.TENANT | LimitScope.APP:
                moves.wait_for_all(session, kinds=JIRA_KINDS, until=until)

    attempt.keep(others)


def _rejected(attempt: Attempt, problem: JiraRejectedToken) -> None:
    """The next try loads the newest secret; the third rejection in a row needs a reinstall (F29)."""
    outcomes.deferred(attempt, reason=problem.sentence, next_at=attempt.now() + attempt.timing.push)

    def count(session: TenantSession) -> None:
        installation = installation_of(session)
        if installation is not None:
            apart, now = attempt.timing.push, attempt.now()
            count_rejection(session, installation, cause=str(problem), apart=apart, now=now)

    attempt.keep(count)


def _unavailable(attempt: Attempt, problem: JiraUnavailable) -> None:
    if problem.ambiguous:
        outcomes.unsure(attempt, reason=problem.sentence)
        return
    wait = None if problem.retry_after is None else timedelta(seconds=problem.retry_after)
    outcomes.deferred(attempt, reason=problem.sentence, next_at=None if wait is None else attempt.now() + wait)
