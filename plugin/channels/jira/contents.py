"""What a step in Jira says, and to whom: short, without amounts where the project or a service desk wants none."""

from plugin.domain.errors import Permanent
from plugin.domain.reminders.policy import ActionKind
from plugin.services.effects.step_channel import Content, StepAbout
from plugin.services.history.audience import UNNAMED, readers_of
from plugin.services.history.invoice_words import standing_sentence
from plugin.services.history.issues import commented_issues
from plugin.store.session import TenantSession

NO_ISSUE = "The invoice bills no issue in Jira, so there is none to act on; choose a home issue for it."
NO_OWNER = "The project has no owner to tell; name one in the project's settings."


def compose(session: TenantSession, about: StepAbout) -> Content:
    """JSON of the action on the invoice's home issue. Raises Permanent where it has none, or nobody to tell."""
    issues = commented_issues(session, about.invoice)
    action = about.wanted.action
    if not issues or action is None:
        raise Permanent(NO_ISSUE)
    content: dict[str, object] = {"issue_id": issues[0], "action": action.kind.value}
    if action.kind is ActionKind.TRANSITION:
        return {**content, "target": action.target.strip()}
    if action.kind is not ActionKind.COMMENT:
        content["account_id"] = _owner(about)
    readers = readers_of(session, about.project)
    if action.kind is ActionKind.NOTIFY:
        subject = f"Invoice {about.invoice.number} is open"
        return {**content, "subject": subject, "text": _text(about, discreet=readers is None or readers.discreet)}
    if readers is None:
        raise Permanent(UNNAMED)
    content |= {"text": _text(about, discreet=readers.discreet), "internal": readers.internal}
    who = readers.visibility
    if who is None:
        return content
    return {**content, "audience": who.audience.value, "identifier": who.identifier, "name": who.name}


def _owner(about: StepAbout) -> str:
    if not about.project.owner_account_id:
        raise Permanent(NO_OWNER)
    return about.project.owner_account_id


def _text(about: StepAbout, *, discreet: bool) -> str:
    amount = None if discreet else about.entry.amount
    return standing_sentence(about.invoice, client=about.client.name, amount=amount, today=about.today)
