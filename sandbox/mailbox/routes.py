"""The mailbox over HTTP: pages for people, JSON for tests, and the look-up by Message-ID that serves as evidence."""

from io import BytesIO

from flask import Blueprint, Response, abort, jsonify, request

from sandbox.mailbox.mail import Attachment, Mail
from sandbox.mailbox.sink import Mailbox

PREVIEW_SCALE = 1.5
BODY_POLICY = "default-src 'none'; img-src data: cid:; style-src 'unsafe-inline'; sandbox"


def blueprint(mailbox: Mailbox) -> Blueprint:
    """What needs no template; the pages themselves belong to the host."""
    routes = Blueprint("mailbox_api", __name__)

    @routes.get("/mailbox/api/messages")
    def messages() -> tuple[Response, int]:
        if not mailbox.evidence:
            return jsonify({"error": "The look-up of messages is switched off."}), 503
        found = mailbox.mails
        if "message_id" in request.args:
            found = mailbox.find(request.args["message_id"])
        if "recipient" in request.args:
            found = [mail for mail in found if request.args["recipient"] in mail.recipients]
        return jsonify({"count": len(found), "messages": [summary(mail) for mail in found]}), 200

    @routes.delete("/mailbox/api/messages")
    def clear() -> Response:
        mailbox.clear()
        return Response(status=204)

    _add_parts(routes, mailbox)
    return routes


def _add_parts(routes: Blueprint, mailbox: Mailbox) -> None:
    @routes.get("/mailbox/<int:number>/raw")
    def raw(number: int) -> Response:
        return Response(_mail(mailbox, number).raw, mimetype="text/plain")

    @routes.get("/mailbox/<int:number>/html")
    def html(number: int) -> Response:
        body = _mail(mailbox, number).html
        return Response(body, mimetype="text/html", headers={"Content-Security-Policy": BODY_POLICY})

    @routes.get("/mailbox/<int:number>/attachments/<int:index>")
    def attachment(number: int, index: int) -> Response:
        found = _attachment(mailbox, number, index)
        return Response(
            found.content,
            mimetype=found.content_type,
            headers={"Content-Disposition": f'attachment; filename="{ascii_name(found.name)}"'},
        )

    @routes.get("/mailbox/<int:number>/attachments/<int:index>/preview.png")
    def preview(number: int, index: int) -> Response:
        found = _attachment(mailbox, number, index)
        if found.content_type != "application/pdf":
            abort(404)
        return Response(page_image(found.content, request.args.get("page", 1, type=int)), mimetype="image/png")


def summary(mail: Mail) -> dict[str, object]:
    """A mail in a list."""
    return {
        "id": mail.number,
        "message_id": mail.message_id,
        "sender": mail.sender,
        "recipients": list(mail.recipients),
        "subject": mail.subject,
        "received_at": mail.received_at.isoformat(),
        "size": len(mail.raw),
        "effect_id": mail.header("X-Effect-ID"),
        "attachments": [
            {"name": each.name, "type": each.content_type, "size": len(each.content)} for each in mail.attachments
        ],
    }


def page_image(pdf: bytes, page: int) -> bytes:
    """A page of a PDF as PNG; the first page where there is no such page."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        chosen = page - 1 if 1 <= page <= len(document) else 0
        picture = document[chosen].render(scale=PREVIEW_SCALE).to_pil()
    finally:
        document.close()
    written = BytesIO()
    picture.save(written, format="PNG")
    return written.getvalue()


def ascii_name(name: str) -> str:
    """A file name that may stand in a header."""
    return "".join(each if each.isalnum() or each in "._- " else "_" for each in name if each.isascii()) or "file"


def _mail(mailbox: Mailbox, number: int) -> Mail:
    found = next((mail for mail in mailbox.mails if mail.number == number), None)
    if found is None:
        abort(404)
    return found


def _attachment(mailbox: Mailbox, number: int, index: int) -> Attachment:
    attachments = _mail(mailbox, number).attachments
    if not 0 <= index < len(attachments):
        abort(404)
    return attachments[index]
