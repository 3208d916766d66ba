"""Whose board it is: a project's, for those who see the project, or the site's, for its administrators."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import load_only

from plugin.domain.billing.states import OPEN
from plugin.domain.errors import NotFound
from plugin.services.billing.lookup import invoice_of
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.ui.rights import Rights, require_biller, require_site_admin, rights_in

SITE = "site"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """``kind`` is project or site; ``place`` the project's id, or "-" for the site."""

    kind: str
    place: str

    @property
    def project_id(self) -> str | None:
        """The project whose board it is; None for the site's."""
        return None if self.kind == SITE else self.place

    @property
    def address(self) -> dict[str, str]:
        """What its addresses are built with."""
        return {"kind": self.kind, "place": self.place}

    @property
    def target(self) -> str:
        """The part of the page that its answers replace."""
        return "#admin" if self.kind == SITE else "#project"

    def rights(self) -> Rights:
        """What the caller may do here. Raises NotAllowed for somebody who may not even look."""
        if self.kind == SITE:
            require_site_admin()
            return Rights(bills=True, site=True)
        return rights_in(self.place)

    def require_biller(self) -> None:
        """Refuses whoever may only look."""
        if self.kind == SITE:
            require_site_admin()
        else:
            require_biller(self.place)

    def own(self, session: TenantSession, invoice_id: str) -> Invoice:
        """An invoice of this board. NotFound for another project's: a nested id opens nothing else (A39)."""
        invoice = invoice_of(session, invoice_id)
        if self.project_id not in (None, invoice.project_id):
            raise NotFound("There is no such invoice here; reload the page.")
        return invoice

    def open_invoices(self, session: TenantSession) -> Sequence[Invoice]:
        """Those that are followed up, with what lists need of them."""
        query = (
            select(Invoice)
            .options(load_only(Invoice.id, Invoice.client_id, Invoice.project_id))
            .where(Invoice.state.in_([state.value for state in OPEN]))
        )
        if self.project_id is not None:
            query = query.where(Invoice.project_id == self.project_id)
        return session.scalars(query.order_by(Invoice.id)).all()
