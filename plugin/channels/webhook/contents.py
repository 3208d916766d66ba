"""What a webhook says: the invoice, what is open, whom it concerns, and the words of the step."""

from sqlalchemy import select

from plugin.domain.errors import Permanent
from plugin.services.effects.step_channel import Content, StepAbout
from plugin.services.follow_ups.step_text import step_text
from plugin.services.webhooks.targets import target_named
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Contact


def compose(session: TenantSession, about: StepAbout) -> Content:
    """``facts`` stay the same at every attempt; the words are those of the first one."""
    action = about.wanted.action
    target = target_named(session, action.target) if action is not None else None
    if target is None or not target.is_on:
        name = action.target if action is not None else ""
        raise Permanent(f"The webhook {name} is switched off or does not exist; look at the administration.")
    words = step_text(session, about)
    return {
        "target_id": target.id,
        "facts": {
            "type": "follow_up",
            "step": about.step.step_key,
            "tone": about.entry.tone.value,
            "language": about.client.language,
            "invoice": _invoice(about),
            "client": {"name": about.client.name, "phone": about.client.phone},
            "contacts": _contacts(session, about),
        },
        "subject": words.subject if words else "",
        "text": words.text if words else "",
    }


def _invoice(about: StepAbout) -> dict[str, object]:
    invoice, amount, deadline = about.invoice, about.entry.amount, about.entry.deadline
    return {
        "number": invoice.number,
        "issued_on": invoice.issued_on.isoformat() if invoice.issued_on else None,
        "due_on": invoice.due_on.isoformat() if invoice.due_on else None,
        "currency": invoice.currency,
        "open_minor": amount.minor if amount else invoice.balance_minor,
        "deadline": deadline.isoformat() if deadline else None,
    }


def _contacts(session: TenantSession, about: StepAbout) -> list[dict[str, str]]:
    """The client's people in the roles that the step names, else all of them: a number may do where a mail bounced."""
    people = session.scalars(select(Contact).where(Contact.client_id == about.client.id).order_by(Contact.id)).all()
    wanted = {role.value for role in about.wanted.recipients}
    return [
        {"name": person.name, "email": person.email, "phone": person.phone, "role": person.role}
        for person in [each for each in people if each.role in wanted] or people
    ]
