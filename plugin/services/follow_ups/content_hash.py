"""A hash of everything a mail says that may change under it: compared at the gate, so no stale figure leaves."""

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import bindparam, select

from plugin.domain.reminders.policy import Attachment
from plugin.services.follow_ups.asked import asked_of, claims_of
from plugin.services.follow_ups.attach import open_items, wanted_of
from plugin.services.follow_ups.members import Member
from plugin.services.follow_ups.messages import MessageKind
from plugin.services.own_words.speaking import words_of
from plugin.services.statements.account import account_of
from plugin.store.session import TenantSession
from plugin.store.tables.company import CompanyProfile, MailSettings
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.policies import MailText

_WORDING = select(MailText.row_version).where(
    MailText.template == bindparam("template"), MailText.language == bindparam("language")
)


def content_hash(session: TenantSession, message: Message, members: Sequence[Member]) -> str:
    """SHA-256 over recipient, sender, language, day, wording, each member's amount, due date, deadline, and claims."""
    mail = session.get_one(MailSettings, session.tenant_id)
    company = session.get_one(CompanyProfile, session.tenant_id)
    words = words_of(session, message, members)
    asked = {"template": message.template, "language": message.language}
    wording = words.id if words else session.scalars(_WORDING, asked).first()
    said = [
        message.recipient,
        message.kind,
        message.language,
        str(message.day),
        message.template,
        wording,
        [mail.from_name, mail.from_address, mail.reply_to],
        company.row_version,
        [
            [
                member.invoice.id,
                member.invoice.number,
                member.row.step_key,
                member.row.occurrence,
                asked_of(session, member).minor,
                str(member.invoice.due_on),
                str(member.step.deadline_on) if member.step else "",
            ]
            for member in members
        ],
        [
            [claim.number, claim.claim.interest.minor, claim.claim.fixed_sum.minor, len(claim.claim.segments)]
            for claim in claims_of(session, members, day=message.day)
        ],
        _account(session, message),
        _files(session, message, members),
    ]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def _files(session: TenantSession, message: Message, members: Sequence[Member]) -> list[object]:
    """What goes along, and what a statement among it says; a PDF of an invoice never changes."""
    if message.kind != MessageKind.FOLLOW_UP:
        return []
    wanted = wanted_of(session, members)
    kinds = [sorted(wanted[invoice_id]) for invoice_id in sorted(wanted)]
    if not any(Attachment.STATEMENT in each for each in kinds):
        return [kinds]
    items = open_items(session, message)
    return [kinds, [[item.number, item.amount_due.minor, str(item.due_on)] for item in items]]


def _account(session: TenantSession, message: Message) -> list[object]:
    """What a statement says beside its invoices."""
    if message.kind != MessageKind.STATEMENT:
        return []
    account = account_of(session, message)
    return [str(account.since), account.previous.minor, account.billed.minor, account.received.minor]
