"""The project page and its tabs."""

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from plugin.domain.errors import NotFound
from plugin.services.billing.delete_draft import delete_draft
from plugin.services.billing.issue_invoice import issue_invoice
from plugin.services.billing.lookup import invoice_in, invoice_of
from plugin.services.letters.parts import letter_of
from plugin.store.queries.invoice_parts import pdf_of
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Task
from plugin.ui import here
from plugin.ui.board.page import show_board
from plugin.ui.board.scope import Scope
from plugin.ui.download import attachment
from plugin.ui.forms import Failed, read_form
from plugin.ui.project.invoice_page import show_invoice
from plugin.ui.project.invoices import show_invoices
from plugin.ui.project.issue import IssueForm
from plugin.ui.project.tasks import show_tasks
from plugin.ui.project.unbilled import confirm, make_draft, show_preview, show_unbilled
from plugin.ui.rights import require_biller, rights_in
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit
from plugin.ui.surface import fragment, page

routes = Routes("project", __name__)

AT = "/ui/fragment/project/<project_id>"


@routes.page("/ui/project")
def project() -> ResponseReturnValue:
    """The page as Jira's frame loads it."""
    project_id = request.args.get("project", "")
    rights = rights_in(project_id)
    return page(show_unbilled(project_id, rights) if rights.bills else show_invoices(project_id, rights))


@routes.fragment(f"{AT}/unbilled")
def unbilled(project_id: str) -> ResponseReturnValue:
    """The tab of time that is not billed."""
    return str(fragment(show_unbilled(project_id, rights_in(project_id))))


@routes.fragment(f"{AT}/preview")
def preview(project_id: str) -> ResponseReturnValue:
    """The draft as the chosen period would make it."""
    require_biller(project_id)
    return render_template("ui/project/preview.html", **show_preview(project_id))


@routes.fragment(f"{AT}/invoices")
def invoices(project_id: str) -> ResponseReturnValue:
    """The tab of drafts and invoices."""
    return str(fragment(show_invoices(project_id, rights_in(project_id))))


@routes.fragment(f"{AT}/invoices/<invoice_id>")
def invoice(project_id: str, invoice_id: str) -> ResponseReturnValue:
    """One invoice."""
    return str(fragment(show_invoice(project_id, invoice_id)))


@routes.fragment(f"{AT}/tasks")
def tasks(project_id: str) -> ResponseReturnValue:
    """The tab of open tasks."""
    return str(fragment(show_tasks(project_id, rights_in(project_id))))


@routes.fragment(f"{AT}/calendar")
def calendar(project_id: str) -> ResponseReturnValue:
    """The tab of what is to come."""
    return str(fragment(show_board(Scope(kind="project", place=project_id))))


@routes.action(f"{AT}/drafts")
def draft(project_id: str) -> Response:
    """Makes the draft of a period, and opens it."""
    rights = require_biller(project_id)

    def show(said: Said | None, failed: Failed | None) -> Markup:
        if said is None:
            return fragment(show_unbilled(project_id, rights, failed))
        return fragment(show_invoice(project_id, said.subject))

    return submit("draft", work=lambda session: make_draft(session, project_id), show=show)


@routes.action(f"{AT}/confirmations")
def confirm_long(project_id: str) -> Response:
    """Releases entries over 24 hours for billing."""
    rights = require_biller(project_id)

    def show(_: Said | None, failed: Failed | None) -> Markup:
        return fragment(show_unbilled(project_id, rights, failed))

    return submit("confirm", work=lambda session: confirm(session, project_id), show=show)


@routes.action(f"{AT}/invoices/<invoice_id>/issue")
def issue(project_id: str, invoice_id: str) -> Response:
    """Gives the draft its number and freezes it."""
    with here.reading() as session:
        invoice_in(session, invoice_id, project_id)
    require_biller(project_id)
    built = here.container()

    def work(session: TenantSession) -> Said:
        form = read_form(IssueForm)
        issued = issue_invoice(
            session,
            invoice_id,
            today=here.today_of(session),
            now=here.now(),
            actor=here.actor(),
            renderer=built.renderer,
            message_ids=lambda row: built.message_id(session.tenant_id, row),
            due=form.due_on,
            send=form.send,
        )
        how = "It goes to the client by mail." if form.send else "Send the PDF yourself."
        return Said(title=f"Invoice {issued.number} issued", body=how, subject=issued.id)

    def show(_: Said | None, failed: Failed | None) -> Markup:
        return fragment(show_invoice(project_id, invoice_id, failed))

    return submit("issue", work=work, show=show)


@routes.action(f"{AT}/invoices/<invoice_id>/deletion")
def delete(project_id: str, invoice_id: str) -> Response:
    """Deletes a draft and frees its time."""
    rights = require_biller(project_id)

    def work(session: TenantSession) -> Said:
        invoice_in(session, invoice_id, project_id)
        delete_draft(session, invoice_id, now=here.now(), actor=here.actor())
        return Said(title="Draft deleted", body="Its time can be billed again.")

    def show(said: Said | None, failed: Failed | None) -> Markup:
        if said is None:
            return fragment(show_invoice(project_id, invoice_id, failed))
        return fragment(show_unbilled(project_id, rights))

    return submit("delete", work=work, show=show)


@routes.fragment("/ui/fragment/invoices/<invoice_id>/pdf")
def pdf(invoice_id: str) -> Response:
    """The stored bytes that the client got."""
    with here.reading() as session:
        project_id = invoice_of(session, invoice_id).project_id
        document = pdf_of(session, invoice_id)
    require_biller(project_id)
    if document is None:
        raise NotFound("The document is being made; try again in a moment.")
    response = make_response(document.body)
    response.headers["Content-Type"] = document.media_type
    response.headers["Content-Disposition"] = attachment(document.file_name)
    return response


@routes.fragment("/ui/fragment/letters/<task_id>/pdf")
def letter(task_id: str) -> Response:
    """The letter of a task, to be printed."""
    with here.reading() as session:
        task = session.get(Task, (session.tenant_id, task_id))
        if task is None:
            raise NotFound("There is no such letter; reload the page.")
        project_id = invoice_of(session, task.invoice_id).project_id
    require_biller(project_id)
    with here.reading() as session:
        parts = letter_of(session, task_id)
    response = make_response(here.container().letter_pdf(parts))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = attachment("letter.pdf")
    return response
