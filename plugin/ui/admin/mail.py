"""How mail leaves, and the wording of the mails."""

from datetime import time

import msgspec
from flask import request

from plugin.domain.errors import InvalidInput
from plugin.services.effects.settle import resume_mail
from plugin.services.settings.mail import MailForm, save_mail
from plugin.services.settings.texts import save_text
from plugin.services.texts.names import NAMES
from plugin.services.texts.preview import preview_text
from plugin.services.texts.source import default_text, text_source
from plugin.services.texts.values import LANGUAGES, TEMPLATES
from plugin.store.queries.mail_texts import own_text
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings
from plugin.ui import here
from plugin.ui.admin.frame import admin_values, shown
from plugin.ui.choices import language_choices
from plugin.ui.forms import Failed, read_form
from plugin.ui.submit import Said
from plugin.ui.surface import Shown

FIELDS = tuple(name for name in MailForm.__dataclass_fields__)


class MailInput(msgspec.Struct):
    """The form of the mail settings; hours are the client's."""

    from_address: str
    window_start: time
    window_end: time
    contact_interval_days: int
    row_version: int
    from_name: str = ""
    reply_to: str = ""


class TextInput(msgspec.Struct):
    """A wording. Both parts empty: ours again."""

    template: str
    language: str
    row_version: int
    subject: str = ""
    body: str = ""


def show_mail(failed: Failed | None = None) -> Shown:
    """The tab of the mail settings."""
    with here.reading() as session:
        values = admin_values(session, tab="mail", failed=failed)
        mail = session.get_one(MailSettings, session.tenant_id)
    stored = {name: getattr(mail, name) for name in FIELDS}
    hours = {name: stored[name].strftime("%H:%M") for name in ("window_start", "window_end")}
    return shown({**values, "mail": {**stored, **hours}, "paused_reason": mail.paused_reason})


def save_settings(session: TenantSession) -> Said:
    """Stores the mail settings."""
    form = read_form(MailInput)
    save_mail(session, MailForm(**msgspec.structs.asdict(form)), now=here.now(), actor=here.actor())
    return Said(title="Mail settings saved", refresh=False)


def resume(session: TenantSession) -> Said:
    """Mail goes on after its server refused us."""
    resume_mail(session, actor=here.actor(), now=here.now())
    return Said(title="Mail goes on", body="What waited leaves now.", refresh=False)


def show_texts(failed: Failed | None = None) -> Shown:
    """The tab of the wordings: one of them to change, with a preview."""
    template = _chosen("template", TEMPLATES)
    language = _chosen("language", LANGUAGES)
    with here.reading() as session:
        values = admin_values(session, tab="texts", failed=failed)
        own = own_text(session, template, language)
        source = text_source(session, template, language)
        written = preview_text(
            session, subject=source.subject, body=source.body, language=language, today=here.today_of(session)
        )
    return shown(
        {
            **values,
            "template": template,
            "language": language,
            "templates": [(name, name.capitalize()) for name in TEMPLATES],
            "languages": language_choices(),
            "text": {
                "subject": source.subject,
                "body": source.body,
                "template": template,
                "language": language,
                "row_version": own.row_version if own else 0,
            },
            "is_own": own is not None,
            "default": default_text(template, language),
            "written": written,
            "names": sorted(NAMES),
        }
    )


def show_preview() -> dict[str, object]:
    """The mail that the typed wording would make; a sentence with line and column where it would be refused."""
    form = read_form(TextInput)
    with here.reading() as session:
        try:
            written = preview_text(
                session, subject=form.subject, body=form.body, language=form.language, today=here.today_of(session)
            )
        except InvalidInput as problem:
            return {"problem": problem.sentence}
    return {"written": written}


def save_wording(session: TenantSession) -> Said:
    """Stores a wording."""
    form = read_form(TextInput)
    row = save_text(
        session,
        template=form.template,
        language=form.language,
        subject=form.subject,
        body=form.body,
        row_version=form.row_version,
        now=here.now(),
        actor=here.actor(),
    )
    return Said(title="Text saved" if row else "The standard text speaks again", refresh=False)


def _chosen(name: str, known: tuple[str, ...]) -> str:
    value = request.values.get(name, "")
    return value if value in known else known[0]
