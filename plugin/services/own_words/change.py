"""Changes the words of one mail before it goes: of one that waits in the outbox, or of a step whose mail is to come."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from plugin.domain.errors import Conflict, NotFound
from plugin.domain.reminders.step_names import mail_name
from plugin.services.effects.locks import lock_to_change
from plugin.services.follow_ups.change_step import open_step
from plugin.services.follow_ups.members import Member, members_of
from plugin.services.follow_ups.messages import MessageKind
from plugin.services.follow_ups.preview_step import draft_step
from plugin.services.follow_ups.render import mail_values
from plugin.services.history.record import record_event
from plugin.services.own_words.check import check_words
from plugin.services.own_words.draft import Draft
from plugin.services.own_words.speaking import words_of
from plugin.services.texts.source import TextSource, text_source
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.by_hand import MailWords
from plugin.store.tables.follow_ups import Message, PlannedStep
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect

NOT_OFFERED = ("planned", "deferred", "claimed")
"""Nothing of the mail was taken yet; a worker that has it in hand finds at its gate that it says something else now."""
STATEMENT_NAME = "Statement of account"
NO_SUCH_MAIL = "There is no such mail here; reload the page."
TOO_LATE = "This mail is on its way, has left or was called off; its words stay as they are. Reload the page."
OVERTAKEN = (
    "Somebody changed these words meanwhile. Yours stand in the form, theirs beside it; save again to replace them."
)


def mail_of_step(session: TenantSession, invoice_id: str, key: str) -> str | None:
    """The id of the mail in the outbox that carries a step by now; None where it is still to be put together."""
    query = (
        select(PlannedStep.message_row_id)
        .join(Effect, (Effect.tenant_id == PlannedStep.tenant_id) & (Effect.subject_id == PlannedStep.message_row_id))
        .where(
            PlannedStep.invoice_id == invoice_id,
            PlannedStep.step_key == key,
            Effect.kind == "mail",
            Effect.state.in_(NOT_OFFERED),
        )
        .order_by(PlannedStep.occurrence)
    )
    return session.scalars(query).first()


def draft_mail(session: TenantSession, message_id: str) -> Draft:
    """A mail of the outbox as it would be written now. NotFound for an unknown one, Conflict for one that has left."""
    message = session.get(Message, (session.tenant_id, message_id))
    if message is None:
        raise NotFound(NO_SUCH_MAIL)
    return _draft(session, message, _unoffered(session, message))


def change_mail(
    session: TenantSession, message_id: str, *, subject: str, body: str, seen: str, now: datetime, actor: str
) -> None:
    """Gives a waiting mail words of its own; its steps keep them where it is called off and put together anew.

    ``seen``: the words that the person had before them (``Draft.words_id``). Conflict where others stand there by now,
    or the mail is on its way: whoever locks its rows first, this or its gate, is before the other.
    """
    change, members = _of_mail(session, message_id, seen, now=now, actor=actor)
    _speak(members, change.keep(check_words(change.draft, subject, body)))
    change.tell()


def drop_mail_words(session: TenantSession, message_id: str, *, seen: str, now: datetime, actor: str) -> None:
    """Lets the standing words speak again; what was written stays on record."""
    change, members = _of_mail(session, message_id, seen, now=now, actor=actor)
    _speak(members, None)
    change.tell()


def change_step_words(
    session: TenantSession,
    invoice_id: str,
    key: str,
    *,
    subject: str,
    body: str,
    seen: str,
    now: datetime,
    actor: str,
) -> None:
    """The same for a step whose mail is to come, such as one that waits for a person's approval."""
    change, step = _of_step(session, invoice_id, key, seen, now=now, actor=actor)
    step.words_id = change.keep(check_words(change.draft, subject, body))
    change.tell()


def drop_step_words(session: TenantSession, invoice_id: str, key: str, *, seen: str, now: datetime, actor: str) -> None:
    """The same for a step: the standing words speak again."""
    change, step = _of_step(session, invoice_id, key, seen, now=now, actor=actor)
    step.words_id = None
    change.tell()


class _Change:
    """One person's change of one mail: what was said before, and what is put on record."""

    def __init__(
        self,
        session: TenantSession,
        draft: Draft,
        invoices: Sequence[Invoice],
        key: str,
        *,
        title: str,
        now: datetime,
        actor: str,
    ) -> None:
        self.draft = draft
        self._session, self._now, self._actor = session, now, actor
        self._invoices, self._key, self._title = invoices, key, title
        self._words_id, self._said = "", draft.standing

    def keep(self, words: TextSource) -> str:
        """Stores checked words in a row of their own; gives its id."""
        row = MailWords(
            id=new_id(),
            invoice_id=self._invoices[0].id,
            step_key=self._key,
            template=self.draft.template,
            language=self.draft.language,
            subject=words.subject,
            body=words.body,
            written_by=self._actor,
            written_at=self._now,
        )
        self._session.add(row)
        self._words_id, self._said = row.id, words
        return row.id

    def tell(self) -> None:
        """A line in the history of each invoice, and the record; the head of its chain is locked last of all."""
        what = "Words changed" if self._words_id else "Standing words again"
        self._session.flush()
        for invoice in sorted(self._invoices, key=lambda one: one.id):
            record_event(
                self._session,
                invoice,
                kind="note",
                text=f"{what}: {self._title}",
                key=f"words:{self._words_id or new_id()}:{invoice.id}",
                now=self._now,
                step_key=self._key,
                channel="email",
                actor=self._actor,
            )
        record_audit(
            self._session,
            actor=self._actor,
            action="mail.words_changed" if self._words_id else "mail.words_dropped",
            subject=self._invoices[0].id,
            now=self._now,
            before={"step": self._key, "words": self.draft.words_id, "sha256": _digest(self.draft.source)},
            after={"step": self._key, "words": self._words_id, "sha256": _digest(self._said)},
        )


def _of_mail(
    session: TenantSession, message_id: str, seen: str, *, now: datetime, actor: str
) -> tuple[_Change, list[Member]]:
    if session.get(Message, (session.tenant_id, message_id)) is None:
        raise NotFound(NO_SUCH_MAIL)
    message = lock_to_change(session, message_id)
    members = _unoffered(session, message)
    draft = _draft(session, message, members)
    _require_seen(draft, seen)
    key = members[0].row.step_key
    title = STATEMENT_NAME if message.kind == MessageKind.STATEMENT else mail_name(key, message.tone)
    invoices = list({member.invoice.id: member.invoice for member in members}.values())
    return _Change(session, draft, invoices, key, title=title, now=now, actor=actor), members


def _of_step(
    session: TenantSession, invoice_id: str, key: str, seen: str, *, now: datetime, actor: str
) -> tuple[_Change, PlannedStep]:
    invoice, step = open_step(session, invoice_id, key)
    draft = draft_step(session, invoice_id, key, now=now).draft
    _require_seen(draft, seen)
    title = mail_name(key, step.tone)
    return _Change(session, draft, [invoice], key, title=title, now=now, actor=actor), step


def _speak(members: Sequence[Member], words_id: str | None) -> None:
    for member in members:
        member.row.words_id = words_id
        if member.step is not None:
            member.step.words_id = words_id


def _unoffered(session: TenantSession, message: Message) -> list[Member]:
    """Its members. Conflict where something of it was offered, or it goes to nobody any more."""
    query = select(Effect.state).where(Effect.kind == "mail", Effect.subject_id == message.id)
    members = members_of(session, message)
    if session.scalars(query).one_or_none() not in NOT_OFFERED or not members:
        raise Conflict(TOO_LATE)
    return members


def _require_seen(draft: Draft, seen: str) -> None:
    if draft.words_id != seen:
        raise Conflict(OVERTAKEN)


def _draft(session: TenantSession, message: Message, members: list[Member]) -> Draft:
    values = mail_values(session, message, members)
    return Draft(
        template=message.template,
        language=message.language,
        standing=text_source(session, message.template, message.language),
        own=words_of(session, message, members),
        values=values,
        promises_deadline=values.deadline is not None,
    )


def _digest(source: TextSource) -> str:
    return hashlib.sha256(f"{source.subject}\n\n{source.body}".encode()).hexdigest()
