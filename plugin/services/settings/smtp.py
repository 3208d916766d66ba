"""A tenant's own mail server: its address is checked, encrypted, and never shown with its password."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from plugin.domain.errors import Conflict, InvalidInput
from plugin.environment import SmtpSecurity, SmtpServer, smtp_server
from plugin.keys import KeyRing
from plugin.services.settings.checks import clean_line
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings

TABLE, FIELD = "mail_settings", "smtp_url"
PORTS = (25, 465, 587, 2525)
"""Ports on which mail servers take mail; no other service is reached through this form (A59)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpForm:
    """``host`` may carry a port; empty: the service's own server. An empty password keeps the one that is there."""

    host: str
    security: str
    user: str
    password: str
    row_version: int


def own_server(settings: MailSettings, keys: KeyRing) -> SmtpServer | None:
    """The tenant's server with its password; None where it uses the service's."""
    if not settings.smtp_url:
        return None
    return smtp_server(keys.decrypt(settings.smtp_url, tenant=settings.tenant_id, table=TABLE, field=FIELD))


def save_smtp(
    session: TenantSession, form: SmtpForm, *, keys: KeyRing, strict: bool, now: datetime, actor: str
) -> MailSettings:
    """Stores the server. ``strict``: as in production, only encrypted and only on the ports of mail.

    Where the host leads is looked at when it is connected to, since it may lead elsewhere by then.
    """
    settings = session.get_one(MailSettings, session.tenant_id, with_for_update=True)
    if settings.row_version != form.row_version:
        raise Conflict("Somebody changed the mail settings meanwhile. Theirs are shown; enter yours again.")
    before = own_server(settings, keys)
    server = _server(form, before, strict=strict)
    url = "" if server is None else keys.encrypt(_url(server), tenant=session.tenant_id, table=TABLE, field=FIELD)
    settings.smtp_url, settings.paused_reason = url, ""
    settings.row_version += 1
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="mail.server",
        subject="mail",
        now=now,
        before=_shown(before),
        after=_shown(server),
    )
    return settings


def _server(form: SmtpForm, before: SmtpServer | None, *, strict: bool) -> SmtpServer | None:
    host = clean_line(form.host, field="host")
    if not host:
        return None
    server = _typed(form, host, form.password)
    if before is not None and not form.password and _is_same_login(server, before):
        server = _typed(form, host, before.password or "")
    if strict and server.security is SmtpSecurity.PLAIN:
        raise InvalidInput("Choose TLS or STARTTLS: mails are not sent in the clear.", field="security")
    if strict and server.port not in PORTS:
        raise InvalidInput(f"Mail servers listen on {', '.join(map(str, PORTS))}, not on {server.port}.", field="host")
    return server


def _typed(form: SmtpForm, host: str, password: str) -> SmtpServer:
    user = clean_line(form.user, field="user")
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
    try:
        return smtp_server(f"{form.security}://{login}{host}")
    except InvalidInput as problem:
        raise InvalidInput(f"The mail server {problem.sentence}.", field="host") from None


def _is_same_login(one: SmtpServer, other: SmtpServer) -> bool:
    """A stored password goes to the server and port it was entered for, or to none."""
    return (one.host, one.port, one.username) == (other.host, other.port, other.username)


def _url(server: SmtpServer) -> str:
    host = f"[{server.host}]" if ":" in server.host else server.host
    user, password = quote(server.username or "", safe=""), quote(server.password or "", safe="")
    login = f"{user}:{password}@" if user else ""
    return f"{server.security.value}://{login}{host}:{server.port}"


def _shown(server: SmtpServer | None) -> dict[str, object]:
    """For the audit: never the password."""
    if server is None:
        return {"server": "the service's own"}
    return {"server": f"{server.security.value}://{server.host}:{server.port}", "user": server.username or ""}
