"""Where answers come in: a mailbox that is read over IMAP, and a secret with which a mail provider hands mail over."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote, urlsplit

from plugin.domain.errors import InvalidInput
from plugin.keys import KeyRing
from plugin.services.billing.lookup import check_version
from plugin.services.settings.checks import check_range, clean_line, required
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings
from plugin.store.tables.outbox import Cursor

TABLE = "mail_settings"
CURSOR = "imap"
LEAST_DAYS, MOST_DAYS = 30, 3650


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxForm:
    """``host`` may carry a port; an empty one takes the mailbox away. An empty password keeps the one that is there."""

    host: str
    user: str
    password: str
    folder: str
    row_version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundView:
    """What the administration shows: never a password or a secret."""

    host: str
    user: str
    folder: str
    has_secret: bool
    kept_days: int
    row_version: int


def inbound_view(session: TenantSession, keys: KeyRing) -> InboundView:
    """The settings as they stand."""
    settings = session.get_one(MailSettings, session.tenant_id)
    url = urlsplit(_opened(settings, keys))
    return InboundView(
        host=url.netloc.rpartition("@")[2],
        user=unquote(url.username or ""),
        folder=settings.imap_folder,
        has_secret=bool(settings.inbound_secret),
        kept_days=settings.inbound_kept_days,
        row_version=settings.row_version,
    )


def mailbox_of(session: TenantSession, keys: KeyRing) -> tuple[str, str] | None:
    """Address (with its password) and folder of the tenant's mailbox; None where it has none."""
    settings = session.get(MailSettings, session.tenant_id)
    if settings is None or not settings.imap_url:
        return None
    return _opened(settings, keys), settings.imap_folder


def secret_of(session: TenantSession, keys: KeyRing) -> str:
    """The secret of the tenant's mail provider; empty where none was made."""
    settings = session.get(MailSettings, session.tenant_id)
    if settings is None or not settings.inbound_secret:
        return ""
    return keys.decrypt(settings.inbound_secret, tenant=session.tenant_id, table=TABLE, field="inbound_secret")


def save_mailbox(
    session: TenantSession, form: MailboxForm, *, keys: KeyRing, scheme: str, now: datetime, actor: str
) -> MailSettings:
    """Stores the mailbox encrypted and has it read now. ``scheme``: imaps, or imap where nothing real is reached."""
    settings = _locked(session)
    check_version(settings, form.row_version)
    host = clean_line(form.host, field="host")
    settings.imap_folder = clean_line(form.folder, field="folder", longest=200) or "INBOX"
    settings.imap_url = _sealed(settings, form, host, keys, scheme) if host else ""
    settings.row_version += 1
    session.flush()
    reading = session.get_one(Cursor, (session.tenant_id, CURSOR))
    reading.next_at, reading.value, reading.failures, reading.last_error = now, "", 0, ""
    _audit(session, "inbound.mailbox", actor, now, host=host)
    return settings


def keep_mails(session: TenantSession, *, days: int, row_version: int, now: datetime, actor: str) -> None:
    """Says for how many days a mail that came in is kept."""
    settings = _locked(session)
    check_version(settings, row_version)
    before = settings.inbound_kept_days
    settings.inbound_kept_days = check_range(days, field="days", low=LEAST_DAYS, high=MOST_DAYS)
    settings.row_version += 1
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="inbound.kept",
        subject="mail",
        now=now,
        before={"days": before},
        after={"days": settings.inbound_kept_days},
    )


def make_secret(session: TenantSession, *, keys: KeyRing, now: datetime, actor: str) -> str:
    """A new secret, which is shown this once; the one before stops to count."""
    secret = secrets.token_urlsafe(32)
    store_secret(session, secret, keys=keys, now=now, actor=actor)
    return secret


def store_secret(session: TenantSession, secret: str, *, keys: KeyRing, now: datetime, actor: str) -> None:
    """Keeps a secret that a provider gave; an empty one takes it away."""
    settings = _locked(session)
    settings.inbound_secret = (
        keys.encrypt(secret, tenant=session.tenant_id, table=TABLE, field="inbound_secret") if secret else ""
    )
    settings.row_version += 1
    session.flush()
    _audit(session, "inbound.secret", actor, now, given=bool(secret))


def _sealed(settings: MailSettings, form: MailboxForm, host: str, keys: KeyRing, scheme: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
        port = parts.port
    except ValueError:
        port, parts = None, urlsplit("")
    if not parts.hostname or parts.username or parts.path or parts.query or (port is None and ":" in host):
        raise InvalidInput(
            "Write the server as mail.example.com, or with a port as mail.example.com:993.", field="host"
        )
    user = required(clean_line(form.user, field="user"), field="user", what="the user of the mailbox")
    before = urlsplit(_opened(settings, keys))
    kept = (
        unquote(before.password or "")
        if (before.netloc.rpartition("@")[2], unquote(before.username or ""))
        == (
            host,
            user,
        )
        else ""
    )
    password = required(form.password or kept, field="password", what="the password of the mailbox")
    url = f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{host}"
    return keys.encrypt(url, tenant=settings.tenant_id, table=TABLE, field="imap_url")


def _opened(settings: MailSettings, keys: KeyRing) -> str:
    if not settings.imap_url:
        return ""
    return keys.decrypt(settings.imap_url, tenant=settings.tenant_id, table=TABLE, field="imap_url")


def _locked(session: TenantSession) -> MailSettings:
    return session.get_one(MailSettings, session.tenant_id, with_for_update=True)


def _audit(session: TenantSession, action: str, actor: str, now: datetime, **after: object) -> None:
    record_audit(session, actor=actor, action=action, subject="mail", now=now, after=after)
