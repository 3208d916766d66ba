"""What the fields of a step offer, in words."""

from collections.abc import Mapping

from sqlalchemy import select

from plugin.domain.reminders.policy import (
    ActionKind,
    Anchor,
    Attachment,
    CallOutcome,
    Channel,
    GuardKind,
    Role,
    Tone,
    Unit,
)
from plugin.domain.reminders.step_names import mail_name
from plugin.services.currencies import currency_of
from plugin.services.texts.values import TEMPLATES
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.staff import WebhookTarget

CHANNELS = [
    (Channel.EMAIL.value, "Mail"),
    (Channel.CALL.value, "Phone call"),
    (Channel.PLAN_OFFER.value, "Offer of a payment plan"),
    (Channel.LEGAL_DECISION.value, "Legal decision"),
    (Channel.JIRA.value, "In Jira"),
    (Channel.WEBHOOK.value, "Message through a provider"),
    (Channel.LETTER.value, "Letter"),
]
TONES = [(tone.value, tone.value.capitalize()) for tone in Tone]
ANCHORS = [
    (Anchor.DUE_DATE.value, "from the due date"),
    (Anchor.ISSUE_DATE.value, "from the issue date"),
    (Anchor.PREVIOUS_STEP.value, "after the step before"),
    (Anchor.LAST_CONTACT.value, "after the last contact"),
    (Anchor.PROMISE.value, "from the promised day"),
    (Anchor.INSTALMENT.value, "from each instalment's due day"),
    (Anchor.ABSOLUTE.value, "from a day of the calendar"),
]
UNITS = [(Unit.DAYS.value, "days"), (Unit.BUSINESS_DAYS.value, "business days")]
ROLES = [
    (Role.BILLING.value, "Billing"),
    (Role.SPONSOR.value, "Sponsor"),
    (Role.CC.value, "In copy"),
    (Role.ESCALATION.value, "Escalation"),
    (Role.ACCOUNT_MANAGER.value, "Our account manager"),
]
ATTACHMENTS = [
    (Attachment.PDF.value, "Invoice as PDF"),
    (Attachment.XML.value, "Invoice as XML"),
    (Attachment.STATEMENT.value, "Statement of account"),
]
ACTIONS = [
    (ActionKind.COMMENT.value, "Comment on the issue"),
    (ActionKind.MENTION.value, "Mention the project's owner"),
    (ActionKind.NOTIFY.value, "Notify through Jira"),
    (ActionKind.TRANSITION.value, "Move the issue to a status"),
]
VIEWED = [
    ("", "Whether opened or not"),
    (GuardKind.VIEWED.value, "Only if the client has opened the invoice"),
    (GuardKind.NOT_VIEWED.value, "Only if the client has not opened it"),
]
OUTCOMES = [
    (CallOutcome.ANSWERED.value, "Answered"),
    (CallOutcome.VOICEMAIL.value, "Voicemail"),
    (CallOutcome.NO_ANSWER.value, "No answer"),
    (CallOutcome.WRONG_CONTACT.value, "Wrong contact"),
    (CallOutcome.PROMISE.value, "Promise"),
    (CallOutcome.DISPUTE.value, "Dispute"),
    (CallOutcome.REFUSED.value, "Refused"),
]


def options(session: TenantSession) -> Mapping[str, object]:
    """All of them; names of webhook targets and segments are the site's own."""
    texts = [name for name in TEMPLATES if name not in ("invoice", "receipt", "debit_note")]
    targets = session.scalars(select(WebhookTarget.name).order_by(WebhookTarget.name))
    segments = session.scalars(select(Client.segment).where(Client.segment != "").distinct().order_by(Client.segment))
    return {
        "channels": CHANNELS,
        "tones": TONES,
        "anchors": ANCHORS,
        "units": UNITS,
        "roles": ROLES,
        "attachments": ATTACHMENTS,
        "actions": ACTIONS,
        "viewed": VIEWED,
        "outcomes": OUTCOMES,
        "texts": [(name, mail_name(name)) for name in texts],
        "targets": [(name, name) for name in targets],
        "segments": list(segments),
        "decimals": currency_of(session.get_one(CompanyProfile, session.tenant_id).currency).exponent,
    }
