"""Asked before any mail server is spoken to: what is known already need not be found out between RCPT and DATA."""

from datetime import datetime

from plugin.domain.reminders.reasons import Reason
from plugin.domain.reminders.sentences import sentence
from plugin.services.effects.ports import Recheck, Refusal
from plugin.services.follow_ups.bare_mail import bare_mail_says
from plugin.services.follow_ups.gather_clients import recipients_of
from plugin.services.follow_ups.members import members_of
from plugin.services.follow_ups.messages import MessageKind
from plugin.services.follow_ups.recheck import NOTHING_LEFT, bring_up_to_date, clock_says, is_up_to_date, recheck
from plugin.services.follow_ups.site import site_stops
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message


def before_offer(session: TenantSession, message: Message, *, now: datetime) -> Recheck | None:
    """None where the mail may be offered; whether it goes is still for the gate to say.

    An address that nobody has any more is not offered either: a server that refuses it would fail the whole mail.
    """
    members = members_of(session, message)
    if not members:
        return NOTHING_LEFT
    waits = clock_says(session, now=now)
    if waits is not None:
        return waits
    bring_up_to_date(session, message, now=now)
    if message.kind != MessageKind.FOLLOW_UP:
        return _objection(bare_mail_says(session, message, members, now=now))
    code = site_stops(session)
    if code is not None:
        # The steps go back to the planner, which holds them, and are put together anew when the site goes on.
        return Recheck(cancelled=Refusal(code=code.value, sentence=sentence(Reason(code))))
    if _is_reachable(session, message):
        return None
    return _objection(recheck(session, message, now=now))


def may_offer(session: TenantSession, message: Message, *, now: datetime) -> bool:
    """A reminder with which all is well, found without locks and without writing: then the gate is the next to ask.

    What brings an invoice and what confirms a payment may be given another address, which needs the locks.
    """
    return (
        message.kind == MessageKind.FOLLOW_UP
        and is_up_to_date(session, message, now=now)
        and site_stops(session) is None
        and _is_reachable(session, message)
        and bool(members_of(session, message))
    )


def _objection(answer: Recheck | None) -> Recheck | None:
    """The mail is not written yet, so that it says something else now is no objection."""
    return None if answer is None or answer.go or answer.stale_content else answer


def _is_reachable(session: TenantSession, message: Message) -> bool:
    people = recipients_of(session, message.client_id)
    working = {person.address.casefold() for person in people if not person.failed_reason}
    return message.recipient.casefold() in working
