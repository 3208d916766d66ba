"""The list of a project's drafts and invoices."""

from flask import request, url_for

from plugin.services.history.standing import shown as shown_state
from plugin.store.queries.invoices import InvoiceFilter, InvoicePage, invoice_page
from plugin.ui import here, words
from plugin.ui.project.frame import project_values, shown
from plugin.ui.rights import Rights
from plugin.ui.surface import Shown

FILTERS = {
    InvoiceFilter.ALL: "All",
    InvoiceFilter.DRAFT: "Drafts",
    InvoiceFilter.OPEN: "Open",
    InvoiceFilter.OVERDUE: "Overdue",
    InvoiceFilter.LATE_1_30: "1–30 days late",
    InvoiceFilter.LATE_31_60: "31–60 days late",
    InvoiceFilter.LATE_61_90: "61–90 days late",
    InvoiceFilter.LATE_OVER_90: "Over 90 days late",
    InvoiceFilter.PAID: "Paid",
    InvoiceFilter.CLOSED: "Credited or written off",
}


def show_invoices(project_id: str, rights: Rights) -> Shown:
    """A page of the list, by the filter in the address."""
    show = _filter(request.args.get("show", ""))
    with here.reading() as session:
        values = project_values(session, project_id, rights, tab="invoices")
        today = here.today_of(session)
        listed = invoice_page(session, project_id, show=show, offset=_offset(), today=today)
    states = {row.invoice.id: words.INVOICE[shown_state(row.invoice, today=today).state] for row in listed.rows}
    return shown(
        {
            **values,
            "listed": listed,
            "states": states,
            "show": show.value,
            "filters": [(key.value, text) for key, text in FILTERS.items()],
            "pages": _pages(project_id, show, listed),
        }
    )


def _filter(text: str) -> InvoiceFilter:
    return InvoiceFilter(text) if text in list(InvoiceFilter) else InvoiceFilter.ALL


def _offset() -> int:
    text = request.args.get("offset", "0")
    return min(int(text), 10**9) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _pages(project_id: str, show: InvoiceFilter, listed: InvoicePage) -> dict[str, str | None]:
    def url(offset: int | None) -> str | None:
        if offset is None:
            return None
        return url_for("project.invoices", project_id=project_id, show=show.value, offset=offset)

    first = listed.offset + 1 if listed.rows else 0
    text = f"{first}–{listed.offset + len(listed.rows)} of {listed.total}"
    return {"previous": url(listed.previous), "next": url(listed.next), "text": text}
