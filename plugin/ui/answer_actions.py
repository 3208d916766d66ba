"""What is done about what a client said: it is dealt with, or its effect is taken back."""

import msgspec
from flask import Response

from plugin.domain.errors import InvalidInput, NotFound
from plugin.services.answers.handle import handle_answer, handle_mail, undo_answer
from plugin.services.billing.lookup import invoice_of
from plugin.services.query_issues.queue import ask_for_issue
from plugin.store.session import TenantSession
from plugin.store.tables.answers import ClientAnswer, InboundMail
from plugin.store.tables.follow_ups import Task
from plugin.ui import here
from plugin.ui.forms import read_form
from plugin.ui.on_invoice import AT, part_of, require_billable, show_again
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit

routes = Routes("answers", __name__)


class VoiceForm(msgspec.Struct):
    """``what``: handled, or undone (an answer's effect is taken back); ``note`` stays inside."""

    what: str = ""
    note: str = ""


@routes.action(f"{AT}/answers/<voice_id>")
def about(surface: str, place: str, invoice_id: str, voice_id: str) -> Response:
    """Marks an answer or a mail about this invoice as dealt with."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        return _change(session, invoice_id, voice_id)

    return submit(f"voice-{voice_id}", work=work, show=show_again(surface, place, invoice_id))


@routes.action(f"{AT}/tasks/<task_id>/issue")
def make_issue(surface: str, place: str, invoice_id: str, task_id: str) -> Response:
    """Has an issue made in Jira of what the client asks."""
    require_billable(invoice_id)

    def work(session: TenantSession) -> Said:
        task = part_of(session, Task, task_id, invoice_id)
        ask_for_issue(session, task.id, now=here.now(), actor=here.actor())
        return Said(title="The issue is being made", body="Its link appears here within a minute.")

    return submit(f"issue-{task_id}", work=work, show=show_again(surface, place, invoice_id))


def _change(session: TenantSession, invoice_id: str, voice_id: str) -> Said:
    form, now, actor = read_form(VoiceForm), here.now(), here.actor()
    is_mail = _is_mail(session, invoice_id, voice_id)
    match form.what:
        case "handled" if is_mail:
            handle_mail(session, voice_id, note=form.note, now=now, actor=actor)
        case "handled":
            handle_answer(session, voice_id, note=form.note, now=now, actor=actor)
        case "undone" if not is_mail:
            undo_answer(session, voice_id, note=form.note, now=now, actor=actor)
            return Said(title="Taken back", body="The follow-ups go on as if it had not been said.", tone="warning")
        case _:
            raise InvalidInput("Choose what to do about it.", field="what")
    return Said(title="Dealt with", body="The follow-ups go on.")


def _is_mail(session: TenantSession, invoice_id: str, voice_id: str) -> bool:
    """Whether it is a mail; NotFound where it is about another invoice (A39)."""
    answer = session.get(ClientAnswer, (session.tenant_id, voice_id))
    if answer is not None and answer.invoice_id == invoice_id:
        return False
    mail = session.get(InboundMail, (session.tenant_id, voice_id))
    client_id = invoice_of(session, invoice_id).client_id
    if mail is None or mail.client_id != client_id or (mail.invoice_ids and invoice_id not in mail.invoice_ids):
        raise NotFound("There is no such answer on this invoice; reload the page.")
    return True
