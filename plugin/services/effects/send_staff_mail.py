"""Sends a mail to a colleague: claimed, sending, sent as a client's mail, but nothing is planned again at its gate."""

from datetime import timedelta

from plugin.services.effects import outcomes
from plugin.services.effects.attempt import Attempt
from plugin.services.effects.locks import lock_site
from plugin.services.effects.mail_channel import Envelope, MailParts
from plugin.services.effects.mail_content import Frozen, envelope_of, mail_waits
from plugin.services.effects.mail_offer import accepted, offer, reply_entry
from plugin.services.effects.ports import Refusal
from plugin.settings import Environment
from plugin.store import effects as moves
from plugin.store.session import TenantSession
from plugin.store.tables.company import CompanyProfile, MailSettings
from plugin.store.tables.staff import StaffMail

LOOK_AGAIN = timedelta(hours=1)
"""Whatever ends such a hold wakes the mail as well; this is for what nobody tells us."""
TOO_LATE = "This digest could not leave on its day, so it is not sent any more."


def send_staff_mail(attempt: Attempt) -> None:
    """Carries out a claimed effect of kind staff_mail, to an outcome that stands in the database."""
    if attempt.keep(lambda session: _turned_away(session, attempt)):
        return
    mail = _prepare(attempt)
    reply = offer(
        attempt,
        mail.envelope,
        mail.channel,
        may_go=_may_go,
        refused=lambda problem: outcomes.failed(
            attempt, reason=problem.sentence, evidence=reply_entry(attempt, problem.reply)
        ),
    )
    if reply is not None:
        accepted(attempt, reply, _sent)


def _turned_away(session: TenantSession, attempt: Attempt) -> bool:
    """Whether the site sends nothing now, or it is too late; the row already says so."""
    lock_site(session)
    now = attempt.now()
    mail = session.get_one(StaffMail, (session.tenant_id, attempt.held.subject_id))
    if mail.kind == "digest" and now.date() > mail.day + timedelta(days=1):
        return moves.finish(session, attempt.held, to="cancelled", now=now, reason=TOO_LATE)
    refusal = _refusal(session, attempt)
    if refusal is not None:
        return moves.put_back(session, attempt.held, next_at=now + LOOK_AGAIN, reason=refusal.sentence)
    return mail_waits(session, attempt)


def _refusal(session: TenantSession, attempt: Attempt) -> Refusal | None:
    """What stops the site stops this mail; in sandbox mode it stays in, unless all mail goes to the demo's mailbox."""
    refusal = attempt.runtime.follow_ups.site_stops(session)
    stays_here = attempt.runtime.settings.environment is Environment.DEMO
    return None if refusal is not None and refusal.code == "sandbox" and stays_here else refusal


def _prepare(attempt: Attempt) -> Frozen:
    """The frozen mail: a second attempt sends the bytes of the first. Raises InvalidInput for odd header values."""
    with attempt.runtime.reading(attempt.tenant_id) as session:
        route = attempt.runtime.mail_route(session)
        mail = session.get_one(StaffMail, (attempt.tenant_id, attempt.held.subject_id))
        if mail.mime is not None:
            return Frozen(envelope_of(mail.mime, mail.recipient), route.channel)
        parts = _parts(session, mail)
    date, effect_id = attempt.now(), attempt.held.effect_id
    composed = route.channel.compose(parts, message_id=mail.message_id, effect_id=effect_id, date=date)
    body = route.sign(composed, date)

    def freeze(session: TenantSession) -> None:
        session.get_one(StaffMail, (attempt.tenant_id, mail.id)).mime = body

    attempt.keep(freeze)
    return Frozen(Envelope(sender=parts.from_address, recipient=mail.recipient, body=body), route.channel)


def _parts(session: TenantSession, mail: StaffMail) -> MailParts:
    company = session.get_one(CompanyProfile, session.tenant_id)
    settings = session.get_one(MailSettings, session.tenant_id)
    return MailParts(
        from_name=settings.from_name or company.name,
        from_address=settings.from_address or company.email,
        reply_to="",
        recipient=mail.recipient,
        subject=mail.subject,
        text=mail.text_body,
        html=mail.html_body,
    )


def _may_go(session: TenantSession, attempt: Attempt) -> bool:
    """The gate: what stops the site may have been said since the mail was offered."""
    if _turned_away(session, attempt):
        return False
    lease = attempt.timing.sending_lease
    return moves.pass_gate(session, attempt.held, state="sending", now=attempt.now(), lease=lease)


def _sent(session: TenantSession, attempt: Attempt, evidence: dict[str, object]) -> None:
    if not moves.finish(session, attempt.held, to="sent", now=attempt.now(), evidence=evidence):
        outcomes.late(session, attempt, evidence)
