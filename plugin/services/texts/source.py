"""Where a text comes from: the tenant's own wording, else ours, in the language or in English."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import bindparam, select

from plugin.domain.errors import InvalidInput
from plugin.services.texts.values import LANGUAGES, TEMPLATES
from plugin.store.session import TenantSession
from plugin.store.tables.policies import MailText

FOLDER = Path(__file__).resolve().parents[3] / "templates" / "email"
_OWN = select(MailText).where(MailText.template == bindparam("template"), MailText.language == bindparam("language"))


@dataclass(frozen=True, slots=True)
class TextSource:
    """Subject, text and HTML in Liquid, before anything is filled in; ``html`` empty: it is made of the text."""

    subject: str
    body: str
    html: str = ""


def text_source(session: TenantSession, template: str, language: str) -> TextSource:
    """The wording in force for a template and language; another language falls back to English."""
    short = language.split("-", maxsplit=1)[0].lower()
    chosen = short if short in LANGUAGES else "en"
    own = session.scalars(_OWN, {"template": template, "language": chosen}).one_or_none()
    return TextSource(own.subject, own.body, own.html) if own else default_text(template, chosen)


@cache
def default_text(template: str, language: str) -> TextSource:
    """Our own wording: a file whose first line is the subject. InvalidInput for a template that does not exist."""
    if template not in TEMPLATES or language not in LANGUAGES:
        raise InvalidInput(f"There is no mail text {template!r} in {language!r}.", field="template")
    content = (FOLDER / language / f"{template}.liquid").read_text(encoding="utf-8")
    subject, _, body = content.partition("\n")
    return TextSource(subject.removeprefix("Subject: ").strip(), body.strip())
