"""Who changed what, in the reader's way of writing amounts; the rows themselves stay as they were hashed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for

from plugin.domain.errors import InvalidInput
from plugin.services.currencies import currency_of
from plugin.store.queries.admin import PAGE, audit_page, invoices_named
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.invoices import Invoice
from plugin.ui import here
from plugin.ui.admin.frame import admin_values, shown
from plugin.ui.filters import money, percent
from plugin.ui.forms import Failed
from plugin.ui.names import names_of
from plugin.ui.surface import Shown

PER_HOUR, BASIS_POINTS, MINOR, PARTS = "minor_per_hour", "_rate_bp", "_minor", "parts"
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditView:
    """One row as it is read: ``about`` is an invoice's number where the subject is one."""

    seq: int
    at: datetime
    actor: str
    action: str
    about: str
    before: Pairs
    after: Pairs


def show_audit(_: Failed | None = None) -> Shown:
    """The tab of the audit rows, 50 a page, newest first."""
    text = request.args.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    with here.reading() as session:
        values = admin_values(session, tab="audit", failed=None)
        rows = audit_page(session, before=before)
        invoices = invoices_named(session, {row.subject for row in rows})
    older = url_for("admin.tab", tab="audit", before=rows[-1].seq) if len(rows) == PAGE else None
    newest = url_for("admin.tab", tab="audit") if before else None
    views = [_view(row, invoices.get(row.subject)) for row in rows]
    names = names_of(row.actor for row in rows)
    return shown({**values, "audit": views, "names": names, "older": older, "newest": newest})


def _view(row: AuditRow, invoice: Invoice | None) -> AuditView:
    stored = {**(row.before or {}), **(row.after or {})}
    currency = _known(stored.get("currency")) or (invoice.currency if invoice else "")
    return AuditView(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        action=row.action.replace(".", ": ").replace("_", " ").capitalize(),
        about=(invoice.number if invoice else None) or row.subject,
        before=_pairs(row.before, currency),
        after=_pairs(row.after, currency),
    )


def _pairs(values: Mapping[str, object] | None, currency: str) -> Pairs:
    known = [(name, value) for name, value in (values or {}).items() if value is not None]
    return [_pair(name, value, currency) for name, value in known]


def _pair(name: str, value: object, currency: str) -> tuple[str, str]:
    """A column of money loses its unit with its name; without a currency the number stays what it is."""
    if name == PARTS and currency and isinstance(value, list):
        return name, "; ".join(_part(part, currency) for part in value)
    if not isinstance(value, int) or isinstance(value, bool):
        return _label(name), str(value)
    if name.endswith(BASIS_POINTS):
        return _label(name.removesuffix(BASIS_POINTS)), percent(value)
    if name == PER_HOUR and currency:
        return "per hour", money(value, currency)
    if name.endswith(MINOR) and currency:
        return _label(name.removesuffix(MINOR)), money(value, currency)
    return _label(name), str(value)


def _part(part: object, currency: str) -> str:
    match part:
        case [str() as day, int() as minor]:
            return f"{day}: {money(minor, currency)}"
    return str(part)


def _label(name: str) -> str:
    return name.replace("_", " ")


def _known(code: object) -> str:
    """The currency that a row names, if it is one."""
    try:
        return currency_of(code).code if isinstance(code, str) else ""
    except InvalidInput:
        return ""
