"""What the forms about one invoice share: its addresses, who may send them, whose day counts, what is shown after."""

from datetime import date
from typing import TypeVar

from markupsafe import Markup

from plugin.domain.errors import NotFound
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups import calendar
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Hold, Task
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.payments import Payment
from plugin.ui import here
from plugin.ui.forms import Failed
from plugin.ui.panel import show_panel
from plugin.ui.project.invoice_page import show_invoice
from plugin.ui.rights import require_biller
from plugin.ui.submit import Said, Show
from plugin.ui.surface import fragment

Part = TypeVar("Part", Payment, Hold, Task)

AT = "/ui/fragment/<any(panel,project):surface>/<place>/invoices/<invoice_id>"


def show_again(surface: str, place: str, invoice_id: str) -> Show:
    """How the surface that a form came from is shown after it."""

    def show(_: Said | None, failed: Failed | None) -> Markup:
        return fragment(show_panel(place, failed) if surface == "panel" else show_invoice(place, invoice_id, failed))

    return show


def require_billable(invoice_id: str) -> None:
    """Loads the invoice, so that a foreign id is unknown, and asks Jira for the right in its own project."""
    with here.reading() as session:
        project_id = invoice_of(session, invoice_id).project_id
    require_biller(project_id)


def part_of(session: TenantSession, table: type[Part], row_id: str, invoice_id: str) -> Part:
    """A payment, hold or task of this invoice. NotFound for another's: a nested id opens nothing else (A39)."""
    row = session.get(table, (session.tenant_id, row_id))
    if row is None or row.invoice_id != invoice_id:
        raise NotFound("There is no such entry on this invoice; reload the page.")
    return row


def client_today(session: TenantSession, invoice: Invoice) -> date:
    """The civil day at the client's place: the one that promises, pauses and steps are about."""
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    return calendar.client_today(client, here.now())
