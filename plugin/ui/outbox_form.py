"""What a person does to a mail in its undo window, from the board or from the page of one of its invoices."""

import msgspec
from sqlalchemy import ColumnElement, select

from plugin.domain.errors import InvalidInput, NotFound
from plugin.services.follow_ups.outbox import approve_waiting, hold_waiting, send_waiting, skip_waiting
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import MessageMember
from plugin.store.tables.invoices import Invoice
from plugin.ui import here
from plugin.ui.rights import require_biller
from plugin.ui.submit import Said


class OutboxForm(msgspec.Struct):
    """``message``: which mail; ``what``: hold or skip (with ``reason``), now, or approve."""

    message: str
    what: str
    reason: str = ""

    @property
    def name(self) -> str:
        """The name of the form on the page."""
        return f"outbox-{self.message}-{self.what}"


def require_own_mail(session: TenantSession, form: OutboxForm, own: ColumnElement[bool]) -> None:
    """A mail that speaks of an invoice for which ``own`` holds; NotFound for any other (A39).

    Where it speaks of other projects too, one who bills them all decides.
    """
    _require_chosen(form)
    about = (
        select(Invoice.project_id, own)
        .join(MessageMember, (MessageMember.tenant_id == Invoice.tenant_id) & (MessageMember.invoice_id == Invoice.id))
        .where(MessageMember.message_row_id == form.message)
        .distinct()
    )
    found = session.execute(about).all()
    if not any(is_own for _, is_own in found):
        raise NotFound("There is no such mail here; reload the page.")
    for project_id in {project_id for project_id, _ in found}:
        require_biller(project_id)


def change_waiting(session: TenantSession, form: OutboxForm) -> Said:
    """Holds the mail, lets it go at once, or leaves it out."""
    _require_chosen(form)
    now, actor = here.now(), here.actor()
    match form.what:
        case "hold":
            numbers = hold_waiting(session, form.message, reason=form.reason, now=now, actor=actor)
            return Said(title="Held", body=f"Paused until somebody resumes: {', '.join(numbers)}.")
        case "approve":
            approve_waiting(session, form.message, now=now, actor=actor)
            return Said(title="Approved", body="It leaves as soon as it may.")
        case "now":
            send_waiting(session, form.message, now=now, actor=actor)
            return Said(title="It leaves now")
        case "skip":
            skip_waiting(session, form.message, reason=form.reason, now=now, actor=actor)
            return Said(title="Left out", body="The steps after it go on.")
    raise InvalidInput("Choose what to do with this mail.", field="what")


def _require_chosen(form: OutboxForm) -> None:
    if not form.message:
        raise InvalidInput("Choose one of the mails that wait.", field="message")
