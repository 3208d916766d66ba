"""An invoice that turns overdue mentions its project's owner on the home issue, once (F15)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from plugin.domain.billing.states import OPEN
from plugin.domain.money import Money
from plugin.services.currencies import currency_of
from plugin.services.effects.doubt_row import Doubt
from plugin.services.effects.evidence import Finding
from plugin.services.effects.jira_once import Needless, Words
from plugin.services.follow_ups.calendar import client_today
from plugin.services.follow_ups.site import site_stops
from plugin.services.history.audience import UNNAMED, readers_of
from plugin.services.history.invoice_words import standing_sentence
from plugin.services.history.issues import commented_issues
from plugin.services.history.standing import OVERDUE, shown
from plugin.services.jira_facts import Audience, CommentVisibility, Mention, Note
from plugin.services.jira_gateway import JiraGateway
from plugin.store.outbox import add_effect
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.invoices import Invoice

KIND = "jira_mention"
LOOK_AGAIN = timedelta(hours=1)
NEWS = timedelta(days=7)
"""An invoice that is overdue for longer is no news: naming an owner later tells nobody of old ones."""
EMPTY = Needless(sentence="The project has no owner to mention, or the invoice no issue.")


def queue_mentions(session: TenantSession, invoice_ids: Sequence[str], *, now: datetime) -> int:
    """Asks for the mention of each of these invoices that has just become overdue; gives how many are new."""
    query = (
        select(Invoice.id)
        .join(Project, (Project.tenant_id == Invoice.tenant_id) & (Project.id == Invoice.project_id))
        .where(
            Invoice.id.in_(list(invoice_ids)),
            Invoice.state.in_([state.value for state in OPEN]),
            Invoice.due_on >= (now - NEWS).date(),
            Invoice.due_on < now.date(),
            Project.owner_account_id != "",
        )
    )
    found = list(session.scalars(query))
    for invoice_id in found:
        add_effect(session, kind=KIND, key=f"{KIND}:{invoice_id}", subject_id=invoice_id, now=now)
    return len(found)


class MentionOwner:
    """Satisfies ``JiraOnce``; the subject is an invoice."""

    def prepare(self, session: TenantSession, subject_id: str, *, now: datetime) -> Words | Needless:
        """Whom to mention, while the invoice is overdue; nothing while the site is stopped."""
        own = select(Invoice).where(Invoice.id == subject_id).with_for_update(key_share=True)
        invoice = session.scalars(own, execution_options={"populate_existing": True}).one()
        client = session.get_one(Client, (session.tenant_id, invoice.client_id))
        today = client_today(client, now)
        if shown(invoice, today=today).state != OVERDUE:
            return Needless(sentence="The invoice is not overdue any more.")
        code = site_stops(session)
        if code is not None:
            return Needless(sentence=f"The site sends nothing now ({code.value}).", later=now + LOOK_AGAIN)
        project = session.get_one(Project, (session.tenant_id, invoice.project_id))
        issue = next(iter(commented_issues(session, invoice)), "")
        readers = readers_of(session, project)
        if readers is None or not issue or not project.owner_account_id:
            return Needless(sentence=UNNAMED) if readers is None else EMPTY
        amount = None if readers.discreet else Money(invoice.balance_minor, currency_of(invoice.currency))
        who = readers.visibility
        return {
            "issue_id": issue,
            "account_id": project.owner_account_id,
            "text": standing_sentence(invoice, client=client.name, amount=amount, today=today),
            "internal": readers.internal,
            "audience": [who.audience.value, who.identifier, who.name] if who else [],
        }

    def act(self, jira: JiraGateway, words: Words, *, marker: str) -> Words:
        """A comment of its own, since an edit of the living one tells nobody."""
        line = (Mention(account_id=str(words["account_id"])), str(words["text"]))
        note = Note(paragraphs=(line,), internal=words["internal"] is True)
        made = jira.add_note(str(words["issue_id"]), note, marker=marker, visibility=_visibility(words))
        return {"comment_id": made.id}

    def done(self, session: TenantSession, subject_id: str, came: Words) -> None:
        """The effect remembers it."""

    def look(self, jira: JiraGateway, words: Words, doubt: Doubt, *, now: datetime) -> Words | Finding:  # noqa: ARG002
        """By the marker."""
        found = jira.find_comment(str(words["issue_id"]), marker=doubt.effect_id)
        return Finding.ABSENT if found is None else {"comment_id": found.id}


def _visibility(words: Words) -> CommentVisibility | None:
    match words["audience"]:
        case [kind, identifier, name]:
            return CommentVisibility(audience=Audience(str(kind)), identifier=str(identifier), name=str(name))
    return None
